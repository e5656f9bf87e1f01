# SPDX-License-Identifier: Apache-2.0
"""Which SQL reads a value of a file, whatever type its writer chose?

Every function takes how SQL refers to the column and its type, and returns an expression that is
NULL when the value is missing or cannot be read.
"""

from __future__ import annotations

from cost_slo.adapters.bills.engine import literal

# Spellings of no value by csv, databases and data frames, in lower case.
NULLS = ("", "null", r"\n", "none", "nan", "nat", "<na>", "(null)")

US_DATES = (
    "%m/%d/%y",
    "%m/%d/%Y",
    "%m/%d/%y %H:%M",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y %I:%M %p",
)
# The type of a column that the engine reads as floating point although it is decimal.
WIDE = "DECIMAL of more than 38 digits"

_NUMBER = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
# The exact type of amounts ends at the 24th decimal; what lies beyond would be rounded unseen.
BEYOND = r"\.\d{24}\d*[1-9]\d*$"
SCALED = r"[eE]-\d"
_NOTHING = r"[+-]?[0.]+[eE].*"
SPREADSHEET = r"\d(\.\d+)?[eE]\+?\d+"
# Microseconds in a unit of an instant written as a number, by its count of digits.
EPOCHS = {10: 1_000_000, 13: 1_000, 16: 1}

INTEGERS = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT")
UNSIGNED = tuple(f"U{each}" for each in INTEGERS)
FLOATS = ("DOUBLE", "FLOAT")


def text_or_null(ref: str, kind: str) -> str:
    """The text, NULL for the spellings of no value."""
    if kind != "VARCHAR":
        return f"CAST({ref} AS VARCHAR)"
    nothing = ", ".join(literal(word) for word in NULLS)
    return f"CASE WHEN lower(trim({ref})) NOT IN ({nothing}) THEN {ref} END"


def amount(ref: str, kind: str, exact: str) -> str:
    """The amount as the type `exact`, NULL if that type cannot hold it exactly.

    Floating point is read as its shortest decimal text, and rounded at the last decimal.
    """
    if kind in (*INTEGERS, *UNSIGNED) or _is_narrow(kind):
        return f"TRY_CAST({ref} AS {exact})"
    if kind in FLOATS:
        return f"TRY_CAST(CAST({ref} AS VARCHAR) AS {exact})"
    if kind == WIDE:
        return (
            f"CASE WHEN {_digits(ref)} <= 15 THEN TRY_CAST(CAST({ref} AS VARCHAR) AS {exact}) END"
        )
    stated = f"trim(CAST({ref} AS VARCHAR))"
    return (
        f"CASE WHEN regexp_full_match({stated}, '{_NUMBER}') "
        f"AND NOT regexp_matches({stated}, '{BEYOND}') AND {_within(stated)} "
        f"THEN TRY_CAST({stated} AS {exact}) END"
    )


def _within(stated: str) -> str:
    """Whether a number with a negative exponent is zero, or begins by the 24th decimal.

    Data frames write floating point so; as there, what lies beyond that decimal is rounded.
    """
    decimals = rf"length(regexp_extract({stated}, '\.(\d*[1-9])', 1))"
    exponent = rf"TRY_CAST(regexp_extract({stated}, '[eE]-(\d+)', 1) AS INTEGER)"
    return (
        f"(NOT regexp_matches({stated}, '{SCALED}') OR regexp_full_match({stated}, '{_NOTHING}') "
        f"OR {exponent} < 24 OR {decimals} + {exponent} <= 24)"
    )


def _is_narrow(kind: str) -> bool:
    return kind.startswith("DECIMAL(") and int(kind.rstrip(")").rpartition(",")[2]) <= 24  # noqa: PLR2004


def _digits(ref: str) -> str:
    """How many significant digits there are; a double holds 15 of any decimal exactly."""
    mantissa = f"regexp_replace(CAST({ref} AS VARCHAR), 'e.*|[.-]', '', 'g')"
    return f"length(trim({mantissa}, '0'))"


def moment(ref: str, kind: str) -> str:
    """The UTC time as a TIMESTAMP without a zone."""
    if "TZ" in kind or "ZONE" in kind:
        return f"make_timestamp(epoch_us(CAST({ref} AS TIMESTAMPTZ)))"
    if kind in (*INTEGERS, *UNSIGNED):
        return _epoch(f"CAST({ref} AS VARCHAR)")
    if kind != "VARCHAR":
        return f"TRY_CAST({ref} AS TIMESTAMP)"
    formats = ", ".join(literal(form) for form in US_DATES)
    return (
        f"CASE WHEN {ref} LIKE '%/%' THEN try_strptime(trim({ref}), [{formats}]) "
        f"WHEN regexp_full_match({ref}, '\\d{{10,19}}') THEN {_epoch(ref)} "
        f"ELSE make_timestamp(epoch_us(TRY_CAST({text_or_null(ref, kind)} AS TIMESTAMPTZ))) END"
    )


def _epoch(digits: str) -> str:
    whens = " ".join(
        f"WHEN {count} THEN make_timestamp(CAST({digits} AS BIGINT) * {unit})"
        for count, unit in EPOCHS.items()
    )
    nanoseconds = f"WHEN 19 THEN make_timestamp(CAST({digits} AS BIGINT) // 1000)"
    return f"CASE length({digits}) {whens} {nanoseconds} END"


def account(ref: str, kind: str, is_aws: str) -> str:
    """The account id; AWS ids that were stored as numbers get their leading zeros back.

    NULL if a spreadsheet cut the number (`1.23457E+11`).
    """
    stated = (
        f"CAST(TRY_CAST({ref} AS HUGEINT) AS VARCHAR)"
        if kind in FLOATS
        else text_or_null(ref, kind)
    )
    whole = rf"regexp_replace(trim({stated}), '^(\d+)\.0+$', '\1')"
    return (
        f"CASE WHEN regexp_full_match({whole}, '{SPREADSHEET}') THEN NULL "
        f"WHEN {is_aws} AND regexp_full_match({whole}, '\\d{{1,11}}') THEN lpad({whole}, 12, '0') "
        f"ELSE {whole} END"
    )
