# SPDX-License-Identifier: Apache-2.0
"""The command line, ready to be run."""

import pytest

from tests.command_line import CommandLine


@pytest.fixture
def cost_slo(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    return CommandLine(monkeypatch, capsys)
