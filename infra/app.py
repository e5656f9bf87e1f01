# SPDX-License-Identifier: Apache-2.0
"""Synthesises one deployment from a spec and context values, without account, git or clock."""

from __future__ import annotations

import sys
from pathlib import Path

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from infra.bundle import BundleError, build
from infra.context import ContextError, read_context
from infra.stack import CostSloStack

BUNDLE = Path("build/bundle")


def main() -> None:
    """Write the template and its assets to the folder that CDK asks for."""
    app = App()
    try:
        context = read_context(app.node.get_all_context())
        bundle = context.bundle or build(
            BUNDLE, spec=context.spec, architecture=context.architecture
        )
        CostSloStack(app, context.deployment, context=context, bundle=bundle)
    except (BundleError, ContextError) as error:
        sys.exit(str(error))
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    app.synth()


if __name__ == "__main__":
    main()
