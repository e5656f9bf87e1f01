# SPDX-License-Identifier: Apache-2.0
"""A digest is made from the state alone, and told once a date."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cost_slo.adapters.stores.dry_run_store import DryRunStore
from cost_slo.domain.digest.digest import Movement
from cost_slo.domain.errors import SourceError
from cost_slo.domain.incidents.incident import Severity
from cost_slo.use_cases.digest import Desk, daily_digest, send_digest
from tests.builders.moods import desk, digest, later, rig_to, sent
from tests.builders.readings import monthly, morning, september
from tests.checks.documents import assert_documented
from tests.worlds.rig import Rig

BERLIN = ZoneInfo("Europe/Berlin")


def evaluated(*days: int) -> Rig:
    """A calm month, evaluated on these mornings."""
    rig = Rig(monthly())
    for day in days:
        rig.run({"web": september(day - 1)}, day)
    return rig


def sent_digests(rig: Rig) -> list[str]:
    return [message.key for message in rig.notifier.sent if message.key.startswith("digest/")]


def test_a_digest_reads_no_bill_and_writes_nothing() -> None:
    rig = rig_to(10)
    asked, before = len(rig.costs.asked), repr(rig.store)

    digest(rig, 10)

    assert (len(rig.costs.asked), repr(rig.store)) == (asked, before)


def test_a_digest_is_a_message_about_all_slos_that_calls_nobody() -> None:
    rig = evaluated(10)

    (told,) = sent(rig, [10])

    assert told.is_new
    assert told.delivered == (told.message,)
    assert (told.message.slo, told.message.incident) == ("", None)
    assert told.message.severity is Severity.NONE
    assert told.message.created_at == later(10)
    assert list(rig.store.load_notifications("web")) == []


def test_a_date_is_told_once_however_often_it_is_asked_for() -> None:
    rig = evaluated(9, 10)

    first, again, tomorrow = sent(rig, [9, 9, 10])

    assert (first.is_new, again.is_new, tomorrow.is_new) == (True, False, True)
    assert again.message == first.message
    assert again.delivered == ()
    assert sent_digests(rig) == ["digest/2026-09-09", "digest/2026-09-10"]


@settings(max_examples=40, deadline=None)
@given(st.permutations([0, 0, 0, 1, 1, 1]), st.integers(0, 12))
def test_two_that_make_the_same_digest_at_once_tell_it_once(turns: list[int], hours: int) -> None:
    """Each makes it, writes it and delivers it; their steps are interleaved in any order."""
    rig = evaluated(10)
    made = {}
    steps = [0, 0]

    for who in turns:
        if steps[who] == 0:
            made[who] = daily_digest(desk(rig), later(10) + timedelta(hours=who * hours))
        elif steps[who] == 1:
            send_digest(desk(rig), made[who])
        steps[who] += 1

    assert sent_digests(rig) == ["digest/2026-09-10"]


def test_a_digest_that_was_not_delivered_goes_out_as_it_was_written() -> None:
    rig = evaluated(10)
    rig.notifier.fail_next = 1

    (failed,) = sent(rig, [10])
    late = send_digest(desk(rig), daily_digest(desk(rig), later(10) + timedelta(hours=5)))

    assert [str(error) for _, error in failed.undelivered] == ["the notifier is down"]
    assert not late.is_new
    assert late.delivered == (failed.message,)


def test_a_store_that_fails_tells_nothing_and_the_next_run_does() -> None:
    rig = evaluated(10)
    rig.store.fail_next_save = True

    with pytest.raises(SourceError):
        sent(rig, [10])
    assert sent_digests(rig) == []
    (told,) = sent(rig, [10])

    assert told.is_new
    assert sent_digests(rig) == ["digest/2026-09-10"]


def test_an_evaluation_says_that_a_digest_waits_and_delivers_it_with_the_next() -> None:
    rig = evaluated(10)
    rig.notifier.fail_next = 2
    sent(rig, [10])

    waiting = rig.again(morning(10)).document
    rig.again(morning(10))

    assert waiting["errors"] == [
        {
            "slo": "digest",
            "error": "the digest of 2026-09-10 waits for the next run: the notifier is down",
        }
    ]
    assert_documented("evaluation", waiting)
    assert sent_digests(rig) == ["digest/2026-09-10"]


def test_a_dry_run_tells_nothing() -> None:
    rig = evaluated(10)
    its = desk(rig)
    dry = Desk(its.specs, its.policy, DryRunStore(rig.store), its.notifier)

    told = send_digest(dry, digest(rig, 10))

    assert (told.delivered, told.undelivered) == ((), ())
    assert (rig.notifier.sent, rig.store.outbox) == ([], {})


def test_the_date_is_the_one_of_its_readers_calendar() -> None:
    rig = evaluated(10)
    late = datetime(2026, 9, 10, 22, 30, tzinfo=UTC)

    assert daily_digest(desk(rig), late).on == date(2026, 9, 10)
    assert daily_digest(desk(rig), late, zone=BERLIN).on == date(2026, 9, 11)


def test_a_digest_is_set_against_the_last_one_of_an_earlier_date() -> None:
    rig = evaluated(7, 8, 9, 10)

    assert (digest(rig, 10).is_first, digest(rig, 10).since) == (True, later(9))
    sent(rig, [7, 10])

    made = digest(rig, 10)
    assert (made.is_first, made.since) == (False, later(7))
    assert digest(rig, 7).is_first


def test_what_moved_is_told_from_the_ledger_as_it_was_known_at_the_last_digest() -> None:
    rig = Rig(monthly("web", 300))
    rig.run({"web": september(9)}, 10)
    sent(rig, [10])
    rig.run({"web": september(10, d9=400)}, 11)
    restated = digest(rig, 11)
    sent(rig, [11])
    rig.run({"web": september(11, d9=400)}, 12)

    assert restated.entries[0].movement is Movement.NEW
    assert digest(rig, 12).entries[0].movement is not Movement.NEW


def test_an_slo_without_data_is_new_only_once() -> None:
    rig = Rig(monthly())
    rig.run({"web": {}}, 9)
    first = digest(rig, 9)
    sent(rig, [9])
    rig.run({"web": {}}, 10)

    assert first.entries[0].movement is Movement.NEW
    assert digest(rig, 10).entries[0].movement is Movement.UNCHANGED


def test_what_was_paid_this_month_is_told() -> None:
    rig = evaluated(10)
    rig.store.add_requests(date(2026, 8, 1), 7)
    rig.store.add_requests(date(2026, 9, 1), 3)

    spent = daily_digest(replace(desk(rig), cap=50), later(10)).self_cost

    assert (spent.requests, str(spent.cost), spent.cap) == (3, "0.03", 50)
