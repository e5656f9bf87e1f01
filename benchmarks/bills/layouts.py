# SPDX-License-Identifier: Apache-2.0
"""In which files and folders does a generated bill lie, and what do its manifests say?"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from random import Random

from benchmarks.bills.charges import Charge
from benchmarks.bills.shapes import Bill, part_of
from benchmarks.bills.sheets import Sheet

RUN = "2026-10-03T05:06:07.123Z-{0:08d}-aaaa-4aaa-8aaa-000000000001"
GUID = "{0:08d}-bbbb-4bbb-8bbb-000000000002"


def lay_out(bill: Bill, random: Random) -> None:
    """Give the bill's one sheet a place, or several."""
    choices = LAYOUTS if bill.family != "ce" else {"single": 2, "folder": 1, "days": 1}
    known = {name: weight for name, weight in choices.items() if _fits(name, bill.family)}
    bill.layout = random.choices(list(known), list(known.values()))[0]
    if bill.layout == "single":
        bill.location = bill.sheets[0].path
        return
    place = {
        "folder": _folder,
        "parts": _parts,
        "months": _months,
        "days": _days,
        "accounts": _accounts,
        "aws-export": _aws_export,
        "aws-executions": _aws_executions,
        "cur-report": _cur_report,
        "azure": _azure,
    }[bill.layout]
    place(bill, random)


LAYOUTS = {
    "single": 30,
    "folder": 10,
    "parts": 15,
    "months": 8,
    "days": 8,
    "accounts": 5,
    "aws-export": 8,
    "aws-executions": 5,
    "cur-report": 8,
    "azure": 10,
}


def _fits(layout: str, family: str) -> bool:
    if layout == "cur-report":
        return family in ("cur-legacy", "cur-athena")
    if layout == "azure":
        return family in ("focus-csv", "focus-parquet")
    if layout in ("aws-export", "aws-executions"):
        return family in ("focus-csv", "focus-parquet", "cur2", "cur2-tags")
    return True


def _folder(bill: Bill, random: Random) -> None:
    bill.sheets[0].path = f"bills/{bill.sheets[0].path}"
    bill.location = "bills"
    if random.random() < 0.5:
        bill.extras["bills/README.md"] = b"# Bills\n\nDownloaded by hand.\n"
    if random.random() < 0.3:
        bill.extras["bills/_SUCCESS"] = b""


def _grouped(bill: Bill, path: Callable[[str], str], key: Callable[[Charge, int], str]) -> None:
    sheet = bill.sheets[0]
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for n, charge in enumerate(sheet.charges):
        numbers[key(charge, n)].append(n)
    bill.sheets = [part_of(sheet, path(name), numbers[name]) for name in sorted(numbers)]


def _parts(bill: Bill, random: Random) -> None:
    suffix, count = bill.sheets[0].writing.suffix, random.randint(2, 4)
    name = random.choice(("part-{0:05d}-8f3a-c000", "export-{0:05d}.snappy", "{0:012d}"))
    _grouped(
        bill,
        lambda part: f"bills/{name.format(int(part))}{suffix}",
        lambda _, n: str(n % count),
    )
    bill.location = random.choice(("bills", f"bills/*{suffix}"))


def _months(bill: Bill, random: Random) -> None:
    suffix = bill.sheets[0].writing.suffix
    name = random.choice(("bills/{0}", "bills/BILLING_PERIOD={0}/bill", "bills/billing-{0}"))
    _grouped(
        bill, lambda month: name.format(month) + suffix, lambda charge, _: f"{charge.start:%Y-%m}"
    )
    bill.location = "bills"


def _days(bill: Bill, random: Random) -> None:
    """A file for each of the first days, and one for all that follow."""
    suffix = bill.sheets[0].writing.suffix
    name = random.choice(("bills/{0}", "bills/focus_{0}", "bills/date={0}/part-0"))
    days = sorted({f"{charge.start:%Y-%m-%d}" for charge in bill.charges})[:3]
    _grouped(
        bill,
        lambda day: name.format(day) + suffix,
        lambda charge, _: min(f"{charge.start:%Y-%m-%d}", days[-1]),
    )
    bill.location = "bills"


