# SPDX-License-Identifier: Apache-2.0
"""The values of a YAML text, and their lines.

Scalars follow what YAML 1.1 and 1.2 agree on: numbers are exact decimals, `true` and `false` are
booleans, and everything else (`on`, `no`, `2026-11-01`, `4_500`) is text as written. If the two
disagree about a number (`012`), it is refused. Size, depth and aliases are limited, so that no
document can exhaust the machine.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal

import yaml

MAX_BYTES = 256 * 1024
MAX_DEPTH = 20
MAX_NODES = 20_000

Path = tuple[str | int, ...]

NUMBER = re.compile(r"[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?")
LEADING_ZERO = re.compile(r"[-+]?0[0-9_]+")
SPLIT_AMOUNT = re.compile(r"[0-9]+(?:\.[0-9]+)?(?: ?[A-Z]{3})?")
TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})
PLAIN_TAGS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map"))


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake and its place."""

    message: str
    path: Path = ()
    line: int | None = None


@dataclass(slots=True)
class YamlTree:
    """A tree of plain values; `lines` and `written` give the line and the text of each."""

    value: object = None
    lines: dict[Path, int] = field(default_factory=dict)
    written: dict[Path, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    nodes: int = 0

    def line_of(self, path: Path) -> int:
        """The line of a value, or of the nearest mapping or list around it."""
        while path not in self.lines and path:
            path = path[:-1]
        return self.lines.get(path, 1)

    def add(self, node: yaml.Node, path: Path) -> object:
        """The plain value of a node; its mistakes are added to `problems`."""
        self.nodes += 1
        line = node.start_mark.line + 1
        self.lines.setdefault(path, line)
        if self.nodes > MAX_NODES or len(path) > MAX_DEPTH:
            raise _TooBig(line)
        if node.tag not in PLAIN_TAGS:
            self._refuse(f"expected no YAML tag, got {node.tag!r}; remove it", path)
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node, path)
        return [self.add(item, (*path, place)) for place, item in enumerate(node.value)]

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, object]:
        values: dict[str, object] = {}
        for key, value in node.value:
            name = key.value
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                self.problems.append(Problem("expected a key, got a list or mapping", path, line))
            elif name in values:
                first = self.lines[*path, name]
                message = f"this key is already given on line {first}; keep one of the two"
                self.problems.append(Problem(message, (*path, name), line))
            elif SPLIT_AMOUNT.fullmatch(name) and value.value == "":
                message = "a comma splits this amount; write it without separators, such as 4500"
                self.problems.append(Problem(message, path, line))
            else:
                self.lines[*path, name] = line
                values[name] = self.add(value, (*path, name))
        return values

    def _scalar(self, node: yaml.ScalarNode, path: Path) -> object:
        text: str = node.value
        self.written[path] = text
        if node.style is not None:
            return text
        if text in _NOTHING:
            self._refuse("has no value; write one, or remove the key", path)
        elif LEADING_ZERO.fullmatch(text):
            self._refuse(
                f"some YAML readers take a number that starts with 0 for octal; "
                f'put it in quotes: "{text[:40]}", or drop the 0',
                path,
            )
        elif NUMBER.fullmatch(text):
            return Decimal(text)
        return TRUTH.get(text, text)

    def _refuse(self, message: str, path: Path) -> None:
        self.problems.append(Problem(message, path, self.line_of(path)))


class _TooBig(Exception):  # noqa: N818  never leaves this module
    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def read_document(content: bytes) -> YamlTree | Problem:
    """The tree of a YAML text, or the problem that prevents it."""
    if len(content) > MAX_BYTES:
        return Problem(f"is larger than {MAX_BYTES // 1024} KiB, too large for a spec; split it")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return Problem("is not UTF-8 text; save the file as UTF-8", line=line)
    try:
        return _compose(text)
    except _TooBig as error:
        message = (
            f"is nested deeper than {MAX_DEPTH} levels or has more than {MAX_NODES} values "
            "(each alias counts); split the spec or write it flatter"
        )
        return Problem(message, line=error.line)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = str(error.problem or error.context).removeprefix("but ")
        message = f"is not YAML: {reason}; check indentation, quotes and brackets"
        return Problem(message, line=mark.line + 1 if mark else None)
    except (yaml.YAMLError, ValueError, OverflowError) as error:
        position = getattr(error, "position", None)
        message = "is not YAML: it contains an invalid character; remove it"
        return Problem(message, line=position and text.count("\n", 0, position) + 1)


def _compose(text: str) -> YamlTree | Problem:
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=yaml.BaseLoader)):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH or count > 2 * MAX_NODES:
            raise _TooBig(event.start_mark.line + 1 if event.start_mark else 1)
    root = yaml.compose(text, Loader=yaml.BaseLoader)
    if root is None or root.value == "":
        return Problem("is empty; `cost-slo demo` writes an example, slos.yaml")
    document = YamlTree()
    document.value = document.add(root, ())
    return document
