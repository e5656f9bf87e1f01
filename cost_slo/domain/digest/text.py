# SPDX-License-Identifier: Apache-2.0
"""The daily digest as plain text, for e-mail in any font.

No columns, no line longer than `LINE_WIDTH`; what needs attention comes first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import groupby
from textwrap import wrap

from cost_slo.domain.actions.items import ActionStatus, terms
from cost_slo.domain.digest.digest import DUE_SOON, Digest, DigestEntry, count_moves
from cost_slo.domain.digest.line import UNBROKEN, slo_line
from cost_slo.domain.incidents.incident import Incident, Severity
from cost_slo.domain.period import DAY, midnight
from cost_slo.domain.verdict.decision import Verdict
from cost_slo.domain.wording import (
    ascii_subject,
    count,
    day,
    duration,
    instant,
    money,
    month,
    one_line,
)

LINE_WIDTH = 96
INDENT = "    "


def digest_headline(digest: Digest) -> str:
    """Such as `2 of 20 SLOs are burning; 1 cannot be judged`."""
    number, burning, blind = len(digest.entries), digest.alarming, digest.blind
    of_all = f"of {count(number, 'SLO')}"
    if blind == number:
        return f"None {of_all} can be judged" if number > 1 else "The only SLO cannot be judged"
    if not burning and blind:
        return f"{blind} {of_all} cannot be judged; {number - blind} within"
    if not burning:
        return f"All {count(number, 'SLO')} are within" if number > 1 else "The only SLO is within"
    unknown = f"; {blind} cannot be judged" if blind else ""
    return f"{burning} {of_all} {'is' if burning == 1 else 'are'} burning{_over(digest)}{unknown}"


def _over(digest: Digest) -> str:
    if not digest.exhausted:
        return ""
    some = "" if digest.exhausted == digest.alarming else f"{digest.exhausted} "
    whose = "its objective" if digest.exhausted == 1 else "their objectives"
    return f" ({some}already over {whose})"


def subject(digest: Digest) -> str:
    """The date, the headline and the worst SLO, under 100 ASCII characters."""
    worst = digest.entries[0].now
    named = "" if worst.decision.verdict is Verdict.WITHIN else f"; worst: {worst.slo.name}"
    headline = digest_headline(digest).replace("already over", "over")  # leaves room for the name
    return ascii_subject(f"[digest] {day(digest.on)}: {headline}{named}")


def body(digest: Digest) -> str:
    """The whole text, ending with a newline."""
    sections = (
        list(_head(digest)),
        *([title, *lines] for title, lines in _sections(digest)),
        list(_incidents(digest)),
        list(_actions(digest)),
        [data_age(digest), month_of_requests(digest)],
    )
    paragraphs = ("\n".join(_wrapped(lines)) for lines in sections if lines)
    return "\n\n".join(paragraphs) + "\n"


def _head(digest: Digest) -> Iterable[str]:
    yield f"{digest_headline(digest)}."
    moves = ", ".join(
        f"{number} {name}" for name, number in count_moves(digest.entries).items() if number
    )
    if digest.is_first:
        since = digest.since.astimezone(UTC)
        yield f"First digest. Since yesterday {since:%H:%M} UTC: {moves}."
    else:
        yield f"Since the last digest ({instant(digest.since)}): {moves}."


def _sections(digest: Digest) -> Iterable[tuple[str, list[str]]]:
    for title, entries in groupby(digest.entries, key=_title):
        yield f"{title}:", [f"  {slo_line(entry, digest)}" for entry in entries]


def _title(entry: DigestEntry) -> str:
    if entry.is_blind:
        return "CANNOT BE JUDGED"
    severity = entry.now.decision.severity
    return "WITHIN" if severity is Severity.NONE else severity.upper()


def _incidents(digest: Digest) -> Iterable[str]:
    if not digest.running:
        return
    yield "Open incidents:"
    for incident in digest.running:
        yield f"  {_incident(incident, digest.as_of)}"


def _incident(incident: Incident, as_of: datetime) -> str:
    return f"{incident.id}: {incident.severity}, {incident.status}, {incident_age(incident, as_of)}"


def incident_age(incident: Incident, as_of: datetime) -> str:
    """Such as `1 day 6 hours old`."""
    return f"{duration((as_of - incident.opened_at).total_seconds() / 3600)} old"


def _actions(digest: Digest) -> Iterable[str]:
    if not digest.due:
        return
    by_status = Counter(item.status(digest.as_of) for item in digest.due)
    late, soon = by_status[ActionStatus.OVERDUE], by_status[ActionStatus.OPEN]
    counted = (
        f"{late} overdue" if late else "",
        f"{soon} due within {DUE_SOON.days} days" if soon else "",
    )
    first = digest.due[0]
    yield (
        f"Action items: {', '.join(filter(None, counted))}. First: "
        f"{one_line(first.agreed.text)} ({one_line(terms(first.agreed))}; {first.incident})."
    )


def data_age(digest: Digest) -> str:
    """The last complete day of costs and its age."""
    newest = digest.data_through
    if newest is None:
        return "Data: no complete day of charges is known."
    age = duration((digest.as_of - midnight(newest)).total_seconds() / 3600)
    return f"Data: complete through {day(newest - DAY)}, {age} old at {instant(digest.as_of)}."


def month_of_requests(digest: Digest) -> str:
    """The month's paid requests and their cost."""
    spent = digest.self_cost
    during = month(spent.month)
    if not spent.requests:
        return f"API cost: no paid Cost Explorer requests in {during}{_cap(digest)}."
    requests = count(spent.requests, "paid Cost Explorer request")
    return f"API cost: {requests} in {during}, {money(spent.cost, 'USD')}{_cap(digest)}."


def _cap(digest: Digest) -> str:
    cap = digest.self_cost.cap
    return "" if cap is None else f", of {cap:,} allowed"


def _wrapped(lines: Iterable[str]) -> Iterable[str]:
    for line in lines:
        for part in wrap(line, LINE_WIDTH, subsequent_indent=INDENT, break_on_hyphens=False):
            yield part.replace(UNBROKEN, " ")
