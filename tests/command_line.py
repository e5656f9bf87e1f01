# SPDX-License-Identifier: Apache-2.0
"""Runs the program as a shell would, in this process: arguments in; exit code and texts out."""

import json
import sys
from dataclasses import dataclass
from typing import Any

import pytest

from cost_slo.cli import main


@dataclass(frozen=True)
class Ran:
    """What one command left behind."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON object on stdout."""
        found: dict[str, Any] = json.loads(self.out)
        return found


@dataclass(frozen=True)
class CommandLine:
    """`cost_slo("incidents", "list")` runs that command."""

    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: object) -> Ran:
        self.monkeypatch.setattr(sys, "argv", ["cost-slo", *map(str, arguments)])
        self.capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else int(stop.code is not None)
        said = self.capsys.readouterr()
        return Ran(code, said.out, said.err)
