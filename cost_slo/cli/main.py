# SPDX-License-Identifier: Apache-2.0
"""The command line: parses arguments, calls a use case, prints."""

from __future__ import annotations

import sys

from cost_slo.cli.failures import DEBUG, EXIT_CODES, exit_code, say, say_fault, set_debugging
from cost_slo.domain.errors import CostSloError, SettingsError, in_words, is_fault

# The exit code of a program whose output is no longer read: 128 + SIGPIPE.
INTERRUPTED_PIPE = 141


def main() -> None:
    """Run the command line; a failure is one line on stderr and its exit code."""
    arguments = sys.argv[1:]
    set_debugging(wanted=DEBUG in arguments)
    try:
        _run([argument for argument in arguments if argument != DEBUG])
    except CostSloError as error:
        say(error)
        sys.exit(exit_code(error))
    except ModuleNotFoundError as missing:
        say(missing, f"{missing.name} is missing; install `cost-slo[local]`")
        sys.exit(EXIT_CODES[SettingsError])
    except BrokenPipeError:
        sys.exit(INTERRUPTED_PIPE)
    except Exception as error:  # noqa: BLE001  the last place that can print it in a line
        sys.exit(_report(error))


def _run(arguments: list[str]) -> None:
    from cost_slo.cli.app import command  # noqa: PLC0415  the app needs the `local` extra

    try:
        command()(arguments, prog_name="cost-slo")
    except SystemExit as stop:
        # Typer ends a broken pipe with 1, which means that an SLO is burning.
        if isinstance(stop.__context__, BrokenPipeError):
            raise stop.__context__ from None
        raise


def _report(error: Exception) -> int:
    if is_fault(error):
        return say_fault(error)
    say(error, in_words(error))
    return EXIT_CODES[SettingsError]
