# SPDX-License-Identifier: Apache-2.0
"""What saw it, what set it off, and what let it happen?"""

from __future__ import annotations

from decimal import Decimal

from cost_slo.domain.account_changes.before_the_rise import RECORDED
from cost_slo.domain.alerts.alert import compared
from cost_slo.domain.drivers.movers import Mover, MoverKind
from cost_slo.domain.drivers.sentences import unit_cost_sentence
from cost_slo.domain.incidents.incident import EventKind
from cost_slo.domain.period import DAY
from cost_slo.domain.postmortem.facts import drivers as movement
from cost_slo.domain.postmortem.facts import figures
from cost_slo.domain.postmortem.facts.claim import Claim
from cost_slo.domain.postmortem.facts.findings import Findings, stated
from cost_slo.domain.postmortem.facts.saying import (
    first_part,
    inferred,
    measured,
    service_change,
    unknown,
)
from cost_slo.domain.postmortem.narrative.lessons import time_to_acknowledge
from cost_slo.domain.postmortem.narrative.remedies import rises
from cost_slo.domain.wording import (
    change,
    day,
    duration,
    instant,
    look_back,
    markdown,
    times,
)

LATE_HOURS = 36
# Of a rise: so much of a fall in the same days is a move rather than noise.
MOVED_SHARE = Decimal("0.2")


def what_saw_it(facts: Findings) -> Claim:
    """The rule that saw it."""
    known = facts.first
    said = f"Seen by the cost SLO `{known.slo}` at {instant(known.as_of)}."
    text = f"{said} {markdown(first_part(known.reason))}".rstrip()
    return measured(facts, known, text, figures.reason(facts, known))


def burn_rate_cause(facts: Findings) -> Claim | None:
    """How fast the budget burned when it was seen; slower than even says nothing."""
    known = facts.first
    fast = [(window, rate) for window, rate in known.burn if rate >= 1]
    if not fast:
        return None
    rates = ", ".join(f"{times(rate)} over {look_back(window)}" for window, rate in fast)
    text = f"Burn rate over complete days when seen: {rates}."
    return measured(facts, known, text, *figures.burn_rates(facts, known))


def age_of_data(facts: Findings) -> Claim:
    """How old the charges were when it was seen."""
    hours = facts.first.age_hours
    if hours is None or facts.first.data_through is None:
        return measured(facts, facts.first, "No complete day of charges was found.")
    last = day((facts.first.data_through - DAY).date())
    said = f"The last complete day of charges was {last}, {duration(hours)} old when judged."
    return measured(facts, facts.first, said)


def what_did_not_see_it(facts: Findings) -> Claim:
    """What else could have seen it."""
    before = instant(facts.incident.opened_at)
    return unknown(
        facts, f"did any other alarm, budget or dashboard show this before {before}, or should it?"
    )


def largest_change(facts: Findings) -> Claim | None:
    """The largest rise."""
    risen, known = facts.onset.rises, facts.onset
    if not risen or known.parts is None:
        return None
    mover = risen[0]
    before, after = known.money(mover.before), known.money(mover.after)
    said = f"{markdown(mover.service)} went from {before} to {after}"
    text = f"{said} ({change(mover.change, known.currency)}), {compared(known.parts)}."
    return measured(facts, known, text, *movement.moved(facts, known, mover))


def what_set_it_off(facts: Findings) -> Claim | None:
    """What happened outside the bill, unless responders said so or the bill itself was wrong."""
    if stated(facts, EventKind.CAUSE_IDENTIFIED) or facts.is_restated:
        return None
    risen = facts.onset.rises
    where = f" in {markdown(risen[0].service)}" if risen else ""
    return unknown(
        facts,
        f"what changed{where} in the days before {day(facts.first.as_of.date())} "
        "(release, configuration, traffic, price)?",
    )


def changed_shortly_before(facts: Findings) -> Claim | None:
    """The likeliest of what was done to the account before; not said to be the cause."""
    return _changed(facts, slice(1), "Changed shortly before")


def also_changed(facts: Findings) -> Claim | None:
    """The next likeliest."""
    return _changed(facts, slice(1, None), "Also changed shortly before")


def unit_cost_split(facts: Findings) -> Claim | None:
    """Why a unit costs more or less: fewer units, usage for each, mix, price."""
    known = facts.onset
    if known.unit_split is None:
        return None
    text = markdown(unit_cost_sentence(known.unit_split, known.currency))
    return measured(
        facts, known, text, *figures.unit_split_facts(facts, known, known.unit_split.effects)
    )


def taken_back(facts: Findings) -> Claim | None:
    """That the bill was wrong, not the use."""
    if not facts.is_restated:
        return None
    text = "The rise was in the bill, not in the use: the source has taken it back."
    return inferred(facts, facts.latest, text, "restated days")


