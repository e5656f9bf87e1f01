# SPDX-License-Identifier: Apache-2.0
"""The examples and the published schema are documentation that is true."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from cost_slo.adapters.documents.yaml_spec.source import YamlSpecSource
from cost_slo.adapters.units.csv_units import CsvUnitSource
from cost_slo.domain.spec.document import spec_schema

ROOT = Path(__file__).parents[2]
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))


def properties(schema: dict[str, Any]) -> set[str]:
    definitions = [schema, *schema["$defs"].values()]
    return {name for definition in definitions for name in definition.get("properties", {})}


def test_the_published_schema_is_the_one_the_models_make() -> None:
    published = (ROOT / "docs" / "spec.schema.json").read_text(encoding="utf-8")

    assert published == json.dumps(spec_schema(), indent=2) + "\n"


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_loads_and_an_editor_finds_nothing_in_it(path: Path) -> None:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))

    errors = list(Draft202012Validator(spec_schema()).iter_errors(document))
    spec = YamlSpecSource(path).load_spec()

    assert errors == []
    assert len(spec.slos) == len(document["slos"])


def test_the_units_of_the_quickstart_are_beside_it() -> None:
    spec = YamlSpecSource(ROOT / "examples" / "quickstart.yaml").load_spec()
    (unit_slo,) = [slo for slo in spec.slos if slo.units is not None]

    reading = CsvUnitSource(ROOT / "examples").fetch_units(
        unit_slo, datetime(2026, 11, 3, tzinfo=UTC)
    )

    assert reading.units[date(2026, 10, 30)] == 120000 + 43000


def test_every_key_of_the_spec_is_explained() -> None:
    text = (ROOT / "docs" / "spec.md").read_text(encoding="utf-8")

    assert [name for name in sorted(properties(spec_schema())) if f"`{name}`" not in text] == []


def test_every_yaml_in_the_page_is_a_spec(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "spec.md").read_text(encoding="utf-8")
    blocks = [block.split("```")[0] for block in text.split("```yaml\n")[1:]]

    for block in blocks:
        path = tmp_path / "spec.yaml"
        path.write_text(block, encoding="utf-8")
        YamlSpecSource(path).load_spec()

    assert blocks
