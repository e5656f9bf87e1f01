# SPDX-License-Identifier: Apache-2.0
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.alerts.message import CUT, cut, machine_object, short_text, subject_line
from tests.builders.messages import KINDS, plain
from tests.checks.documents import assert_documented


@pytest.mark.parametrize("message", KINDS.values(), ids=KINDS)
def test_a_machine_gets_the_documented_object(message: Callable[[], Notification]) -> None:
    found = machine_object(message())

    assert_documented("notification", found)
    assert found["key"] == message().key


@given(st.text(max_size=300))
def test_whatever_a_subject_holds_the_line_is_what_sns_takes(subject: str) -> None:
    message = replace(plain(), subject=subject)

    line, phone = subject_line(message), short_text(message)

    assert 1 <= len(line) <= 99
    assert 1 <= len(phone) <= 140
    assert all(" " <= sign <= "~" for sign in line + phone)
    assert_documented("notification", machine_object(message))


def test_a_phone_is_told_where_to_read_on() -> None:
    assert short_text(plain()) == "[page] web (web-2026-09)"
    assert short_text(plain(incident=None)) == "[page] web"


def test_a_text_that_fits_is_left_as_it_is() -> None:
    assert cut("one\ntwo\n", 40) == "one\ntwo\n"


def test_a_text_that_was_cut_ends_with_a_whole_line_and_says_so() -> None:
    assert cut("first line\n" * 20, 60) == f"first line\nfirst line\nfirst line\n{CUT}"
    assert cut("x" * 90, 40) == f"{'x' * 16}\n{CUT}"


@given(st.text(), st.integers(min_value=40, max_value=200))
def test_a_cut_text_is_never_longer_than_it_may_be(text: str, length: int) -> None:
    assert len(cut(text, length)) <= length
