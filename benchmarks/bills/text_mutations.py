# SPDX-License-Identifier: Apache-2.0
"""The text of a csv file: rows, quotes, encodings, lines that are no charge; and json answers."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from benchmarks.bills.charges import SERVICES
from benchmarks.bills.column_mutations import tabular
from benchmarks.bills.shapes import Bill
from benchmarks.bills.sheets import Sheet, encoded, record, records
from benchmarks.bills.verdicts import Expected
from benchmarks.bills.writing import Raw, plain, text_of


def changed(bill: Bill, sheet: Sheet, content: bytes) -> None:
    """Let the sheet's file hold this instead."""
    written = gzip.compress(content, 1, mtime=0) if sheet.writing.gzipped else content
    bill.after.append(lambda files: files.update({sheet.path: written}))


def _rows(bill: Bill, sheet: Sheet, rows: Sequence[str]) -> None:
    changed(bill, sheet, encoded("".join(rows), sheet.writing))


def _picked(bill: Bill, random: Random) -> tuple[Sheet, list[str], int] | None:
    """A csv file, its records, and the number of one of its rows, from 1."""
    sheet = tabular(bill, random, "csv")
    if sheet is None:
        return None
    return sheet, records(sheet), random.randint(1, len(sheet.rows))


def _fields(sheet: Sheet, row: int) -> list[str]:
    return [text_of(cell, sheet.writing) for cell in sheet.rows[row - 1]]


def row_with_a_field_too_many(bill: Bill, random: Random) -> Expected | None:
    return _ragged(bill, random, lambda fields: [*fields, "x"])


def row_with_a_field_missing(bill: Bill, random: Random) -> Expected | None:
    return _ragged(bill, random, lambda fields: fields[:-1])


def _ragged(
    bill: Bill, random: Random, change: Callable[[list[str]], list[str]]
) -> Expected | None:
    if (picked := _picked(bill, random)) is None:
        return None
    sheet, rows, row = picked
    rows[row] = record(change(_fields(sheet, row)), sheet.writing)
    _rows(bill, sheet, rows)
    return Expected((), (sheet.path,), row)


def header_in_the_middle(bill: Bill, random: Random) -> Expected | None:
    """Two downloads joined with `cat`; the second may bring its byte order mark."""
    if (picked := _picked(bill, random)) is None:
        return None
    sheet, rows, row = picked
    mark = random.choice(("", "\ufeff"))
    _rows(bill, sheet, [*rows[:row], mark + rows[0], *rows[row:]])
    return Expected((bill.sums(),), (sheet.path,), row, marks=("header", "byte order mark"))


def byte_order_mark_again(bill: Bill, random: Random) -> Expected | None:
    if (picked := _picked(bill, random)) is None:
        return None
    sheet, rows, _ = picked
    _rows(bill, sheet, [rows[0], "\ufeff" + rows[1], *rows[2:]])
    return Expected((bill.sums(),), (sheet.path,), 1)


def blank_lines(bill: Bill, random: Random) -> Expected | None:
    if (picked := _picked(bill, random)) is None:
        return None
    sheet, rows, row = picked
    blank = sheet.writing.newline * random.randint(1, 3)
    _rows(bill, sheet, [*rows[:row], blank, *rows[row:], random.choice(("", blank))])
    return Expected((bill.sums(),), sound=True)


def row_of_delimiters(bill: Bill, random: Random) -> Expected | None:
    if (picked := _picked(bill, random)) is None:
        return None
    sheet, rows, row = picked
    empty = sheet.writing.delimiter * (len(sheet.columns) - 1) + sheet.writing.newline
    _rows(bill, sheet, [*rows[:row], empty, *rows[row:]])
    return Expected((bill.sums(),), (sheet.path,), row)


def row_of_totals(bill: Bill, random: Random) -> Expected | None:
    """A spreadsheet's last line, which would double the bill."""
    sheet = tabular(bill, random, "csv")
    if sheet is None:
        return None
    rows, fields = records(sheet), [""] * len(sheet.columns)
    place = sheet.place("billed") or sheet.place("unblended") or 0
    fields[place] = plain(
        sum((charge.billed for charge in sheet.charges), start=0 * sheet.charges[0].billed)
    )
    word = random.choice(("Total", "Grand total", "Sum"))
    fields[0 if place else 1] = word
    if random.random() < 0.3:
        fields = [word, fields[place]]
    _rows(bill, sheet, [*rows, record(fields, sheet.writing)])
    return Expected((bill.sums(),), (sheet.path,), len(rows), marks=("Total", "Sum"))


def lines_before_the_header(bill: Bill, random: Random) -> Expected | None:
    if (picked := _picked(bill, random)) is None:
        return None
    sheet, rows, _ = picked
    above = random.choice(("Report of 2026-10-03", "# exported by hand", "Account,1111", ""))
    _rows(bill, sheet, [above + sheet.writing.newline * random.randint(1, 2), *rows])
    return Expected((bill.sums(),), (sheet.path,))


def stray_quote(bill: Bill, random: Random) -> Expected | None:
    return _quoted(bill, random, 'a "b" c')


