# SPDX-License-Identifier: Apache-2.0
"""Fills the package's own templates: same facts, same text, byte for byte."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from cost_slo.adapters.documents.templates.prose import prose
from cost_slo.domain.wording import markdown, markdown_code, one_line

if TYPE_CHECKING:
    from jinja2 import Environment


class JinjaRenderer:
    """Renderer over `cost_slo/templates`; a missing fact is an error, never an empty place."""

    def render(self, template: str, facts: Mapping[str, Any]) -> str:
        """Fill the named template; no line ends in white space."""
        text = self._environment.get_template(template).render(facts)
        return "\n".join(line.rstrip() for line in text.rstrip().split("\n")) + "\n"

    @cached_property
    def _environment(self) -> Environment:
        """In HTML every value is escaped; in Markdown those from bills go through a filter.

        The filters are `md`, `code` and `yaml`; `prose` makes HTML of a whole Markdown text.
        """
        from jinja2 import (  # noqa: PLC0415  a Lambda that drafts nothing wakes without it
            Environment,
            PackageLoader,
            StrictUndefined,
            select_autoescape,
        )
        from markupsafe import Markup  # noqa: PLC0415  comes with jinja2

        environment = Environment(
            loader=PackageLoader("cost_slo"),
            undefined=StrictUndefined,
            autoescape=select_autoescape(["html.j2"]),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        environment.filters |= {"md": markdown, "code": markdown_code, "yaml": yaml_scalar}
        environment.filters["prose"] = lambda text: Markup(prose(text))  # noqa: S704  it escapes
        return environment


def yaml_scalar(value: str | None) -> str:
    """A quoted YAML scalar; null for None."""
    return "null" if value is None else json.dumps(one_line(value), ensure_ascii=False)
