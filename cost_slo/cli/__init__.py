# SPDX-License-Identifier: Apache-2.0
"""The command line: parses arguments, calls a use case, prints."""

from __future__ import annotations

import sys

from cost_slo.domain.errors import (
    CostDataError,
    CostSloError,
    SettingsError,
    SourceError,
    SpecError,
)

EXIT_CODES: dict[type[CostSloError], int] = {
    SpecError: 2,
    CostDataError: 3,
    SourceError: 4,
    SettingsError: 5,
}
WRONG_USE = 2


def main() -> None:
    """Run the command line; an expected failure is one line on stderr and its exit code."""
    try:
        from cost_slo.cli.app import app  # noqa: PLC0415  the app needs the `local` extra
    except ModuleNotFoundError as missing:
        sys.exit(f"cost-slo: {missing.name} is missing; install `cost-slo[local]`")
    try:
        app()
    except CostSloError as error:
        print(f"cost-slo: {error}", file=sys.stderr)  # noqa: T201  the shell's own voice
        sys.exit(exit_code(error))
    except BrokenPipeError:
        sys.exit(141)
    except OSError as error:
        print(f"cost-slo: {error.filename}: {error.strerror}", file=sys.stderr)  # noqa: T201
        sys.exit(EXIT_CODES[SettingsError])


def exit_code(error: CostSloError) -> int:
    """The documented exit code of an error; one without a code of its own was asked wrongly."""
    return next((code for kind, code in EXIT_CODES.items() if isinstance(error, kind)), WRONG_USE)
