# SPDX-License-Identifier: Apache-2.0
"""How much evidence must a page ask for, to be for nothing no more often than is tolerated?

The pages of the SLO's own past months are counted at each strictness, and the least strict that
keeps to the tolerated rate is chosen. Factors are never touched: only the gates that tell noise
from news are, and only those of pages and emergencies. A page counts as false unless it is of an
incident that a person mitigated or named the cause of.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from cost_slo.domain.burn.policy import Policy
from cost_slo.domain.incidents.incident import Incident
from cost_slo.domain.period import Period
from cost_slo.domain.plan.series import SpendSeries
from cost_slo.domain.spec.document import Slo, ToleratedFalsePages
from cost_slo.domain.verdict.past_pages import Morning, pages, past_months, spells, true_days
from cost_slo.domain.wording import count, day, month

# What the gates may be multiplied by. At x3 a noisy bill's largest incidents begin to go unpaged (a
# third of them in decision 7's measurement): stricter than that is deaf, not quiet.
STRICTNESSES = (1.0, 1.25, 1.5, 2.0, 3.0)
# Months replayed, the newest: a year is the longest period that a rate is stated for.
_MOST_MONTHS = 12
PERIOD_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Trial:
    """The first day of each page that the replayed months would have seen at a strictness."""

    strictness: float
    pages: tuple[date, ...]


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the replayed months, oldest first, would have seen; trials from lenient to strict.

    `true_pages` are the first days of pages of the ladder as it is that were not for nothing.
    """

    tolerated: ToleratedFalsePages | None
    months: tuple[Period, ...]
    trials: tuple[Trial, ...]
    true_pages: tuple[date, ...] = ()

    @property
    def chosen(self) -> Trial:
        """The least strict trial that keeps to the tolerated rate, or else that pages least.

        The ladder as it is where no rate is stated; without a month, nothing pages.
        """
        fewest = min(len(trial.pages) for trial in self.trials)
        return next(
            trial
            for trial in self.trials
            if self.tolerates(len(trial.pages)) or len(trial.pages) == fewest
        )

    def tolerates(self, found: int) -> bool:
        """Whether so many pages in the replayed months are no more often than is tolerated."""
        rate = self.tolerated
        return rate is None or (found * PERIOD_MONTHS[rate.per] <= rate.at_most * len(self.months))


def calibrated(
    slo: Slo, series: SpendSeries, policy: Policy, known: Iterable[Incident] = ()
) -> Policy:
    """The policy with the gates that the SLO's tolerated rate asks for; as it is without one.

    It stands on what was known when the window began, so it is frozen for the window.
    """
    if slo.tolerated_false_pages is None:
        return policy
    found = calibrate(slo, series, policy, known)
    return policy.stricter(found.chosen.strictness, calibration_in_words(found))


def calibrate(
    slo: Slo, series: SpendSeries, policy: Policy, known: Iterable[Incident] = ()
) -> Calibration:
    """Replay the months before the window; a page on days of a true incident is no false one."""
    replayed = past_months(slo, series, _MOST_MONTHS)
    paging = spells([morning for past in replayed for morning in past.mornings], policy)
    explained = true_days(known, series.window.start)
    true = [spell for spell in paging if _is_in(explained, spell)]
    false = [spell for spell in paging if spell not in true]
    return Calibration(
        slo.tolerated_false_pages,
        tuple(past.period for past in replayed),
        tuple(_trial(strictness, false, policy) for strictness in STRICTNESSES),
        tuple(spell[0].day for spell in true),
    )


def calibration_in_words(found: Calibration) -> str:
    """What was chosen, the history it stands on, and what that cannot show."""
    if not found.months:
        return "gates as they are: no past month had history enough before it to be replayed"
    chosen = found.chosen
    span = f"{count(len(found.months), 'month')} to {month(found.months[-1].start)}"
    paged = count(len(chosen.pages), "false page") if chosen.pages else "no false page"
    return f"{_gates(found)} this SLO's own {span} would have had {paged}{_tolerated(found)}"


def true_pages_in_words(found: Calibration) -> str:
    """Which pages were not for nothing; empty without one."""
    if not found.true_pages:
        return ""
    days = ", ".join(map(day, found.true_pages))
    return f"not counted, as somebody mitigated the incident or named its cause: {days}"


def rate_in_words(rate: ToleratedFalsePages) -> str:
    """`1 a quarter`."""
    return f"{rate.at_most:,} a {rate.per}"


def _gates(found: Calibration) -> str:
    chosen = found.chosen
    is_kept = found.tolerates(len(chosen.pages))
    if chosen.strictness == 1:
        return f"gates as they are{'' if is_kept else ', as stricter ones would page no less'}:"
    return f"gates x{chosen.strictness:g}, {'chosen so that' if is_kept else 'and even so'}"


def _tolerated(found: Calibration) -> str:
    if found.tolerated is None:
        return ""
    unshown = "" if found.tolerates(1) else ", which so short a history cannot show"
    return f" (tolerated: {rate_in_words(found.tolerated)}{unshown})"


def _is_in(periods: Sequence[Period], spell: Sequence[Morning]) -> bool:
    return any(morning.day in period for morning in spell for period in periods)


def _trial(strictness: float, false: Sequence[Sequence[Morning]], policy: Policy) -> Trial:
    """A stricter ladder pages on no other mornings, so only those that page are asked again."""
    stricter = policy.stricter(strictness)
    paging = ([seen.day for seen in spell if pages(seen, stricter)] for spell in false)
    return Trial(strictness, tuple(days[0] for days in paging if days))
