# SPDX-License-Identifier: Apache-2.0
"""What is said of a scope that finds nothing."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from cost_slo.domain.spec.scope import Scope
from cost_slo.domain.spec.scope_notes import (
    BillValue,
    Emptiness,
    ScopeKey,
    emptiness_notes,
    spelling_notes,
)


def found(value: str, usd: str = "1", also: tuple[str, ...] = ()) -> BillValue:
    return BillValue(value, {"USD": Decimal(usd)}, 1, also)


def why(empty: Emptiness, **scope: Any) -> str:
    first, *rest = emptiness_notes(Scope.model_validate(scope), empty, "bill")
    assert rest == ["`cost-slo bill show bill` lists what the bill has"]
    return first


def of(*asked: ScopeKey, matched: int = 0, left_out: int = 0, **more: Any) -> Emptiness:
    return Emptiness(asked, matched, left_out, **more)


def test_the_nearest_value_is_offered_with_its_cost() -> None:
    asked = ScopeKey(
        "services", ("AmazonRDS",), 0, (found("Amazon Relational Database Service", "7"),)
    )

    assert why(of(asked)) == (
        "no charge has service `AmazonRDS`; did you mean `Amazon Relational Database Service` "
        "($7.00)?"
    )


def test_the_code_of_a_service_names_it_too() -> None:
    asked = ScopeKey("services", ("AmazonES",), 0, (found("OpenSearch", also=("AmazonES",)),))

    assert "did you mean `OpenSearch` (AmazonES, $1.00)?" in why(of(asked))


@pytest.mark.parametrize("name", ["Amazon Web Services", "amazon"])
def test_a_provider_has_several_names(name: str) -> None:
    asked = ScopeKey("providers", (name,), 0, (found("AWS"), found("Acme")))

    assert "did you mean `AWS` ($1.00)?" in why(of(asked))


def test_a_value_like_no_other_is_answered_with_the_largest_values() -> None:
    known = tuple(found(f"region-{name}", str(size)) for size, name in enumerate("abcdef", 1))

    text = why(of(ScopeKey("regions", ("moon",), 0, known)))

    assert text.startswith("no charge has region `moon`; the bill has `region-f` ($6.00), ")
    assert "region-a" not in text
    assert text.endswith("(the largest of 6)")


def test_two_missing_keys_are_two_sentences() -> None:
    empty = of(ScopeKey("regions", ("moon",), 0, (found("eu"),)), ScopeKey("services", ("x",), 0))

    notes = emptiness_notes(Scope(), empty, "bill")

    assert notes[:2] == (
        "no charge has region `moon`; the bill has `eu` ($1.00)",
        "no charge has service `x`, and the bill names no service at all",
    )


def test_an_account_id_that_lost_its_zero_is_explained() -> None:
    asked = ScopeKey("accounts", ("012345678901",), 0, (found("12345678901"),))

    assert "did you mean `12345678901` ($1.00)? An id that was stored as a number" in why(of(asked))


def test_a_tag_key_that_the_bill_has_not_is_told_from_a_value_it_has_not() -> None:
    key = ScopeKey("tags.Team", ("a",), 0, (found("team"), found("owner")), has_key=False)
    value = ScopeKey("tags.team", ("serch",), 0, (found("search"), found("ads")))

    assert why(of(key)) == "no charge has a tag `Team`; did you mean `team` ($1.00)?"
    assert why(of(value)) == "no charge has tag `team: serch`; did you mean `search` ($1.00)?"


def test_the_empty_value_is_called_no_tag() -> None:
    assert why(of(ScopeKey("tags.team", ("",), 0, (found("a"),)))) == (
        "no charge has tag `team` without a value; the bill has `a` ($1.00)"
    )


def test_keys_that_never_match_together_are_told_with_their_rows() -> None:
    empty = of(ScopeKey("services", ("S3",), 120), ScopeKey("tags.team", ("a", "b"), 1))

    assert why(empty) == (
        "no charge matches all keys of the scope at once; each alone matches: service `S3` "
        "120 rows, tag `team: a` or `team: b` 1 row"
    )


def test_an_exclusion_that_leaves_out_everything_is_told() -> None:
    assert why(of(matched=3, left_out=3)) == (
        "`not:` leaves out each of the 3 rows that the scope matches"
    )


def test_categories_that_do_not_count_are_told_with_their_amounts() -> None:
    assert why(of(matched=1, categories=(found("Tax", "5"),)), charge_categories=["Usage"]) == (
        "the charges in the scope are of categories that it does not count (Usage): `Tax` ($5.00); "
        "name them in `charge_categories` to count them"
    )


def test_charges_of_later_days_are_told_with_the_first() -> None:
    assert why(of(matched=1, first_after=date(2026, 11, 5))) == (
        "every charge in the scope starts after the evaluation, the first on 5 Nov 2026"
    )


def test_an_empty_bill_needs_no_hint() -> None:
    assert emptiness_notes(Scope(), of(), "bill") == ()


def test_spellings_are_told_with_their_amounts_the_largest_first() -> None:
    others = [found(f"-team: {'A' * size}", "0.5") for size in range(2, 7)]

    (note,) = spelling_notes([found("-team: A", "2"), found("-Team: a", "4"), *others])

    assert note == (
        "charges that differ from the scope only in letter case or spaces are not counted: "
        "`Team: a` ($4.00), `team: A` ($2.00), `team: AA` ($0.50), `team: AAA` ($0.50), "
        "`team: AAAA` ($0.50) and 2 more spellings; `match: insensitive` in the scope takes them "
        "as equal"
    )


def test_spellings_that_escape_an_exclusion_are_told_apart() -> None:
    (note,) = spelling_notes([found("+team: A", "2")])

    assert "are counted in spite of `not:`: `team: A` ($2.00);" in note


def test_without_other_spellings_nothing_is_said() -> None:
    assert spelling_notes([]) == ()


def test_what_is_no_file_is_not_looked_into() -> None:
    empty = of(ScopeKey("services", ("x",), 0))

    assert emptiness_notes(Scope(), empty, None) == (
        "no charge has service `x`, and the bill names no service at all",
    )
