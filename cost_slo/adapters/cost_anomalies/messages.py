# SPDX-License-Identifier: Apache-2.0
"""How is a message of AWS Cost Anomaly Detection read?

Three spellings of one thing: SNS (`dimensionalValue`), EventBridge (`detail.dimensionValue`) and
GetAnomalies (`DimensionValue`), whichever envelopes they come in. Unknown keys are left alone;
names of accounts are never read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from cost_slo.domain.anomalies.anomaly import Anomaly, Feedback, Impact, RootCause
from cost_slo.domain.errors import CostDataError

# SNS in HTTP, e-mail or SQS; an SQS record; a Lambda's SNS record; EventBridge.
ENVELOPES = ("Message", "body", "Sns", "detail")

# A Lambda's event, and GetAnomalies.
_LISTS = ("Records", "Anomalies", "anomalies")

# What an anomaly says, whatever the spelling.
_FIELDS = frozenset(
    {
        *("accountid", "anomalydetailslink", "anomalyenddate", "anomalyid", "anomalyscore"),
        *("anomalystartdate", "dimensionalvalue", "dimensionvalue", "feedback", "impact"),
        *("monitorarn", "rootcauses", "subscriptionid", "subscriptionname"),
    }
)

_EXPECTED = "expected a message of AWS Cost Anomaly Detection (SNS, EventBridge or GetAnomalies)"
_ADDRESS = re.compile(r"[^\s@/]+@[^\s@/]+")
# No message is wrapped in more envelopes than a Lambda's SQS event of an SNS message.
DEEPEST = 6


def read_anomalies(text: str) -> tuple[Anomaly, ...]:
    """Every anomaly of a message, of a list of messages, or of one JSON object a line.

    Raises CostDataError for what is not JSON, or not an anomaly; nothing of the message is quoted.
    """
    try:
        document = _parsed(text)
    except CostDataError as error:
        document = _parsed_lines(text, error)
    return tuple(_anomalies(document, 0))


def read_anomaly(entry: Mapping[str, Any]) -> Anomaly:
    """One anomaly, out of its envelopes, in any spelling. Raises CostDataError."""
    fields = _lower(entry)
    if not isinstance(fields.get("anomalyid"), str) or not isinstance(fields.get("impact"), dict):
        raise CostDataError(f"no anomalyId and impact; {_EXPECTED}", column=_keys(entry))
    first = _day(fields, "anomalystartdate")
    last = _day(fields, "anomalyenddate") if fields.get("anomalyenddate") else first
    score = fields.get("anomalyscore")
    return Anomaly(
        id=fields["anomalyid"],
        first=first,
        last=max(first, last),
        impact=_impact(fields["impact"]),
        monitor=_text(fields, "monitorarn"),
        dimension=_text(fields, "dimensionalvalue") or _text(fields, "dimensionvalue"),
        causes=_root_causes(fields.get("rootcauses") or []),
        account=_text(fields, "accountid"),
        link=_text(fields, "anomalydetailslink"),
        score=_amount(_lower(score), "currentscore") if isinstance(score, dict) else None,
        feedback=_feedback(_text(fields, "feedback")),
    )


def _anomalies(found: object, depth: int) -> Iterator[Anomaly]:
    if isinstance(found, str):
        found = _parsed(found)
    if depth > DEEPEST or not isinstance(found, dict | list):
        raise CostDataError(f"not an object; {_EXPECTED}")
    if isinstance(found, list):
        for each in found:
            yield from _anomalies(each, depth + 1)
        return
    inner = next((found[key] for key in (*_LISTS, *ENVELOPES) if key in found), None)
    if inner is None:
        yield read_anomaly(found)
    else:
        yield from _anomalies(inner, depth + 1)


def _parsed(text: str) -> object:
    try:
        found: object = json.loads(text, parse_float=Decimal, parse_int=Decimal)
    except (ValueError, ArithmeticError, RecursionError) as error:
        place = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise CostDataError(f"not JSON{place}; {_EXPECTED}") from None
    return found


def _parsed_lines(text: str, as_one: CostDataError) -> list[object]:
    """One message a line; if the first line is no message, the error about the whole document."""
    lines = [(row, line) for row, line in enumerate(text.splitlines(), 1) if line.strip()]
    messages: list[object] = []
    for row, line in lines:
        try:
            messages.append(_parsed(line))
        except CostDataError:
            if not messages:
                raise as_one from None
            raise CostDataError(f"not JSON; {_EXPECTED}", row=row) from None
    if not messages:
        raise as_one
    return messages


def _lower(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {key.lower(): value for key, value in fields.items()}


def _keys(entry: Mapping[str, Any]) -> str:
    """The known keys that an anomaly has; other keys may hold personal data."""
    shown = sorted(key for key in entry if key.lower() in _FIELDS)
    return f"keys {', '.join(shown)}" if shown else "no key of an anomaly"


def _impact(written: Mapping[str, Any]) -> Impact:
    fields = _lower(written)
    largest, total = _amount(fields, "maximpact"), _amount(fields, "totalimpact")
    actual, expected = _amount(fields, "totalactualspend"), _amount(fields, "totalexpectedspend")
    if total is None and actual is not None and expected is not None:
        total = actual - expected
    if total is None:
        total = largest
    if total is None:
        raise CostDataError(f"an anomaly without an impact; {_EXPECTED}", column="totalImpact")
    return Impact(total, actual, expected, _amount(fields, "totalimpactpercentage"), largest)


def _root_causes(written: object) -> tuple[RootCause, ...]:
    """Empty if the detector does not know the cause."""
    if not isinstance(written, list):
        raise CostDataError(f"root causes that are no list; {_EXPECTED}", column="rootCauses")
    return tuple(map(_root_cause, written))


def _root_cause(written: object) -> RootCause:
    if not isinstance(written, dict):
        raise CostDataError(f"a root cause that is no object; {_EXPECTED}", column="rootCauses")
    fields = _lower(written)
    impact = fields.get("impact")
    return RootCause(
        service=_text(fields, "service"),
        account=_text(fields, "linkedaccount"),
        region=_text(fields, "region"),
        usage_type=_text(fields, "usagetype"),
        contribution=_amount(_lower(impact), "contribution") if isinstance(impact, dict) else None,
    )


def _text(fields: Mapping[str, Any], key: str) -> str:
    """The text of a key; an e-mail address in a tag's value is not passed on."""
    value = fields.get(key)
    return _ADDRESS.sub("[address]", value) if isinstance(value, str) else ""


def _feedback(text: str) -> Feedback | None:
    return Feedback(text.lower()) if text.lower() in set(Feedback) else None


def _day(fields: Mapping[str, Any], key: str) -> date:
    try:
        return date.fromisoformat(_text(fields, key)[:10])
    except ValueError:
        raise CostDataError(f"no day; {_EXPECTED}", column=key) from None


def _amount(fields: Mapping[str, Any], key: str) -> Decimal | None:
    value = fields.get(key)
    if value is None:
        return None
    if isinstance(value, float):
        value = repr(value)
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        amount = Decimal(value)
    elif isinstance(value, str):
        amount = _exact(value, key)
    else:
        raise CostDataError(f"no number; {_EXPECTED}", column=key)
    if not amount.is_finite():
        raise CostDataError(f"no finite number; {_EXPECTED}", column=key)
    return amount


def _exact(text: str, key: str) -> Decimal:
    try:
        return Decimal(text)
    except ArithmeticError:
        raise CostDataError(f"no number; {_EXPECTED}", column=key) from None
