# SPDX-License-Identifier: Apache-2.0
"""Does the app write what the command line of CDK asks for, knowing nothing but the context?"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.checks.synthesis import Synthesise
from tests.infra.conftest import QUICKSTART

ROOT = Path(__file__).resolve().parents[2]


def run_the_app(out: Path, **context: Any) -> subprocess.CompletedProcess[str]:
    """As CDK does, in an environment without an account, a home or git."""
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "CDK_OUTDIR": str(out),
        "CDK_CONTEXT_JSON": json.dumps({"spec": str(QUICKSTART), **context}),
    }
    return subprocess.run(
        [sys.executable, "-m", "infra.app"],
        cwd=out.parent,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_same_context_makes_the_same_template_in_another_process(
    bundle: Path, tmp_path: Path, synthesise: Synthesise
) -> None:
    ran = run_the_app(tmp_path / "out", deployment="costs", bundle=str(bundle))

    assert ran.returncode == 0, ran.stderr
    written = json.loads((tmp_path / "out" / "costs.template.json").read_text("utf-8"))
    assert written == synthesise(deployment="costs").template


def test_a_wrong_value_is_told_in_a_line_and_nothing_is_written(tmp_path: Path) -> None:
    out = tmp_path / "out"

    ran = run_the_app(out, scope="team")

    assert ran.returncode == 1
    assert ran.stderr == "-c scope: Input should be 'account' or 'organization'\n"
    assert not (out / "cost-slo.template.json").exists()
