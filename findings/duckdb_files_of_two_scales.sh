#!/bin/sh
# Two months of a bill in Parquet, the newer with one more decimal place.
#
# Guess:    a reader of several files widens the type, or refuses files that disagree.
# Packages: duckdb 2.0.1 (1.4.5 and 1.5.6 do the same), pyarrow 26.0.1
# Does:     the first file, by name, fixes the scale; amounts of the others are rounded to it without
#           a word, so $0.004 becomes $0.00. `union_by_name` widens DECIMAL(18, 2) and (18, 3), but of
#           (38, 1) and (38, 5) it again makes (38, 1). pyarrow refuses both.
# Seen:     plain 0.00, by name 0.004; wide, by name 1.2; pyarrow: ArrowInvalid
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check duckdb==2.0.1 pyarrow==26.0.1
v/bin/python - <<'PY'
import sys
from decimal import Decimal

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq


def write(name, amount, kind):
    pq.write_table(pa.table({"cost": pa.array([Decimal(amount)], kind)}), name)


def last(files, by_name):
    options = f"{files}, union_by_name={by_name}"
    return str(duckdb.sql(f"SELECT cost FROM read_parquet({options})").fetchall()[-1][0])


write("2026-09.parquet", "12.50", pa.decimal128(18, 2))
write("2026-10.parquet", "0.004", pa.decimal128(18, 3))
write("wide-09.parquet", "1.5", pa.decimal128(38, 1))
write("wide-10.parquet", "1.23456", pa.decimal128(38, 5))
narrow, wide = ["2026-09.parquet", "2026-10.parquet"], ["wide-09.parquet", "wide-10.parquet"]
seen = [last(narrow, False), last(narrow, True), last(wide, True)]
try:
    ds.dataset(narrow).to_table()
    seen.append("read")
except pa.ArrowInvalid:
    seen.append("ArrowInvalid")
print(seen)
sys.exit(seen != ["0.00", "0.004", "1.2", "ArrowInvalid"])
PY