def quote_left_open(bill: Bill, random: Random) -> Expected | None:
    return _quoted(bill, random, '"a')


def _quoted(bill: Bill, random: Random, text: str) -> Expected | None:
    """The text, in a separate field at the end of a row."""
    if (picked := _picked(bill, random)) is None:
        return None
    sheet, rows, row = picked
    form = sheet.writing
    extra = [f"{each.removesuffix(form.newline)}{form.delimiter}" for each in rows]
    ends = ["x_Note", *("" for _ in rows[1:])]
    ends[row] = text
    lines = [f"{each}{end}{form.newline}" for each, end in zip(extra, ends, strict=True)]
    _rows(bill, sheet, lines)
    right = () if text == '"a' else (bill.sums(),)
    several = ("two exports",) if len(bill.sheets) > 1 else ()  # a column more looks foreign
    return Expected(right, (sheet.path,), words=("row", "quote", *several))


def quotes_escaped_by_backslashes(bill: Bill, random: Random) -> Expected | None:
    sheet = tabular(bill, random, "csv")
    if sheet is None:
        return None
    form, written = sheet.writing, io.StringIO()
    rows = csv.writer(
        written, delimiter=form.delimiter, quoting=form.quoting, lineterminator=form.newline,
        doublequote=False, escapechar="\\",
    )  # fmt: skip
    rows.writerow([column.name for column in sheet.columns])
    rows.writerows(_fields(sheet, row + 1) for row in range(len(sheet.rows)))
    changed(bill, sheet, encoded(written.getvalue(), form))
    return Expected((bill.sums(),), (sheet.path,), words=("row", "backslash"))


def not_utf_8(bill: Bill, random: Random) -> Expected | None:
    if (picked := _picked(bill, random)) is None:
        return None
    sheet, _, row = picked
    place = sheet.place("service")
    if place is None or sheet.charges[row - 1].service == SERVICES[0]:
        return None
    sheet.rows[row - 1][place] = Raw("Café")
    sheet.charges[row - 1] = replace(sheet.charges[row - 1], service="Café")
    encoding = random.choice(("latin-1", "cp1252", "utf-16", "utf-16-le"))
    changed(bill, sheet, "".join(records(sheet)).encode(encoding, "replace"))
    return Expected((bill.sums(),), (sheet.path,), words=("UTF-8", "UTF-16", "not a bill"))


def byte_of_zero(bill: Bill, random: Random) -> Expected | None:
    if (picked := _picked(bill, random)) is None:
        return None
    sheet, rows, row = picked
    at = random.randrange(len(rows[row]))
    rows[row] = rows[row][:at] + "\0" + rows[row][at:]
    _rows(bill, sheet, rows)
    return Expected((bill.sums(),), (sheet.path,), words=("row", "line", "NUL", "byte"))


def delimiter_at_each_end(bill: Bill, random: Random) -> Expected | None:
    if (picked := _picked(bill, random)) is None:
        return None
    sheet, rows, _ = picked
    form = sheet.writing
    ends = form.delimiter + form.newline
    _rows(bill, sheet, [each.removesuffix(form.newline) + ends for each in rows])
    return Expected((bill.sums(),), (sheet.path,))


def line_ends_mixed(bill: Bill, random: Random) -> Expected | None:
    if (picked := _picked(bill, random)) is None:
        return None
    sheet, rows, row = picked
    other = "\n" if sheet.writing.newline == "\r\n" else "\r\n"
    rows[row] = rows[row].removesuffix(sheet.writing.newline) + other
    rows[-1] = rows[-1].rstrip("\r\n")
    _rows(bill, sheet, rows)
    return Expected((bill.sums(),), sound=True)


def more_pages_to_come(bill: Bill, random: Random) -> Expected | None:
    return _answer(bill, random, {"NextPageToken": "AAAA"}, words=("NextPageToken",))


def answer_within_an_answer(bill: Bill, random: Random) -> Expected | None:
    """What a tool saved around the answer: `{"Result": {...}}`."""
    return _answer(bill, random, None, words=())


def _answer(
    bill: Bill, random: Random, added: dict[str, str] | None, words: tuple[str, ...]
) -> Expected | None:
    if bill.family != "ce":
        return None
    sheet = random.choice(bill.sheets)
    written = sheet.content()
    document = json.loads(gzip.decompress(written) if sheet.writing.gzipped else written)
    whole = {"Result": document} if added is None else document | added
    changed(bill, sheet, json.dumps(whole).encode())
    one_of_several = added is not None and len(bill.sheets) > 1  # the others may be its pages
    return Expected((), (sheet.path,), words=words, unknowable=one_of_several)


TEXTS = (
    row_with_a_field_too_many,
    row_with_a_field_missing,
    header_in_the_middle,
    byte_order_mark_again,
    blank_lines,
    row_of_delimiters,
    row_of_totals,
    lines_before_the_header,
    stray_quote,
    quote_left_open,
    quotes_escaped_by_backslashes,
    not_utf_8,
    byte_of_zero,
    delimiter_at_each_end,
    line_ends_mixed,
    more_pages_to_come,
    answer_within_an_answer,
)