def moved_over(facts: Findings) -> Claim | None:
    """That use probably moved from what fell to what rose."""
    known, over = facts.onset, _moved_over(facts)
    if over is None:
        return None
    fallen, risen = over
    fell = known.money(abs(fallen.change))
    text = (
        f"{markdown(fallen.service)} fell by {fell} while {markdown(risen.service)} rose by "
        f"{known.money(risen.change)}: use has probably moved from the one to the other."
    )
    return inferred(facts, known, text, "opposite moves in the same days")


def causes_named(facts: Findings) -> Claim | None:
    """What responders found."""
    named = stated(facts, EventKind.CAUSE_IDENTIFIED)
    if not named:
        return None
    said = "; ".join(f"{markdown(event.text)} ({instant(event.at)})" for event in named)
    return Claim(f"Named by the responders: {said}.", "inferred from the timeline")


def cause_behind_the_movers(facts: Findings) -> Claim:
    """The condition that let the change cost this much."""
    if facts.is_restated:
        return unknown(
            facts, "what does the source say of why it billed these days, and then less?"
        )
    risen = [markdown(mover.service) for mover in facts.onset.rises[:2]]
    if stated(facts, EventKind.CAUSE_IDENTIFIED):
        return unknown(facts, "what made that possible, and what would stop it today?")
    over = _moved_over(facts)
    if over is not None:
        fallen, rise = (markdown(mover.service) for mover in over)
        return unknown(
            facts, f"was the move from {fallen} to {rise} meant, and does all of it need {rise}?"
        )
    if not risen:
        return unknown(facts, "what raised the cost: more use, a higher price, fewer units?")
    if facts.onset.per != "month":
        per = markdown(facts.onset.per)
        asked = f"why does each {per} cost more in {' and '.join(risen)}"
        kinds = f": more usage for each {per}, or a more expensive kind of usage"
        return unknown(facts, f"{asked}{'' if facts.onset.unit_split else kinds}?")
    return unknown(
        facts,
        f"why did {' and '.join(risen)} rise: more usage, or a more expensive kind of usage?",
    )


def other_movers(facts: Findings) -> Claim | None:
    """The rises after the first."""
    known, others = facts.onset, facts.onset.rises[1:]
    if not others:
        return None
    named = ", ".join(service_change(mover, known) for mover in others)
    return inferred(facts, known, f"Also rose in the same days: {named}.", "same days")


def late_answer(facts: Findings) -> Claim | None:
    """That the alert waited longer than a day."""
    return time_to_acknowledge(facts, is_soon=False)


def new_services(facts: Findings) -> Claim | None:
    """What no earlier period could have planned for."""
    known = facts.onset
    new = [markdown(mover.service) for mover in known.rises if mover.kind is MoverKind.NEW]
    if not new:
        return None
    text = f"Not charged in the earlier period, so nothing was planned: {', '.join(new)}."
    return inferred(facts, known, text, "no charge before")


def delay_of_data(facts: Findings) -> Claim | None:
    """Whether old data delayed the alert."""
    hours = facts.first.age_hours
    if hours is None or hours < LATE_HOURS:
        return None
    text = f"The charges were {duration(hours)} old when judged; newer ones show it sooner."
    return inferred(facts, facts.first, text, "age of the charges")


def what_else_contributed(facts: Findings) -> Claim:
    """What only people know."""
    if facts.is_restated:
        return unknown(
            facts, "what would have told a wrong bill from use that day (a usage metric)?"
        )
    for rise in rises(facts):
        reached, what = facts.first.money(rise.after), markdown(rise.name)
        asked = f"which limit, review or default would have stopped {what} before it reached"
        return unknown(facts, f"{asked} {reached} a day?")
    return unknown(facts, "which limit or review would have kept the rise smaller?")


def _changed(facts: Findings, part: slice, opening: str) -> Claim | None:
    known = facts.changed
    says = known.changed.says[part] if known and known.changed else ()
    if known is None or not says or facts.is_restated:
        return None
    text = f"{opening}: {'; '.join(map(markdown, says))}."
    return inferred(facts, known, text, "closeness in time and place", about=RECORDED)


def _moved_over(facts: Findings) -> tuple[Mover, Mover] | None:
    """The largest fall and the largest rise, where the fall is no trifle beside it."""
    movers = facts.onset.parts.movers if facts.onset.parts else ()
    fallen = [mover for mover in movers if mover.change < 0]
    risen = facts.onset.rises
    if not fallen or not risen or -fallen[0].change < MOVED_SHARE * risen[0].change:
        return None
    return fallen[0], risen[0]
