# SPDX-License-Identifier: Apache-2.0
"""How is a number, a time or a foreign name written for people?

The one formatter: rounding, percent and currency signs exist in text only, and only here.

>>> money(Decimal("4500"), "USD"), money(Decimal("-12.3"), "EUR"), money(Decimal("12.3"), "JPY")
('$4,500.00', '-EUR 12.30', 'JPY 12')
>>> money(Decimal("0.05"), "USD"), money(Decimal("0.002"), "USD"), money(Decimal("0.4"), "JPY")
('$0.05', '$0.0020', 'JPY 0.40')
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal

from cost_slo.domain.currencies import decimals, smallest
from cost_slo.domain.period import midnight

SUBJECT_LENGTH = 99
WHOLE_FROM = 100
LOOK_BACKS = {"d": "day", "h": "hour"}

_MONTHS = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)
_TYPOGRAPHY = str.maketrans(
    {"\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-"}
    | {"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u20ac": "EUR "}
    | {"\u00a3": "GBP ", "\u00a5": "JPY ", "\u00d7": "x"}
)
# Controls and line separators; invisible formatting; halves of a character.
_CLEANED = {"Cc": " ", "Zl": " ", "Zp": " ", "Cf": "", "Cs": "?"}

_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#~&])")


def money(amount: Decimal, currency: str) -> str:
    """An amount with the decimals of its currency, thousands separated.

    It is rounded to the nearest cent (or yen, or fils), to the even one of two. An amount below one
    has two or three significant digits instead, so that what is not zero never reads as zero.
    """
    fine_below = smallest(currency)
    return _signed_text(amount, currency, _digits(abs(amount), fine_below, decimals(currency)))


def unit_price(amount: Decimal, currency: str) -> str:
    """What one unit costs: as `money`, but with two or three significant digits below ten cents.

    >>> unit_price(Decimal("0.0234"), "USD"), unit_price(Decimal("2.5"), "USD")
    ('$0.0234', '$2.50')
    """
    fine_below = 10 * smallest(currency)
    return _signed_text(amount, currency, _digits(abs(amount), fine_below, decimals(currency)))


def round_money(amount: Decimal, currency: str) -> str:
    """An amount for a headline: as `money`, without decimals from a hundred up."""
    if abs(amount) < WHOLE_FROM:
        return money(amount, currency)
    return _signed_text(amount, currency, f"{abs(amount):,.0f}")


def change(amount: Decimal, currency: str) -> str:
    """An amount that says its sign both ways: `+$12.30`, `-$12.30`."""
    return ("+" if amount > 0 else "") + money(amount, currency)


def percent(ratio: float) -> str:
    """A ratio as a percentage; one decimal if a whole number would hide it.

    >>> percent(0.5), percent(0.034), percent(0.996), percent(12.5)
    ('50%', '3.4%', '99.6%', '1,250%')
    """
    fine = abs(ratio) < 0.1 or 0.99 <= abs(ratio) < 1.01  # noqa: PLR2004  near 0 and near 100 %
    text = f"{ratio * 100:,.1f}" if fine else f"{ratio * 100:,.0f}"
    text = text.removesuffix(".0")
    return f"{'0' if text == '-0' else text}%"


def signed_points(points: Decimal) -> str:
    """Percentage points that are already rounded: `+12%`, `-0.5%`."""
    return f"{points.normalize():+,f}%"


def times(burn: float) -> str:
    """A burn rate: `6.2x`."""
    text = f"{burn:,.1f}"
    return f"{'0.0' if text == '-0.0' else text}x"


def look_back(window: str) -> str:
    """A burn window in words: `1d` is `1 day`, `month` is `the month to date`."""
    if window == "month":
        return "the month to date"
    number, noun = window[:-1], LOOK_BACKS.get(window[-1:], "")
    return count(int(number), noun) if noun and number.isdigit() else window


def day(on: date) -> str:
    """A day, in words that no country reads differently: `19 Nov 2026`."""
    return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"


def days(first: date, last: date) -> str:
    """From one day to another, both included: `8 to 14 Nov 2026`."""
    if first == last:
        return day(last)
    same_month = (first.year, first.month) == (last.year, last.month)
    return f"{first.day if same_month else day(first)} to {day(last)}"


def month(on: date) -> str:
    """The month of a day: `Nov 2026`."""
    return f"{_MONTHS[on.month - 1]} {on.year}"


def month_name(on: date) -> str:
    """The month of a day, short: `Nov`."""
    return _MONTHS[on.month - 1]


def instant(at: datetime) -> str:
    """An instant: `2026-11-14 00:00 UTC`. ValueError for a time that names no zone."""
    return f"{_utc(at):%Y-%m-%d %H:%M} UTC"


def iso(at: datetime | date) -> str:
    """An instant for machines, or the first one of a day: `2026-11-14T00:00:00Z`.

    ValueError as `instant`.
    """
    moment = at if isinstance(at, datetime) else midnight(at)
    return f"{_utc(moment):%Y-%m-%dT%H:%M:%S}Z"


def duration(hours: float) -> str:
    """A length of time in its two largest units.

    >>> duration(0.75), duration(7), duration(36), duration(48)
    ('45 minutes', '7 hours', '1 day 12 hours', '2 days')
    """
    minutes = round(hours * 60)
    days, rest = divmod(minutes, 24 * 60)
    parts = ((days, "day"), (rest // 60, "hour"), (rest % 60, "minute"))
    words = [count(number, noun) for number, noun in parts if number]
    return " ".join(words[:2]) or "0 minutes"


def count(number: int | Decimal, noun: str) -> str:
    """A number of things.

    >>> count(1, "row"), count(1200, "query"), count(2, "batch")
    ('1 row', '1,200 queries', '2 batches')
    """
    return f"{Decimal(number).normalize():,f} {noun if number == 1 else plural(noun)}"


def counted_as_usage(value: str, rows: int, amount: str) -> str:
    """A note that charges of an unknown kind count as usage.

    >>> counted_as_usage("ChargeFrequency `Other`", 3, "$1.20")
    'ChargeFrequency `Other` is not a known value: 3 rows with it ($1.20) count as usage.'
    """
    verb = "counts" if rows == 1 else "count"
    named = f"{one_line(value)} is not a known value"
    return f"{named}: {count(rows, 'row')} with it ({amount}) {verb} as usage."


def one_line(text: str) -> str:
    """Text from outside on one line, without control characters."""
    cleaned = (_CLEANED.get(unicodedata.category(sign), sign) for sign in text)
    return " ".join("".join(cleaned).split())


def sentence(text: str) -> str:
    """Text from outside on one line that looks like a sentence; empty stays empty."""
    line = one_line(text)
    stop = "" if line.endswith((".", "?", "!")) else "."
    return f"{line[:1].upper()}{line[1:]}{stop}" if line else ""


def markdown(text: str) -> str:
    """Text from outside as it was written, whatever Markdown would make of it."""
    return _MARKDOWN.sub(r"\\\1", one_line(text))


def markdown_code(text: str) -> str:
    """Text from outside as inline code that also holds in a table cell."""
    plain = one_line(text).replace("|", "\\|")
    fence = "`" * (1 + max(map(len, re.findall("`+", plain)), default=0))
    pad = " " if len(fence) > 1 else ""
    return f"{fence}{pad}{plain or '-'}{pad}{fence}"


def ascii_subject(text: str, length: int = SUBJECT_LENGTH) -> str:
    """One line of printable ASCII, cut with `...` if it is longer."""
    decomposed = unicodedata.normalize("NFKD", one_line(text).translate(_TYPOGRAPHY))
    bare = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    line = bare.encode("ascii", "replace").decode("ascii")
    return line if len(line) <= length else f"{line[: length - 3].rstrip()}..."


def _signed_text(amount: Decimal, currency: str, digits: str) -> str:
    sign = "-" if amount < 0 else ""
    return f"{sign}${digits}" if currency == "USD" else f"{sign}{currency} {digits}"


def _digits(size: Decimal, fine_below: Decimal, decimals: int) -> str:
    if size == 0 or size >= fine_below:
        return f"{size:,.{decimals}f}"
    places = max(decimals, 1 - size.adjusted())
    text, finer = f"{size:,.{places}f}", f"{size:,.{places + 1}f}"
    return text if finer.endswith("0") else finer


def plural(noun: str) -> str:
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}es" if noun.endswith(("s", "x", "ch", "sh")) else f"{noun}s"


def _utc(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"{at} names no time zone; give it in UTC")
    return at.astimezone(UTC)
