# SPDX-License-Identifier: Apache-2.0
import doctest
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cost_slo.domain import currencies, wording
from cost_slo.domain.currencies import smallest
from cost_slo.domain.wording import (
    ascii_subject,
    change,
    count,
    day,
    days,
    duration,
    instant,
    iso,
    look_back,
    markdown,
    markdown_code,
    money,
    month,
    month_name,
    one_line,
    percent,
    round_money,
    sentence,
    times,
    unit_price,
)

AMOUNTS = st.decimals(min_value="-1e12", max_value="1e12", places=10)


def test_its_examples_hold() -> None:
    for module in (wording, currencies):
        failed, tried = doctest.testmod(module)

        assert (failed, tried > 0) == (0, True)


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("4500", "USD", "$4,500.00"),
        ("4500", "EUR", "EUR 4,500.00"),
        ("-12.3", "USD", "-$12.30"),
        ("0", "USD", "$0.00"),
        ("-0.00", "USD", "$0.00"),
        ("0E-10", "USD", "$0.00"),
        ("0.002", "USD", "$0.0020"),
        ("0.0021", "USD", "$0.0021"),
        ("0.002049", "USD", "$0.00205"),
        ("0.05", "USD", "$0.05"),
        ("0.0149", "USD", "$0.01"),
        ("0.01", "USD", "$0.01"),
        ("0.0099", "USD", "$0.0099"),
        ("1E-18", "USD", "$0.0000000000000000010"),
        ("1234567.5", "JPY", "JPY 1,234,568"),
        ("-1234.4", "JPY", "-JPY 1,234"),
        ("0", "JPY", "JPY 0"),
        ("0.4", "JPY", "JPY 0.40"),
        ("2.5", "JPY", "JPY 2"),
        ("3.5", "KRW", "KRW 4"),
        ("1.2345", "KWD", "KWD 1.234"),
        ("0.00051", "BHD", "BHD 0.00051"),
        ("7", "CLF", "CLF 7.0000"),
        ("12.345", "DBU", "DBU 12.34"),
        ("12.345", "credits", "credits 12.34"),
        ("0.125", "USD", "$0.12"),
        ("0.135", "USD", "$0.14"),
        ("1.005", "USD", "$1.00"),
        ("1.015", "USD", "$1.02"),
        ("1E+3", "USD", "$1,000.00"),
        ("-0.0000314", "USD", "-$0.0000314"),
    ],
)
def test_money_has_the_decimals_of_its_currency_and_more_below_the_smallest_coin(
    amount: str, currency: str, text: str
) -> None:
    assert money(Decimal(amount), currency) == text


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("0.0234", "USD", "$0.0234"),
        ("0.05", "USD", "$0.050"),
        ("0.1", "USD", "$0.10"),
        ("1.2345", "USD", "$1.23"),
        ("0.0015", "USD", "$0.0015"),
        ("2.35", "JPY", "JPY 2.35"),
        ("12.5", "JPY", "JPY 12"),
        ("0", "USD", "$0.00"),
    ],
)
def test_what_one_unit_costs_keeps_its_digits_below_ten_cents(
    amount: str, currency: str, text: str
) -> None:
    assert unit_price(Decimal(amount), currency) == text


@given(st.sampled_from(["JPY", "USD", "KWD", "CLF", "DBU"]), AMOUNTS)
def test_money_is_never_further_from_the_amount_than_half_its_smallest_coin(
    currency: str, amount: Decimal
) -> None:
    told = Decimal(
        money(amount, currency)
        .replace("$", "")
        .replace(currency, "")
        .replace(",", "")
        .replace(" ", "")
    )

    assert abs(told - amount) <= smallest(currency) / 2


@given(AMOUNTS)
def test_money_as_text_is_within_half_a_cent_and_never_loses_its_sign(amount: Decimal) -> None:
    text = money(amount, "USD")

    assert abs(Decimal(text.replace("$", "").replace(",", "")) - amount) <= Decimal("0.005")
    assert text.startswith("-") == (amount < 0)


@given(AMOUNTS.filter(bool))
def test_an_amount_that_is_not_zero_is_never_written_as_zero(amount: Decimal) -> None:
    assert any(digit in "123456789" for digit in money(amount, "USD"))


def test_a_headline_leaves_cents_out_from_a_hundred_up() -> None:
    texts = [round_money(Decimal(it), "USD") for it in ("3120.40", "99.5", "0.002", "-3120.60")]

    assert texts == ["$3,120", "$99.50", "$0.0020", "-$3,121"]


def test_a_change_says_its_sign_both_ways() -> None:
    texts = [change(Decimal(it), "USD") for it in ("12.3", "-12.3", "0")]

    assert texts == ["+$12.30", "-$12.30", "$0.00"]


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (0.5, "50%"),
        (0.034, "3.4%"),
        (0.0, "0%"),
        (-0.0, "0%"),
        (1.0, "100%"),
        (0.996, "99.6%"),
        (-0.25, "-25%"),
        (12.5, "1,250%"),
        (0.03, "3%"),
    ],
)
def test_percent_keeps_a_decimal_only_where_it_tells(ratio: float, text: str) -> None:
    assert percent(ratio) == text


