# SPDX-License-Identifier: Apache-2.0
"""What is an SLO's verdict, by its ledger alone?

The bill is not read again: what evaluations observed of each day, with its units, is judged by the
functions that judge live spend. Complete days are those of the newest observation, because no
evaluation ran since; the age of the costs is measured at `as_of`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from cost_slo.domain.burn.policy import Policy
from cost_slo.domain.incidents.incident import Incident
from cost_slo.domain.period import DAY
from cost_slo.domain.plan.learning import learning
from cost_slo.domain.plan.monthly import is_monthly, last_charged, reaches
from cost_slo.domain.plan.series import SpendSeries, as_seen, month_series
from cost_slo.domain.spec.document import Slo
from cost_slo.domain.spend.ledger import as_known_at
from cost_slo.domain.spend.reading import Observation
from cost_slo.domain.verdict.assessment import Assessment, assess
from cost_slo.domain.verdict.calibration import calibrated
from cost_slo.domain.verdict.decision import no_data


def standing(
    slo: Slo,
    policy: Policy,
    ledger: Sequence[Observation],
    incidents: Iterable[Incident],
    *,
    currency: str,
    as_of: datetime,
) -> tuple[Assessment, SpendSeries | None]:
    """Judge one SLO on what its ledger knew at `as_of`; with the series it was judged on.

    `incidents` are as known at `as_of`. The series is None if there is no observation.
    """
    past = tuple(incidents)
    series = _last_seen(ledger, past, as_of)
    if series is None:
        return Assessment(slo, no_data("no evaluation has found a charge in its scope")), None
    strict = calibrated(slo, series, policy, past)
    return assess(slo, series, strict, currency=currency, as_of=as_of), series


def _last_seen(
    ledger: Sequence[Observation], incidents: Iterable[Incident], as_of: datetime
) -> SpendSeries | None:
    """The series as of the last observation not after `as_of`; None without observations."""
    known = as_known_at(ledger, as_of)
    if not known:
        return None
    charged_through = max(seen.day for seen in known) + DAY
    looked_at = max(seen.observed_at for seen in known)
    if is_monthly(known):
        series = month_series(known, reaches(last_charged(known), date.max, looked_at))
    else:
        series = as_seen(known, charged_through, looked_at)
    return replace(series, learning=learning(incidents, series.window))
