# SPDX-License-Identifier: Apache-2.0
"""What is a part of the bill called?

>>> segment_name([("meter", "NatGateway-Bytes"), ("region", "us-east-1"), ("account", "1111")])
'NatGateway-Bytes in us-east-1 of account 1111'
>>> segment_name([("region", ""), ("tag:team", "")])
'everything outside any region without the tag team'
>>> segment_name([])
'everything else'
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from cost_slo.domain.drivers.segments.segments import Segment
from cost_slo.domain.spend.cube import TAG, Cube, Where

_EVERYTHING = "everything"
# What a charge is unless something else is said.
_USAGE = "Usage"
ORDINARY = ("category", _USAGE)
REST = f"{_EVERYTHING} else"
# Said of a segment all of whose costs agree in them, though it was found without.
IMPLIED = ("service", "region", "account")
# More shared values make a long line and add no information.
MOST_SHARED = 2


def named(segment: Segment, dimensions: Sequence[str], *, others: bool = False) -> str:
    """The name of a segment of a cube with these dimensions.

    `others` says that a part of what it is called belongs to other segments.
    """
    implied = (pair for pair in _agreed(segment, dimensions) if pair[0] in IMPLIED and pair[1])
    name = segment_name([*segment.where, *implied])
    if not others:
        return name
    rest = name.removeprefix(_EVERYTHING)
    return f"other {name}" if rest == name else f"{REST}{rest}"


def place(segment: Segment, dimensions: Sequence[str]) -> Where:
    """Its full name: the values it was found by, then those that all its cells share."""
    return (*segment.where, *(pair for pair in _agreed(segment, dimensions) if pair[1]))


def shared(segment: Segment, cube: Cube) -> Where:
    """What its costs agree in beyond what it was found by, but for what all of the cube agrees in.

    With `where` it is the longest name of the same costs; an empty value says they have none.
    """
    telling = {cube.dimensions[at] for at in cube.telling}
    return tuple(pair for pair in _agreed(segment, cube.dimensions) if pair[0] in telling)


def whereabouts(found: Where) -> str:
    """What is shared and not in a name already, at most `MOST_SHARED` values; "" if nothing is.

    >>> whereabouts((("meter", "NatGateway-Bytes"), ("region", "us-east-1"), ("tag:team", "web")))
    'NatGateway-Bytes tagged team=web'
    """
    unsaid = [pair for pair in found if pair[0] not in IMPLIED and pair[1] and pair != ORDINARY]
    name = segment_name(unsaid[:MOST_SHARED]) if unsaid else ""
    return name.removeprefix(f"{_EVERYTHING} ")


def segment_name(where: Iterable[tuple[str, str]]) -> str:
    """The name of what lies at these values."""
    values = dict(where)
    return " ".join([_subject(values), *_places(values)]) if values else REST


def _subject(values: Mapping[str, str]) -> str:
    service, meter, category = (values.get(name) for name in ("service", "meter", "category"))
    what = f"{meter} ({service})" if meter and service else meter or service or ""
    if not what:
        kind = f"{category} charges" if category else "charges"
        return kind if category or "" in (service, meter) else _EVERYTHING
    return f"{category} of {what}" if category and category != _USAGE else what


def _places(values: Mapping[str, str]) -> Iterator[str]:
    for name, value in values.items():
        if not value and name in ("service", "meter", "category"):
            yield f"without a {name}"
    if "resource" in values:
        yield f"by {values['resource']}" if values["resource"] else "of no resource"
    if "region" in values:
        yield f"in {values['region']}" if values["region"] else "outside any region"
    if "account" in values:
        yield f"of account {values['account']}" if values["account"] else "of no account"
    tags = {at.removeprefix(TAG): value for at, value in values.items() if at.startswith(TAG)}
    if any(tags.values()):
        yield f"tagged {' and '.join(f'{key}={value}' for key, value in tags.items() if value)}"
    for key, value in tags.items():
        if not value and not _says_what(values):
            yield f"without the tag {key}"


def _says_what(values: Mapping[str, str]) -> bool:
    return bool(values.get("service") or values.get("meter"))


def _agreed(segment: Segment, dimensions: Sequence[str]) -> Where:
    told = {name for name, _ in segment.where}
    costly = [cell.values for cell in segment.cells if cell.has_cost]
    columns = zip(dimensions, map(set, zip(*costly, strict=True)), strict=False)
    return tuple((name, *of) for name, of in columns if name not in told and len(of) == 1)
