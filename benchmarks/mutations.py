# SPDX-License-Identifier: Apache-2.0
"""How is a good document damaged, the same way for the same seed?"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

TOKENS = (
    *("0", "-1", "012", "1e999", "1e-30", ".inf", ".nan", "0x1F", "4,500", "$4,500", "9" * 400),
    *("null", "~", "true", "on", "''", '"', "'", "2026-13-45", "1:30", "NaN", "Infinity", "-0.0"),
    *(
        "&a",
        "*a",
        "!!float",
        "!!python/none",
        "<<",
        "---",
        "...",
        "%YAML 3.0",
        "|",
        ">",
        "? ",
        "- ",
    ),
    *("{", "}", "[", "]", "[" * 40, "\t", "\r", "\r\n", "\n", "\0", "\x85", "\u2028", "\ufeff"),
    *(",", ";", "NULL", "\\N", "{}", '{"a": 1}', "\\", "\\x", "\\UFFFFFFFF", "é", "🙂", "\u202e"),
    *("Usage", "Tax", "Credit", "USD", "EUR", "2026-11-01T00:00:00Z", "9999-12-31", "0000-00-00"),
)
VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 4500, 10**15, 10**400, 0.1, -0.0, 1e300, "", " ", "a\nb"),
    *(
        "4500",
        "$4,500",
        "learned",
        "none",
        "default",
        "Usage",
        "AWS",
        "x" * 300,
        "\0",
        "🙂",
        "../a",
    ),
    *([], [[]], ["a"], [1], {}, {"a": {}}, {"monthly": 1}, {"per_unit": 0.1}, {"csv": "units.csv"}),
)
KEYS = (
    *("apiVersion", "currency", "slos", "name", "product", "owner", "objective", "monthly", "unit"),
    *(
        "per_unit",
        "minimum_units",
        "metric",
        "scope",
        "tags",
        "services",
        "accounts",
        "not",
        "plan",
    ),
    *(
        "charge_categories",
        "policy",
        "units",
        "csv",
        "cloudwatch",
        "namespace",
        "statistic",
        "scpoe",
    ),
    *("api_version", "not_", "[key]", "<monthly>", "", "a b", "🙂"),
)


def damaged_bytes(random: Random, content: bytes) -> bytes:
    """The content after one, two or four small accidents."""
    for _ in range(random.choice((1, 1, 2, 4))):
        content = random.choice(ACCIDENTS)(random, content)
    return content


def damaged_tree(random: Random, tree: Any) -> Any:  # noqa: ANN401  a tree of plain values
    """A tree in which one or two values are replaced, added or left out."""
    for _ in range(random.choice((1, 1, 2))):
        tree = _changed(random, tree)
    return tree


def _changed(random: Random, tree: Any) -> Any:  # noqa: ANN401  a tree of plain values
    if random.random() < 0.15 or not isinstance(tree, dict | list) or not tree:
        return random.choice(VALUES)
    places = list(tree) if isinstance(tree, dict) else list(range(len(tree)))
    place, way = random.choice(places), random.random()
    copy = tree.copy()
    if way < 0.1:
        del copy[place]
    elif way < 0.25 and isinstance(copy, dict):
        copy[random.choice(KEYS)] = random.choice(VALUES)
    elif way < 0.3 and isinstance(copy, list):
        copy.insert(place, random.choice([copy[place], *VALUES]))
    else:
        copy[place] = _changed(random, copy[place])
    return copy


def _spliced(random: Random, content: bytes) -> bytes:
    token = random.choice(TOKENS).encode("utf-8", "surrogatepass")
    place = random.randint(0, len(content))
    return content[:place] + token + content[place + random.choice((0, 0, 1, 4)) :]


def _cell_replaced(random: Random, content: bytes) -> bytes:
    lines = content.split(b"\n")
    row = random.randrange(len(lines))
    cells = lines[row].split(b",")
    cells[random.randrange(len(cells))] = random.choice(TOKENS).encode()
    lines[row] = b",".join(cells)
    return b"\n".join(lines)


def _line_moved(random: Random, content: bytes) -> bytes:
    lines = content.split(b"\n")
    line = lines[random.randrange(len(lines))]
    if random.random() < 0.5:
        lines.remove(line)
    lines.insert(random.randint(0, len(lines)), line)
    return b"\n".join(lines)


def _cut(random: Random, content: bytes) -> bytes:
    start = random.randint(0, len(content))
    return content[:start] + content[start + random.choice((1, 3, 20, len(content))) :]


def _byte_flipped(random: Random, content: bytes) -> bytes:
    if not content:
        return bytes([random.randrange(256)])
    place = random.randrange(len(content))
    return content[:place] + bytes([random.randrange(256)]) + content[place + 1 :]


def _recoded(random: Random, content: bytes) -> bytes:
    text = content.decode("utf-8", "replace")
    return text.encode(random.choice(("utf-16", "utf-8-sig", "latin-1", "utf-32")), "replace")


ACCIDENTS: tuple[Callable[[Random, bytes], bytes], ...] = (
    *(_spliced, _spliced, _spliced, _cell_replaced, _cell_replaced, _cell_replaced),
    *(_line_moved, _line_moved, _byte_flipped, _cut, _recoded),
)