def _accounts(bill: Bill, random: Random) -> None:
    suffix = bill.sheets[0].writing.suffix
    name = random.choice(("bills/{0}", "bills/{0}/bill"))
    _grouped(bill, lambda account: name.format(account) + suffix, lambda charge, _: charge.account)
    bill.location = "bills"
    for n, sheet in enumerate(bill.sheets):
        payer = sheet.place("payer")
        for row in sheet.rows:
            if payer is not None:
                row[payer] = f"55556666777{n}"


def _by_month(bill: Bill, random: Random) -> dict[str, list[Sheet]]:
    """The sheet in one or two parts a month; the paths are only the parts' numbers."""
    sheet, count = bill.sheets[0], random.randint(1, 2)
    numbers: defaultdict[str, defaultdict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for n, charge in enumerate(sheet.charges):
        numbers[f"{charge.start:%Y-%m}"][n % count].append(n)
    months = {
        month: [part_of(sheet, str(n), rows) for n, rows in sorted(parts.items())]
        for month, parts in numbers.items()
    }
    bill.sheets = [part for parts in months.values() for part in parts]
    return months


def _aws_export(bill: Bill, random: Random, run: str = "") -> None:
    bill.location = "focus-export"
    for month, parts in _by_month(bill, random).items():
        folder = f"BILLING_PERIOD={month}" + (f"/{run}" if run else "")
        for n, part in enumerate(parts, 1):
            part.path = f"focus-export/data/{folder}/focus-{n:05d}{part.writing.suffix}"
        path = f"focus-export/metadata/{folder}/focus-Manifest.json"
        bill.manifests[path] = _data_files([part.path for part in parts])


def _data_files(paths: Sequence[str]) -> Callable[[], bytes]:
    document = {
        "dataFiles": [f"s3://a-bucket/{path}" for path in paths],
        "executionStartTime": "2026-10-03T05:06:07.123Z",
    }
    return lambda: json.dumps(document).encode()


def _aws_executions(bill: Bill, random: Random) -> None:
    _aws_export(bill, random, RUN.format(random.randint(1, 99_999_999)))


def _cur_report(bill: Bill, random: Random) -> None:
    bill.location = "report"
    assembly = GUID.format(random.randint(1, 99_999_999)) if random.random() < 0.5 else ""
    for month, parts in _by_month(bill, random).items():
        year, number = int(month[:4]), int(month[5:])
        period = f"{year}{number:02d}01-{year}{number + 1:02d}01"
        folder = f"report/{period}" + (f"/{assembly}" if assembly else "")
        for n, part in enumerate(parts, 1):
            part.path = f"{folder}/report-{n:05d}{part.writing.suffix}"
        paths = [part.path for part in parts]
        bill.manifests[f"report/{period}/report-Manifest.json"] = _report_keys(paths, assembly)


def _report_keys(paths: Sequence[str], assembly: str) -> Callable[[], bytes]:
    document = {"assemblyId": assembly, "reportName": "report", "reportKeys": list(paths)}
    return lambda: json.dumps(document).encode()


def _azure(bill: Bill, random: Random) -> None:
    bill.location = "exports"
    for month, parts in _by_month(bill, random).items():
        run = GUID.format(random.randint(1, 99_999_999))
        folder = f"exports/daily-mtd/{month.replace('-', '')}01-{month.replace('-', '')}30/{run}"
        for n, part in enumerate(parts):
            part.path = f"{folder}/part_{n}_0001{part.writing.suffix}"
        bill.manifests[f"{folder}/manifest.json"] = _blobs(parts)


def _blobs(parts: Sequence[Sheet]) -> Callable[[], bytes]:
    def make() -> bytes:
        blobs = [
            {
                "blobName": part.path,
                "byteCount": len(part.content()),
                "dataRowCount": len(part.charges),
            }
            for part in parts
        ]
        document = {
            "manifestVersion": "2024-04-01",
            "blobCount": len(blobs),
            "dataRowCount": sum(len(part.charges) for part in parts),
            "exportConfig": {"exportName": "daily-mtd", "type": "FocusCost"},
            "runInfo": {"submittedTime": "2026-10-03T05:00:00.0000000Z"},
            "blobs": blobs,
        }
        return json.dumps(document).encode()

    return make
