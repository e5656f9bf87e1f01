# SPDX-License-Identifier: Apache-2.0
"""`cost-slo postmortem lint`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from cost_slo.domain.errors import CostSloError
from cost_slo.domain.postmortem.lint.finding import LintFinding
from cost_slo.domain.postmortem.lint.lint import RULE_GROUPS, Rulebook, lint
from cost_slo.wiring.local import rulebook

_SCHEMA = "cost-slo/lint/v1"
_Found = tuple[str, LintFinding]


class LintFormat(StrEnum):
    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


def lint_postmortems(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="Postmortems in Markdown.")
    ],
    rules: Annotated[
        str,
        typer.Option("--rules", metavar="LIST", help="Rule groups or ids, comma-separated."),
    ] = ",".join(RULE_GROUPS),
    output: Annotated[
        LintFormat, typer.Option("--format", help="Text, JSON, or GitHub annotations.")
    ] = LintFormat.TEXT,
) -> None:
    """Find blaming language and missing parts in postmortems; exits with 1 if it finds any.

    Example: cost-slo postmortem lint postmortems/*.md --rules blame
    """
    book = rulebook()
    wanted = _wanted(rules, book)
    names = sorted({str(file) for file in files})
    found = [(name, finding) for name in names for finding in lint(_read(name), book, wanted)]
    typer.echo(PRINTERS[output](found))
    if any(not finding.is_hint for _, finding in found):
        raise typer.Exit(1)


def _wanted(written: str, book: Rulebook) -> list[str]:
    names = [name.strip() for name in written.split(",") if name.strip()]
    unknown = [name for name in names if name not in {*RULE_GROUPS, *book.ids}]
    if unknown or not names:
        known = ", ".join([*RULE_GROUPS, *sorted(book.ids)])
        message = f"--rules: unknown {', '.join(unknown) or 'empty list'}; there are: {known}"
        raise CostSloError(message)
    return names


def _read(name: str) -> str:
    try:
        return Path(name).read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"{name}: not text in UTF-8 (byte {error.start + 1}); save it as UTF-8"
        raise CostSloError(message) from error


def _text(found: list[_Found]) -> str:
    lines = [
        f"{name}:{finding.line}: {finding.rule}: {finding.text}\n    {finding.suggestion}"
        for name, finding in found
    ]
    count = sum(not finding.is_hint for _, finding in found)
    return "\n".join([*lines, f"{count} finding{'' if count == 1 else 's'}"])


def _json(found: list[_Found]) -> str:
    document = {
        "schema": _SCHEMA,
        "findings": _entries(found, hints=False),
        "hints": _entries(found, hints=True),
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _entries(found: Iterable[_Found], *, hints: bool) -> list[dict[str, Any]]:
    return [
        {
            "file": name,
            "line": finding.line,
            "rule": finding.rule,
            "text": finding.text,
            "suggestion": finding.suggestion,
        }
        for name, finding in found
        if finding.is_hint == hints
    ]


def _github(found: list[_Found]) -> str:
    return "\n".join(
        f"::{'notice' if finding.is_hint else 'warning'} file={_property(name)},"
        f"line={finding.line},title={_property(finding.rule)}::"
        f"{_message(f'{finding.text} {finding.suggestion}')}"
        for name, finding in found
    )


def _message(text: str) -> str:
    """Escaped for GitHub's workflow commands: one line."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")


PRINTERS = {LintFormat.TEXT: _text, LintFormat.JSON: _json, LintFormat.GITHUB: _github}
