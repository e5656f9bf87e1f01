# SPDX-License-Identifier: Apache-2.0
"""Prints failures and chooses their exit codes."""

from __future__ import annotations

import sys
import traceback

from cost_slo.domain.errors import (
    CostDataError,
    CostSloError,
    SettingsError,
    SourceError,
    SpecError,
    in_words,
)

EXIT_CODES: dict[type[CostSloError], int] = {
    SpecError: 2,
    CostDataError: 3,
    SourceError: 4,
    SettingsError: 5,
}
WRONG_USE = 2
# A fault of this program: EX_SOFTWARE of sysexits.h.
FAULT = 70

# Accepted anywhere on the command line; see `main`.
DEBUG = "--debug"

_debugging = False


def set_debugging(*, wanted: bool) -> None:
    """Turn tracebacks on or off."""
    global _debugging  # noqa: PLW0603  one process runs one command
    _debugging = wanted


def exit_code(error: CostSloError) -> int:
    """The documented exit code of an error; 2, a wrong use of the command, if it has none."""
    return next((code for kind, code in EXIT_CODES.items() if isinstance(error, kind)), WRONG_USE)


def say(error: BaseException, text: str = "") -> None:
    """Print an error and its notes on stderr; with --debug, its traceback too."""
    trace(error)
    for line in (text or str(error), *getattr(error, "__notes__", ())):
        print(f"cost-slo: {line}", file=sys.stderr)  # noqa: T201  the command line prints


def say_fault(error: BaseException, about: str = "") -> int:
    """Print a fault of this program on stderr with how to report it; its exit code."""
    say(error, f"{about}{in_words(error)}. {_to_report()}")
    return FAULT


def trace(error: BaseException) -> None:
    """Print the traceback of an error on stderr if --debug was given."""
    if _debugging:
        traceback.print_exception(error, file=sys.stderr)


def _to_report() -> str:
    from importlib.metadata import version  # noqa: PLC0415  only when asked

    return (
        f"This is a fault of cost-slo {version('cost-slo')}, not of its input: report it with the "
        f"output of the same command with {DEBUG}."
    )
