# SPDX-License-Identifier: Apache-2.0
"""A small bill for each line of the table in docs/bills.md; all of them cost 3.75 of search."""

import gzip
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import duckdb

from tests.builders.bills import a_period, a_response, cur_row, focus_row, write_csv, write_json

Row = dict[str, str]
SAMPLES: dict[str, Callable[[Path], Path]] = {}
TAGS = '{"product": "search"}'
DAYS = ("2026-09-01", "2026-09-02")
AMOUNTS = ("1.25", "2.50")


def sample(name: str) -> Callable[[Callable[[Path], Path]], Callable[[Path], Path]]:
    """Register the maker of a line of the table."""

    def register(maker: Callable[[Path], Path]) -> Callable[[Path], Path]:
        assert name not in SAMPLES
        SAMPLES[name] = maker
        return maker

    return register


def focus(*changes: Mapping[str, str], **every: str) -> list[Row]:
    """Two days of FOCUS, with changes of each row and of every row."""
    each = [*changes, {}, {}][:2]
    return [
        focus_row(
            ChargePeriodStart=f"{day}T00:00:00Z", BilledCost=amount, EffectiveCost=amount, Tags=TAGS
        )
        | every
        | dict(change)
        for day, amount, change in zip(DAYS, AMOUNTS, each, strict=True)
    ]


def cur(**every: str) -> list[Row]:
    """Two days of a legacy report."""
    return [
        cur_row(
            {
                "lineItem/UsageStartDate": f"{day}T00:00:00Z",
                "lineItem/UnblendedCost": amount,
                "resourceTags/user:product": "search",
            }
        )
        | every
        for day, amount in zip(DAYS, AMOUNTS, strict=True)
    ]


def without(rows: Iterable[Row], *names: str) -> list[Row]:
    return [{key: value for key, value in row.items() if key not in names} for row in rows]


def renamed(rows: Iterable[Row], name: Callable[[str], str]) -> list[Row]:
    return [{name(key): value for key, value in row.items()} for row in rows]


def snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)[1:]


def parquet(path: Path, rows: list[Row], **replaced: str) -> Path:
    """The rows as Parquet; `replaced` are SQL for columns of another type."""
    source = write_csv(path.parent / "source" / "rows.csv", *rows)
    wanted = ", ".join(f"{sql} AS {name}" for name, sql in replaced.items())
    star = f"* REPLACE ({wanted})" if wanted else "*"
    duckdb.execute(
        f"COPY (SELECT {star} FROM read_csv('{source}', all_varchar=true)) "
        f"TO '{path}' (FORMAT parquet)"
    )
    source.unlink()
    source.parent.rmdir()
    return path


@sample("FOCUS 1.0 to 1.2")
def _(folder: Path) -> Path:
    return write_csv(folder / "bill.csv", *focus(x_Discounts="{}"))


@sample("FOCUS 1.3")
def _(folder: Path) -> Path:
    rows = focus({"AllocatedTags": TAGS, "Tags": "{}"}, {"AllocatedTags": "", "Tags": TAGS})
    provider = {"ServiceProviderName": "AWS", "ProviderName": "Reseller"}
    return write_csv(folder / "bill.csv", *(row | provider for row in rows))


@sample("FOCUS 1.4")
def _(folder: Path) -> Path:
    rows = without(focus(ServiceProviderName="AWS", HostProviderName="AWS"), "ProviderName")
    return write_csv(folder / "bill.csv", *rows)


@sample("FOCUS 1.2 beside 1.4")
def _(folder: Path) -> Path:
    older, newer = focus()[:1], without(focus(ServiceProviderName="AWS")[1:], "ProviderName")
    write_csv(folder / "august.csv", *older)
    write_csv(folder / "september.csv", *newer)
    return folder


@sample("FOCUS in snake case")
def _(folder: Path) -> Path:
    return parquet(folder / "bill.parquet", renamed(focus(), snake))


@sample("FOCUS in lower case")
def _(folder: Path) -> Path:
    return write_csv(folder / "bill.csv", *renamed(focus(), str.lower))


@sample("one column in two spellings")
def _(folder: Path) -> Path:
    return write_csv(folder / "bill.csv", *focus(billed_cost="1"))


