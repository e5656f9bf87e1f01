# SPDX-License-Identifier: Apache-2.0
"""Is a printed object the one that is documented?"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

DOCS = Path(__file__).parents[2] / "docs"


@cache
def schema(name: str) -> dict[str, Any]:
    """`evaluation` or `incidents`: the published JSON Schema."""
    document: dict[str, Any] = json.loads(
        (DOCS / f"{name}.schema.json").read_text(encoding="utf-8")
    )
    return document


def faults(name: str, document: Mapping[str, Any]) -> list[str]:
    """Where the document departs from the schema, a line each."""
    found = Draft202012Validator(schema(name)).iter_errors(document)
    return [f"{error.json_path}: {error.message}" for error in found]


def assert_documented(name: str, document: Mapping[str, Any]) -> None:
    """The document is as published, and survives being written as JSON."""
    assert faults(name, json.loads(json.dumps(document, allow_nan=False))) == []
