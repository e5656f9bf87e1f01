# SPDX-License-Identifier: Apache-2.0
"""Does the guide list every rule as the data says it? `UPDATE_GOLDEN=1` writes its tables anew."""

import os
import re
from collections.abc import Iterable
from pathlib import Path

from cost_slo.adapters.documents.yaml_rulebook import shipped_rulebook
from cost_slo.domain.postmortem.lint.finding import RuleText
from cost_slo.domain.postmortem.lint.lint import BLAME, COMPLETENESS
from tests.checks.golden_files import UPDATE

GUIDE = Path(__file__).parents[4] / "docs" / "blameless.md"
RULES = shipped_rulebook()
TABLE = re.compile(r"<!-- rules: (\w+) -->\n.*?<!-- end of rules -->", re.DOTALL)


def table(group: str, rules: Iterable[RuleText]) -> str:
    rows = "".join(
        f"| `{rule.id}` | {rule.says} | {rule.example} | {rule.suggestion} |\n" for rule in rules
    )
    header = "| rule | finds | such as | instead |\n|---|---|---|---|\n"
    return f"<!-- rules: {group} -->\n\n{header}{rows}\n<!-- end of rules -->"


def test_the_guides_tables_are_the_rules() -> None:
    text = GUIDE.read_text("utf-8")
    wanted = {
        BLAME: table(BLAME, (rule.text for rule in RULES.blame.rules)),
        COMPLETENESS: table(COMPLETENESS, RULES.completeness.texts.values()),
    }

    fresh = TABLE.sub(lambda found: wanted[found[1]], text)

    if os.environ.get(UPDATE):
        GUIDE.write_text(fresh, encoding="utf-8")
    else:
        assert fresh == text
    assert len(TABLE.findall(text)) == len(wanted)
