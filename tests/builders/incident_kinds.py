# SPDX-License-Identifier: Apache-2.0
"""Five kinds of incident, each made by the real loop on a small bill, morning by morning."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache

from cost_slo.adapters.documents.templates.renderer import JinjaRenderer
from cost_slo.adapters.documents.yaml_playbooks import shipped_playbooks
from cost_slo.domain.incidents.incident import Incident
from cost_slo.domain.incidents.verbs import acknowledge, identify_cause, mitigate
from cost_slo.domain.period import DAY
from cost_slo.domain.postmortem.facts.fact import Records
from cost_slo.domain.postmortem.narrative.sections import narrative_facts
from cost_slo.domain.spend.reading import ChargeCount, CostReading, DailySpend, ScopeCount
from cost_slo.ports import StateChange
from tests.builders.readings import monthly, morning, units
from tests.worlds.rig import Rig

FIRST = date(2026, 6, 1)
SEPTEMBER = date(2026, 9, 1)
# What a service costs on a day.
Cents = Callable[[date], int]


@dataclass(frozen=True)
class Told:
    """A finished story: its incident, its text, and the state it came from."""

    rig: Rig
    incident: Incident

    @property
    def records(self) -> Records:
        rows = list(self.rig.store.observations.values())
        series = rows[0].series
        return Records({series: self.rig.store.load_observations(series)}, self.rig.store.events)

    def text(self, *, with_agenda: bool = False) -> str:
        (ledger,) = self.records.ledgers.values()
        facts = narrative_facts(
            self.incident,
            owner="platform",
            ledger=ledger,
            playbooks=shipped_playbooks(),
            with_agenda=with_agenda,
        )
        return JinjaRenderer().render("narrative.md.j2", facts)


def wavering(cents: int) -> Cents:
    """About as much every day, a little more in the middle of the week."""
    return lambda day: cents + (30, 60, 80, 50, 20, 0, 10)[day.weekday()] * cents // 2000


def since(first: date, then: Cents, before: Cents) -> Cents:
    """Another level from a day on."""
    return lambda day: then(day) if day >= first else before(day)


def bill(name: str, services: Mapping[str, Cents], through: date) -> CostReading:
    """Every service on every day before the exclusive end."""
    days = [FIRST + number * DAY for number in range((through - FIRST).days)]
    spend = tuple(
        DailySpend(day=day, service=service, usage=Decimal(cents(day)) / 100, rows=1)
        for day in days
        for service, cents in services.items()
        if cents(day)
    )
    total, rows = sum((row.usage for row in spend), Decimal(0)), len(spend)
    return CostReading(
        charges=ChargeCount(rows, {"USD": total}, rows),
        spend={name: spend},
        scopes={name: ScopeCount(rows, 0, 0, 0)},
        charged_through=through,
        description="a bill of made charges",
    )


def played(rig: Rig, name: str, services: Mapping[str, Cents], mornings: range) -> None:
    """Each morning of September sees the days before it."""
    for day in mornings:
        rig.costs.reading = bill(name, services, SEPTEMBER + (day - 1) * DAY)
        rig.again(morning(day))


def told(rig: Rig) -> Told:
    (incident,) = rig.incidents
    return Told(rig, incident)


@cache
def runaway() -> Told:
    """Workers double each day from the 14th; a page comes, the job is paused on the 18th."""
    rig, name = (
        Rig(monthly("metalabs-infrastructure", 4500, product="metalabs", plan="learned")),
        "metalabs-infrastructure",
    )
    usual = wavering(6200)

    def workers(day: date) -> int:
        burning = (day - date(2026, 9, 13)).days
        return usual(day) + (900 * 2**burning if 0 < burning < 5 else 0)

    services = {
        "Amazon Elastic Compute Cloud": workers,
        "Amazon Virtual Private Cloud": lambda day: (
            wavering(1200)(day) + (workers(day) - usual(day)) // 8
        ),
        "Amazon Relational Database Service": wavering(3000),
        "AmazonCloudWatch": wavering(900),
    }
    played(rig, name, services, range(2, 19))
    (incident,) = rig.incidents
    at = morning(18)
    said = (
        acknowledge(incident, "looking into it", at + timedelta(minutes=25)),
        identify_cause(
            incident,
            "a failing job is retried without end: the workers scale to their maximum",
            at + timedelta(hours=2),
        ),
        mitigate(
            incident, "job paused, the workers' maximum lowered to 4", at + timedelta(hours=3)
        ),
    )
    for event in said:
        rig.store.save(StateChange(events=(event,)))
    played(rig, name, services, range(19, 27))
    return told(rig)


@cache
def new_resource() -> Told:
    """A search cluster appears on the 10th and stays; somebody has acknowledged it."""
    rig, name = Rig(monthly("weel-platform", 3000, product="weel", plan="learned")), "weel-platform"
    services = {
        "Amazon Relational Database Service": wavering(4100),
        "Amazon Simple Storage Service": wavering(2300),
        "Amazon OpenSearch Service": since(date(2026, 9, 10), wavering(4550), lambda _: 0),
    }
    played(rig, name, services, range(2, 14))
    (incident,) = rig.incidents
    event = acknowledge(incident, "on it", morning(13) + timedelta(hours=1))
    rig.store.save(StateChange(events=(event,)))
    played(rig, name, services, range(14, 16))
    return told(rig)


@cache
def model_mix() -> Told:
    """From the 8th a dearer model answers most calls; nobody has looked yet."""
    rig, name = (
        Rig(monthly("metalabs-assistant", 6000, product="metalabs", plan="learned")),
        "metalabs-assistant",
    )
    change = date(2026, 9, 8)
    services = {
        "Claude Haiku (Amazon Bedrock Edition)": since(change, wavering(1400), wavering(9200)),
        "Claude Sonnet (Amazon Bedrock Edition)": since(change, wavering(29800), wavering(2100)),
        "AWS Lambda": wavering(640),
    }
    played(rig, name, services, range(2, 12))
    return told(rig)


@cache
def unit_regression() -> Told:
    """Each request costs two thirds more from the 12th, at the same number of requests."""
    slo = monthly("weel-ai-unit-cost", product="weel", plan="learned") | {
        "objective": {"per_unit": Decimal("0.002"), "unit": "request", "minimum_units": 1000},
        "units": {"csv": "units.csv"},
    }
    rig, name = Rig(slo), "weel-ai-unit-cost"
    requests = wavering(40_000)
    days = {FIRST + number * DAY: Decimal(requests(FIRST + number * DAY)) for number in range(122)}
    services = {
        "Amazon Bedrock": since(
            date(2026, 9, 12),
            lambda day: requests(day) * 25 // 100,
            lambda day: requests(day) * 15 // 100,
        ),
    }
    for day in range(2, 20):
        through = SEPTEMBER + (day - 1) * DAY
        rig.units.readings = {
            name: units({on: count for on, count in days.items() if on < through})
        }
        rig.costs.reading = bill(name, services, through)
        rig.again(morning(day))
    return told(rig)


@cache
def restatement() -> Told:
    """The 9th is billed nine times over, and restated five days later."""
    rig, name = Rig(monthly("weel-storage", 900, product="weel", plan="learned")), "weel-storage"
    usual, odd = wavering(2200), date(2026, 9, 9)
    wrong = {
        "Amazon Simple Storage Service": lambda day: usual(day) * (24 if day == odd else 1),
        "Amazon DynamoDB": wavering(400),
    }
    played(rig, name, wrong, range(2, 15))
    played(rig, name, wrong | {"Amazon Simple Storage Service": usual}, range(15, 18))
    return told(rig)


KINDS: Mapping[str, Callable[[], Told]] = {
    "runaway": runaway,
    "new_resource": new_resource,
    "model_mix": model_mix,
    "unit_regression": unit_regression,
    "restatement": restatement,
}
