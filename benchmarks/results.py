# SPDX-License-Identifier: Apache-2.0
"""Where do measured figures go? One section of RESULTS.md a benchmark, the others untouched."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).parent / "RESULTS.md"
TITLE = """\
# What was measured

Each section is written by the command it names; run it again and only that section changes.
[docs/benchmarks.md](../docs/benchmarks.md) says what each one asks.
"""


def record(name: str, lines: Iterable[str], file: Path = RESULTS) -> None:
    """Replace the section of a benchmark, or append it."""
    text = file.read_text(encoding="utf-8") if file.exists() else TITLE
    start, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    section = "\n".join([start, *lines, end])
    known = re.compile(re.escape(start) + ".*?" + re.escape(end), re.DOTALL)
    if known.search(text):
        text = known.sub(lambda _: section, text)
    else:
        text = f"{text.rstrip()}\n\n{section}\n"
    file.write_text(text, encoding="utf-8")


def heading(name: str, title: str) -> list[str]:
    """The title of a section, and how, when and on what it was measured."""
    shown = [argument for argument in sys.argv[1:] if argument != "--record"]
    command = " ".join(["python -m", f"benchmarks.{name}", *shown])
    python = ".".join(map(str, sys.version_info[:2]))
    cores = f"{os.cpu_count()} cores, Python {python}"
    return [f"## {title}", "", f"`{command}`, {datetime.now(UTC).date()}, {cores}.", ""]


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """A Markdown table; the first column is text, the others are figures."""
    ruler = ["---", *["---:"] * (len(header) - 1)]
    return [f"| {' | '.join(map(str, row))} |" for row in (header, ruler, *rows)] + [""]