def test_burn_rates_and_their_windows_are_words() -> None:
    windows = [look_back(it) for it in ("1d", "2d", "24h", "month", "fortnight", "xd", "")]

    assert times(6.24) == "6.2x"
    assert windows == ["1 day", "2 days", "24 hours", "the month to date", "fortnight", "xd", ""]


def test_days_and_months_are_written_so_that_no_country_misreads_them() -> None:
    assert day(date(2026, 11, 9)) == "9 Nov 2026"
    assert month(date(2026, 2, 28)) == "Feb 2026"
    assert month_name(date(2026, 12, 1)) == "Dec"


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2026, 11, 8), date(2026, 11, 14), "8 to 14 Nov 2026"),
        (date(2026, 10, 30), date(2026, 11, 5), "30 Oct 2026 to 5 Nov 2026"),
        (date(2025, 11, 8), date(2026, 11, 8), "8 Nov 2025 to 8 Nov 2026"),
        (date(2026, 11, 8), date(2026, 11, 8), "8 Nov 2026"),
    ],
)
def test_a_stretch_of_days_names_its_month_once(first: date, last: date, text: str) -> None:
    assert days(first, last) == text


def test_instants_are_utc_whatever_zone_they_came_in() -> None:
    at = datetime(2026, 11, 14, 1, 30, tzinfo=timezone(timedelta(hours=1)))

    assert instant(at) == "2026-11-14 00:30 UTC"
    assert iso(at) == "2026-11-14T00:30:00Z"


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="names no time zone"):
        instant(datetime(2026, 11, 14))  # noqa: DTZ001  the case itself


@pytest.mark.parametrize(
    ("hours", "text"),
    [
        (0, "0 minutes"),
        (0.75, "45 minutes"),
        (1, "1 hour"),
        (36, "1 day 12 hours"),
        (48, "2 days"),
        (49.5, "2 days 1 hour"),
        (24.5, "1 day 30 minutes"),
    ],
)
def test_a_duration_is_told_in_its_two_largest_units(hours: float, text: str) -> None:
    assert duration(hours) == text


@pytest.mark.parametrize(
    ("number", "noun", "text"),
    [
        (1, "row", "1 row"),
        (0, "row", "0 rows"),
        (1200, "query", "1,200 queries"),
        (2, "day", "2 days"),
        (2, "batch", "2 batches"),
        (2, "index", "2 indexes"),
    ],
)
def test_things_are_counted_in_the_right_number(number: int, noun: str, text: str) -> None:
    assert count(number, noun) == text


def test_a_decimal_count_keeps_its_digits_and_no_more() -> None:
    assert count(Decimal("182000.50"), "request") == "182,000.5 requests"
    assert count(Decimal("1E+3"), "request") == "1,000 requests"


def test_text_from_outside_stays_on_one_line() -> None:
    assert one_line("a\nb\t c\u2028d\x00\u200be ") == "a b c d e"


@pytest.mark.parametrize(
    ("text", "said"),
    [("burn is high", "Burn is high."), ("Why?", "Why?"), ("Stop!\n", "Stop!"), ("", "")],
)
def test_a_reason_is_made_to_look_like_a_sentence(text: str, said: str) -> None:
    assert sentence(text) == said


def test_markdown_shows_a_name_as_it_was_written() -> None:
    assert markdown("a|b`c`\n# <i>[x](y) *z*_") == r"a\|b\`c\` \# \<i\>\[x\](y) \*z\*\_"


@given(st.text())
def test_no_name_breaks_out_of_its_table_cell(name: str) -> None:
    cell = markdown(name)

    assert len(cell.splitlines()) <= 1
    assert cell.replace("\\\\", "").count("|") == cell.replace("\\\\", "").count("\\|")


@pytest.mark.parametrize(
    ("text", "code"),
    [("a|b", "`a\\|b`"), ("a`b", "`` a`b ``"), ("", "`-`"), ("x\ny", "`x y`")],
)
def test_code_holds_whatever_is_in_it(text: str, code: str) -> None:
    assert markdown_code(text) == code


def test_a_subject_is_ascii_and_cut_with_dots() -> None:
    assert ascii_subject("caf\u00e9 \u2013 \u20ac5\n\u2192 x") == "cafe - EUR 5 ? x"
    assert ascii_subject("a" * 120) == "a" * 96 + "..."


@given(st.text(), st.integers(min_value=3, max_value=99))
def test_a_subject_is_always_short_printable_ascii(text: str, length: int) -> None:
    subject = ascii_subject(text, length)

    assert len(subject) <= length
    assert subject.isascii()
    assert subject.isprintable()
