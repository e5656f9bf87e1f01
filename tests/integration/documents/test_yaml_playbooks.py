# SPDX-License-Identifier: Apache-2.0
"""Are the playbooks read as written, and is a mistake in one named?"""

from pathlib import Path
from typing import Any

import pytest
import yaml

from cost_slo.adapters.documents.yaml_playbooks import load_playbooks, shipped_playbooks
from cost_slo.domain.errors import SpecError

ENTRY: dict[str, Any] = {
    "name": "endpoint",
    "services": ["*VPC*"],
    "mitigation": "Use an endpoint",
    "share": 0.5,
    "because": "half of it",
    "action": "{what} back under {target} a day by {due}",
    "source": "Amazon VPC User Guide: Gateway endpoints",
}


def written(folder: Path, *entries: object) -> Path:
    file = folder / "some.yaml"
    file.write_text(yaml.safe_dump({"playbooks": list(entries)}))
    return file


def test_the_shipped_playbooks_cite_their_sources_and_are_measurable() -> None:
    found = shipped_playbooks()

    assert len({playbook.name for playbook in found}) == len(found) >= 20
    assert all(": " in playbook.source for playbook in found)
    assert all(playbook.because for playbook in found)


def test_a_playbook_is_for_rises_and_new_services_unless_it_says_otherwise(tmp_path: Path) -> None:
    (found,) = load_playbooks([written(tmp_path, ENTRY)])

    assert [str(kind) for kind in found.kinds] == ["up", "new"]
    assert found.usage_types == ()
    assert str(found.share) == "0.5"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"share": 1.5}, "playbooks[1].share: expected a number above 0 and at most 1, found 1.5"),
        ({"share": "half"}, "playbooks[1].share: expected a number above 0"),
        ({"name": ""}, "playbooks[1].name: expected a text, found ''"),
        ({"source": None}, "playbooks[1].source: expected a text, found None"),
        ({"services": []}, "playbooks[1].services: expected a list of patterns, found []"),
        ({"services": [3]}, "playbooks[1].services: expected a text, found 3"),
        ({"usage_types": "x"}, "playbooks[1].usage_types: expected a list of patterns, found 'x'"),
        ({"kinds": ["gone"]}, "playbooks[1].kinds: expected a list of up and new"),
        ({"kinds": []}, "playbooks[1].kinds: expected a list of up and new"),
        ({"action": "be more careful"}, "expected a text with the placeholder {due}"),
        ({"action": "by {due} and {when}"}, "expected no placeholders but"),
        ({"action": "by {due"}, "expected no placeholders but"),
        ({"saving": 3}, "playbooks[1].saving: expected one of action, because"),
    ],
)
def test_a_mistake_is_named_with_its_place(
    tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    file = written(tmp_path, ENTRY | change)

    with pytest.raises(SpecError) as raised:
        load_playbooks([file])

    assert str(raised.value).startswith(f"{file}: playbooks[1]")
    assert said in str(raised.value)


def test_a_name_is_used_once(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"playbooks\[2\].name: expected a unique name"):
        load_playbooks([written(tmp_path, ENTRY, ENTRY)])


@pytest.mark.parametrize("text", ["[", "playbooks: 3", "- a", "playbooks: [3]"])
def test_a_file_that_holds_no_playbooks_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "some.yaml"
    file.write_text(text)

    with pytest.raises(SpecError, match=r"some\.yaml"):
        load_playbooks([file])


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="cannot be read"):
        load_playbooks([tmp_path / "none.yaml"])
