# SPDX-License-Identifier: Apache-2.0
"""Which files belong in the bundle: those that a handler may read."""

from __future__ import annotations

from pathlib import Path

# The AWS services that handlers call; botocore has descriptions of four hundred.
SERVICES = frozenset(
    {
        *("ce", "cloudformation", "cloudtrail", "cloudwatch"),
        *("dynamodb", "s3", "secretsmanager", "sns"),
    }
)

# Sources of compiled modules, and files for tools only.
SUFFIXES = frozenset({".c", ".h", ".po", ".pot", ".pyc", ".pyi"})

LEFT_OUT = (
    "bin/",  # commands, which name the interpreter of this machine
    "boto3/data/",  # boto3's resources; we use clients
    "boto3/examples/",
    "apprise/i18n/",  # what Apprise's own command says, in other languages
    "aws_lambda_powertools/event_handler/openapi/swagger_ui/",
    "certifi/tests/",
    "cost_slo/cli/",  # the laptop's
    "cost_slo/use_cases/demo.py/",
    "cost_slo/synthetic/",
    "cost_slo/testing/",
)
DESCRIPTIONS = ("botocore", "data")
# Versions and plug-ins are looked up in these; the other files differ by machine.
KEPT_METADATA = frozenset({"METADATA", "entry_points.txt"})


def is_carried(name: Path) -> bool:
    """Whether the file, relative to the bundle, is part of it."""
    if name.suffix in SUFFIXES or any(part.startswith(".") for part in name.parts):
        return False
    if f"{name.as_posix()}/".startswith(LEFT_OUT):
        return False
    if name.parts[0].endswith(".dist-info"):
        return name.name in KEPT_METADATA or name.parts[1] == "licenses"
    if name.parts[:2] == DESCRIPTIONS:
        return _is_carried_description(name)
    return True


def _is_carried_description(name: Path) -> bool:
    """Whether it is a table of all services (endpoints, retries) or of a service we call."""
    is_table = len(name.parts) == len(DESCRIPTIONS) + 1
    return is_table or (name.parts[2] in SERVICES and not name.name.startswith("examples-"))
