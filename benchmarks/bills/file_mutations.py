# SPDX-License-Identifier: Apache-2.0
"""Whole files: doubled, cut, empty, missing, superseded, linked, or no bill at all."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePath
from random import Random

from benchmarks.bills.charges import Charge
from benchmarks.bills.layouts import GUID, RUN
from benchmarks.bills.shapes import Bill, a_sheet, a_writing, part_of
from benchmarks.bills.sheets import Sheet
from benchmarks.bills.verdicts import Expected

OTHERS = {
    "ContractCommitment.csv": "ContractCommitmentId,BillingCurrency,Cost\nc,USD,9\n",
    "BillingPeriod.csv": "BillingPeriodStart,BillingPeriodStatus\n2026-09-01T00:00:00Z,Open\n",
    "InvoiceDetail.csv": "InvoiceDetailId,InvoiceId,BilledCost,BillingCurrency\nd,i,9,USD\n",
    "units.csv": "date,amount\n2026-09-01,100\n",
    "settings.json": '{"name": "export"}',
    "invoice.txt": "Invoice\n\nTotal 12.00\n",
}


def row_doubled(bill: Bill, random: Random) -> Expected | None:
    """A row of a file twice is two charges: nothing but the row tells them apart."""
    known = [sheet for sheet in bill.sheets if sheet.rows]
    if not known:
        return None
    sheet = random.choice(known)
    row = random.randrange(len(sheet.rows))
    sheet.rows.append(list(sheet.rows[row]))
    sheet.charges.append(sheet.charges[row])
    return Expected((bill.sums(),), sound=True)


def _in_a_folder(bill: Bill) -> None:
    if bill.layout == "single":
        bill.sheets[0].path = f"bills/{bill.sheets[0].path}"
    if bill.layout == "single" or "*" in bill.location:
        bill.location = "bills"


def file_doubled(bill: Bill, random: Random) -> Expected | None:
    _in_a_folder(bill)
    sheet = random.choice(bill.sheets)
    path = PurePath(sheet.path)
    stem, ends = path.name.partition(".")[0], "".join(path.suffixes)
    names = (f"{stem} (1){ends}", f"{stem} - Copy{ends}", f"copy/{path.name}", f"{stem}-old{ends}")
    twin = str(path.parent / random.choice(names))
    bill.extras[twin] = sheet.content()
    return Expected((bill.sums(),), (twin, sheet.path), marks=("twice",))


def file_unpacked_beside_itself(bill: Bill, random: Random) -> Expected | None:
    if bill.sheets[0].writing.kind == "parquet":
        return None
    _in_a_folder(bill)
    sheet = random.choice(bill.sheets)
    content, path = sheet.content(), sheet.path
    twin = path.removesuffix(".gz") if sheet.writing.gzipped else f"{path}.gz"
    bill.extras[twin] = (
        gzip.decompress(content) if sheet.writing.gzipped else gzip.compress(content)
    )
    return Expected((bill.sums(),), (twin, path), marks=("twice",))


def bill_doubled_in_another_encoding(bill: Bill, random: Random) -> Expected | None:
    return _again(bill, random, bill.charges)


def older_copy_in_another_encoding(bill: Bill, random: Random) -> Expected | None:
    """An export of some hours ago: a few charges fewer."""
    count = len(bill.charges)
    if count < 4:
        return None
    return _again(bill, random, bill.charges[: count - random.randint(1, count // 3)])


def _again(bill: Bill, random: Random, charges: Sequence[Charge]) -> Expected | None:
    """The charges once more, in FOCUS of another version or kind of file."""
    if bill.family == "ce" or bill.layout == "accounts":  # of other billing accounts: no copy
        return None
    _in_a_folder(bill)
    writing = a_writing(random, random.choice(("csv", "parquet", "jsonl")))
    writing.amounts = "text"
    real = [charge for charge in charges if charge.kind != "SavingsPlanNegation"]
    twin = a_sheet(random, f"focus-{writing.kind}", writing, real)
    twin.path = f"{bill.location.split('/')[0]}/again{writing.suffix}"
    bill.extras[twin.path] = twin.content()
    files = (twin.path, *(sheet.path for sheet in bill.sheets))
    return Expected((bill.sums(),), files, marks=("twice", "FOCUS"))


def file_cut(bill: Bill, random: Random) -> Expected | None:
    sheet = random.choice(bill.sheets)
    content = sheet.content()
    cut = content[: random.randrange(1, len(content))]
    bill.after.append(lambda files: files.update({sheet.path: cut}))
    counted = any(path.endswith("/manifest.json") for path in bill.manifests)
    unknowable = not counted and _looks_whole(cut, sheet)
    right = (bill.sums(),) if cut.rstrip() == content.rstrip() else ()
    marks = tuple(PurePath(path).name for path in bill.manifests)
    return Expected(right, (sheet.path,), marks=marks, unknowable=unknowable)


def _looks_whole(cut: bytes, sheet: Sheet) -> bool:
    """Whether a cut file could be a whole one, as far as its format tells."""
    if sheet.writing.gzipped or sheet.writing.kind in ("parquet", "ce"):
        return False
    try:
        text = cut.decode("utf-8-sig")
        if sheet.writing.kind == "jsonl":
            return bool([json.loads(line) for line in text.splitlines()])
        rows = list(csv.reader(io.StringIO(text), delimiter=sheet.writing.delimiter, strict=True))
    except (UnicodeDecodeError, ValueError, csv.Error):
        return False
    return len(rows) == 1 or len(rows[-1]) in (0, len(sheet.columns))


def file_of_no_bytes(bill: Bill, random: Random) -> Expected | None:
    sheet = random.choice(bill.sheets)
    bill.after.append(lambda files: files.update({sheet.path: b""}))
    return Expected((bill.sums(),), (sheet.path,), told=True)


def part_of_no_bytes_more(bill: Bill, random: Random) -> Expected | None:
    _in_a_folder(bill)
    sheet = random.choice(bill.sheets)
    path = PurePath(sheet.path)
    name = str(path.parent / ("zero-" + path.name))
    bill.extras[name] = b""
    return Expected((bill.sums(),), (name,), told=True)


def part_missing(bill: Bill, random: Random) -> Expected | None:
    """A file that a manifest names is not here."""
    if not bill.manifests:
        return None
    sheet = random.choice(bill.sheets)
    bill.after.append(lambda files: files.__delitem__(sheet.path))
    manifests = (*bill.manifests, sheet.path, bill.location)
    return Expected((), manifests, marks=("manifest", "no bill here"))


def older_run_beside(bill: Bill, random: Random) -> Expected | None:
    """An earlier run of the same export, with a few charges fewer and a newer file time."""
    if bill.layout not in ("aws-executions", "azure"):
        return None
    sheet = random.choice(bill.sheets)
    folder = PurePath(sheet.path).parent
    older = GUID.format(7) if bill.layout == "azure" else RUN.format(7).replace("10-03", "10-02")
    twin = part_of(sheet, str(folder.parent / older / "x"), range(len(sheet.charges) // 2))
    twin.path = str(folder.parent / older / PurePath(sheet.path).name)
    bill.extras[twin.path] = twin.content()
    for path, make in list(bill.manifests.items()):
        if folder.name in path and folder.parent.name in path:
            document = json.loads(make())
            if "blobs" in document:
                document["blobs"] = [{"blobName": twin.path, "dataRowCount": len(twin.charges)}]
                document["runInfo"]["submittedTime"] = "2026-10-02T05:00:00.0000000Z"
            else:
                document["dataFiles"] = [f"s3://a-bucket/{twin.path}"]
                document["executionStartTime"] = "2026-10-02T05:06:07.123Z"
            bill.extras[path.replace(folder.name, older)] = json.dumps(document).encode()
    if random.random() < 0.5:
        bill.stamps[twin.path] = 1_900_000_000
    return Expected((bill.sums(),), (sheet.path, twin.path), marks=(older, folder.name))


def link_to_a_file(bill: Bill, random: Random) -> Expected | None:
    _in_a_folder(bill)
    path = PurePath(random.choice(bill.sheets).path)
    bill.links[str(path.parent / f"latest{''.join(path.suffixes)}")] = path.name
    return Expected((bill.sums(),), (str(path), "latest"), marks=("twice",))


def link_to_nothing(bill: Bill, random: Random) -> Expected | None:
    _in_a_folder(bill)
    path = PurePath(random.choice(bill.sheets).path)
    name = f"gone{''.join(path.suffixes)}"
    bill.links[str(path.parent / name)] = "not-here" + path.suffix
    return Expected((bill.sums(),), (name,), told=True)


def other_files_beside(bill: Bill, random: Random) -> Expected | None:
    """What lies in the folder and is no bill of charges."""
    _in_a_folder(bill)
    name = random.choice(list(OTHERS))
    bill.extras[f"{bill.location}/{name}"] = OTHERS[name].encode()
    return Expected((bill.sums(),), sound=True)


def answer_saved_twice(bill: Bill, random: Random) -> Expected | None:
    """A second answer about a day that the first tells about already."""
    if bill.family != "ce":
        return None
    _in_a_folder(bill)
    sheet = random.choice(bill.sheets)
    some = part_of(sheet, "bills/again.json", range(random.randint(1, len(sheet.charges))))
    some.charges = [replace(charge, billed=charge.billed + 1) for charge in some.charges]
    some.writing.gzipped = False
    bill.extras[some.path] = some.content()
    return Expected((bill.sums(),), (some.path, sheet.path), marks=("twice",))


FILES = (
    row_doubled,
    file_doubled,
    file_unpacked_beside_itself,
    bill_doubled_in_another_encoding,
    older_copy_in_another_encoding,
    file_cut,
    file_of_no_bytes,
    part_of_no_bytes_more,
    part_missing,
    older_run_beside,
    link_to_a_file,
    link_to_nothing,
    other_files_beside,
    answer_saved_twice,
)
