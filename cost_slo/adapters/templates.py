# SPDX-License-Identifier: Apache-2.0
"""Fills the package's own templates: same facts, same text, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from cost_slo.domain.wording import markdown, markdown_code, one_line


class JinjaRenderer:
    """Renderer over `cost_slo/templates`; a missing fact is an error, never an empty place."""

    def __init__(self) -> None:
        """In HTML every value is escaped; in Markdown those from bills go through a filter.

        The filters are `md`, `code` and `yaml`.
        """
        self._environment = Environment(
            loader=PackageLoader("cost_slo"),
            undefined=StrictUndefined,
            autoescape=select_autoescape(["html.j2"]),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self._environment.filters |= {"md": markdown, "code": markdown_code, "yaml": yaml_scalar}

    def render(self, template: str, facts: Mapping[str, Any]) -> str:
        """Fill the named template; no line ends in white space."""
        text = self._environment.get_template(template).render(facts)
        return "\n".join(line.rstrip() for line in text.rstrip().split("\n")) + "\n"


def yaml_scalar(value: str | None) -> str:
    """A quoted YAML scalar; null for None."""
    return "null" if value is None else json.dumps(one_line(value), ensure_ascii=False)