@sample("FOCUS Invoice Detail, Contract Commitment, Billing Period")
def _(folder: Path) -> Path:
    write_csv(folder / "bill.csv", *focus())
    write_csv(
        folder / "i.csv", {"InvoiceDetailId": "1", "BilledCost": "9", "ChargeCategory": "Tax"}
    )
    write_csv(folder / "c.csv", {"ContractCommitmentId": "1", "ContractCommitmentCost": "9"})
    write_csv(folder / "b.csv", {"BillingPeriodStatus": "Open", "BillingPeriodStart": "2026-09-01"})
    return folder


@sample("Invoice Detail alone")
def _(folder: Path) -> Path:
    row = {"InvoiceDetailId": "1", "BilledCost": "9", "ChargeCategory": "Usage"}
    return write_csv(folder / "invoice.csv", row)


@sample("FOCUS recency metadata")
def _(folder: Path) -> Path:
    write_csv(folder / "bill.csv", *focus())
    sectors = [
        {
            "TimeSectorStart": f"2026-09-0{day}T00:00:00Z",
            "TimeSectorEnd": f"2026-09-0{day + 1}T00:00:00Z",
            "TimeSectorComplete": day < 2,
        }
        for day in (1, 2)
    ]
    write_json(folder / "recency.json", {"Recency": [{"TimeSectors": sectors}]})
    return folder


def json_lines(rows: Iterable[Row]) -> str:
    lines = (json.dumps(row | {"Tags": json.loads(row["Tags"])}) for row in rows)
    return "".join(f"{line}\n" for line in lines)


@sample("JSON lines")
def _(folder: Path) -> Path:
    bill = folder / "bill.jsonl.gz"
    bill.write_bytes(gzip.compress(json_lines(focus()).encode(), mtime=0))
    return bill


@sample("JSON list of rows")
def _(folder: Path) -> Path:
    return write_json(folder / "bill.json", focus())


@sample("a broken line of JSON")
def _(folder: Path) -> Path:
    bill = folder / "bill.ndjson"
    bill.write_text(json_lines(focus())[:-20])
    return bill


@sample("CUR, legacy")
def _(folder: Path) -> Path:
    return write_csv(folder / "bill.csv", *cur())


@sample("CUR in Athena's spelling")
def _(folder: Path) -> Path:
    def athena(name: str) -> str:
        head, _, tail = name.partition("/")
        if head == "resourceTags":
            return "resource_tags_user_product"
        return f"{snake(head[0].upper() + head[1:])}_{snake(tail[0].upper() + tail[1:])}"

    return parquet(folder / "bill.parquet", renamed(cur(), athena))


def cur2(path: Path, tags: str) -> Path:
    columns = (
        "line_item_usage_start_date",
        "line_item_unblended_cost",
        "line_item_line_item_type",
        "line_item_currency_code",
        "line_item_usage_account_id",
    )
    rows = [
        dict(zip(columns, (day, amount, "Usage", "USD", "111122223333"), strict=True))
        for day, amount in zip(DAYS, AMOUNTS, strict=True)
    ]
    name, _, value = tags.partition("=")
    return parquet(path, [row | {name: ""} for row in rows], **{name: value})


@sample("CUR 2.0 with resource_tags")
def _(folder: Path) -> Path:
    return cur2(folder / "bill.parquet", "resource_tags=MAP {'user_product': 'search'}")


@sample("CUR 2.0 with tags")
def _(folder: Path) -> Path:
    found = "'accountTag/product': 'wrong', 'resourceTags/user:product': 'search'"
    return cur2(folder / "bill.parquet", f"tags=MAP {{{found}}}")


@sample("savings plans and private discounts")
def _(folder: Path) -> Path:
    kind, cost, net = "lineItem/LineItemType", "lineItem/UnblendedCost", "lineItem/NetUnblendedCost"
    untagged = {"resourceTags/user:product": ""}
    first, second = cur()
    lines = [
        first | {net: "1.25"},
        second | {cost: "3.00", net: "2.50"},
        second | {kind: "EdpDiscount", cost: "-0.50", net: "0"} | untagged,
        first | {kind: "SavingsPlanCoveredUsage", cost: "9", net: "9"},
        first | {kind: "SavingsPlanNegation", cost: "-9", net: "-9"} | untagged,
    ]
    return write_csv(folder / "bill.csv", *lines)


@sample("negations that do not cancel")
def _(folder: Path) -> Path:
    covered = cur()[0] | {"lineItem/LineItemType": "SavingsPlanCoveredUsage"}
    return write_csv(folder / "bill.csv", *cur(), covered)


@sample("Cost Explorer response")
def _(folder: Path) -> Path:
    first, second = (
        a_period(day, f"{day[:-1]}{int(day[-1]) + 1}", {("product$search",): amount})
        for day, amount in zip(DAYS, AMOUNTS, strict=True)
    )
    return write_json(folder / "answer.json", a_response(first, second, by=[("TAG", "product")]))


@sample("tags as key/value records")
def _(folder: Path) -> Path:
    records = "[{'key': 'product', 'value': 'search'}]"
    return parquet(folder / "bill.parquet", focus(), Tags=records)


@sample("tags as a list in JSON text")
def _(folder: Path) -> Path:
    return write_csv(folder / "bill.csv", *focus(Tags='[{"Key": "product", "Value": "search"}]'))


@sample("a tag key written twice")
def _(folder: Path) -> Path:
    return write_csv(folder / "bill.csv", *focus(Tags='{"product": "search", "product": "b"}'))


@sample("no value, spelled")
def _(folder: Path) -> Path:
    nulls = [
        {"ChargeClass": word, "ChargeFrequency": word, "ServiceName": word, "ChargePeriodEnd": word}
        for word in ("None", "<NA>")
    ]
    return write_csv(folder / "bill.csv", *focus(*nulls))


@sample("csv with `;`, CRLF and a byte order mark")
def _(folder: Path) -> Path:
    bill = write_csv(folder / "bill.csv", *focus(Tags="{}"), *focus())
    lines = bill.read_text().replace("{}", "").replace(",", ";").splitlines()
    bill.write_bytes(b"\xef\xbb\xbf" + "\r\n".join([*lines, ""]).encode())
    return bill


@sample("a second byte order mark")
def _(folder: Path) -> Path:
    rows = [{"BilledCost": row["BilledCost"]} | row for row in focus()]
    bill = write_csv(folder / "bill.csv", *rows)
    header, rest = bill.read_text().split("\n", 1)
    bill.write_text(f"\ufeff{header}\n\ufeff{rest}")
    return bill


@sample("quotes after a backslash")
def _(folder: Path) -> Path:
    bill = write_csv(folder / "bill.csv", *focus())
    bill.write_text(bill.read_text().replace('""', '\\"'))
    return bill


@sample("US dates")
def _(folder: Path) -> Path:
    days = [{"ChargePeriodStart": f"9/{day}/2026 12:00:00 AM"} for day in (1, 13)]
    return write_csv(folder / "bill.csv", *focus(*days))


@sample("US dates that may be European")
def _(folder: Path) -> Path:
    days = [{"ChargePeriodStart": f"09/0{day}/2026"} for day in (1, 2)]
    return write_csv(folder / "bill.csv", *focus(*days))


@sample("dates with the day first")
def _(folder: Path) -> Path:
    return write_csv(folder / "bill.csv", *focus({}, {"ChargePeriodStart": "13/09/2026"}))


@sample("Parquet times of any unit and zone")
def _(folder: Path) -> Path:
    parquet(folder / "a.parquet", focus()[:1], ChargePeriodStart="ChargePeriodStart::TIMESTAMP_NS")
    parquet(folder / "b.parquet", focus()[1:], ChargePeriodStart="ChargePeriodStart::TIMESTAMPTZ")
    return folder


@sample("instants as numbers")
def _(folder: Path) -> Path:
    days = [{"ChargePeriodStart": text} for text in ("1788220800000", "1788307200")]
    return write_csv(folder / "bill.csv", *focus(*days))


@sample("account ids as numbers")
def _(folder: Path) -> Path:
    rows = focus(SubAccountId="12345678901")
    return parquet(folder / "bill.parquet", rows, SubAccountId="SubAccountId::DOUBLE")


@sample("account ids cut by a spreadsheet")
def _(folder: Path) -> Path:
    return write_csv(folder / "bill.csv", *focus(SubAccountId="1.23457E+10"))


@sample("text stored as bytes")
def _(folder: Path) -> Path:
    return parquet(
        folder / "bill.parquet", focus(), Tags="encode(Tags)", SubAccountId="encode(SubAccountId)"
    )


@sample("amounts as floating point")
def _(folder: Path) -> Path:
    return parquet(folder / "bill.parquet", focus(), BilledCost="BilledCost::DOUBLE")


@sample("an amount of more than 24 decimals")
def _(folder: Path) -> Path:
    return write_csv(folder / "bill.csv", *focus({"BilledCost": "1.2500000000000000000000001"}))


@sample("an amount with a currency sign")
def _(folder: Path) -> Path:
    return write_csv(folder / "bill.csv", *focus({"BilledCost": "$1.25"}))
