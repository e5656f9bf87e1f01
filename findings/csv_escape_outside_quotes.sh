#!/bin/sh
# The tags of a charge in a csv that escapes by backslashes, in a field that needs no quotes.
#
# Guess:    with backslash as the escape, {\"env\": \"prod\"} is JSON after reading, in every reader.
# Packages: duckdb 2.0.0, pandas 3.1.1
# Does:     Python's csv module and pandas take a backslash off wherever it stands. DuckDB takes it off
#           inside quotes alone, so the same field is JSON in a quoted row and none in a bare one:
#           its TRY_CAST to JSON is NULL, and a GROUP BY on a tag loses the charge without a word.
# Seen:     csv and pandas {"env": "prod"} twice; DuckDB {"env": "prod"} quoted, {\"env\": \"prod\"} bare
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check duckdb==2.0.0 pandas==3.1.1
v/bin/python - <<'PY'
import csv
import sys

import duckdb
import pandas as pd

rows = ["cost,tags", r'1,"{\"env\": \"prod\"}"', r"2,{\"env\": \"prod\"}"]
with open("bill.csv", "w") as file:
    file.write("\n".join(rows) + "\n")

with open("bill.csv") as file:
    by_csv = [row["tags"] for row in csv.DictReader(file, doublequote=False, escapechar="\\")]
by_pandas = pd.read_csv("bill.csv", escapechar="\\", doublequote=False)["tags"].tolist()
engine = duckdb.sql(
    r"""SELECT tags, TRY_CAST(tags AS JSON) IS NOT NULL FROM read_csv('bill.csv', header=true,
    delim=',', quote='"', escape='\', columns={'cost': 'INTEGER', 'tags': 'VARCHAR'})"""
).fetchall()
print(by_csv, by_pandas, engine)
plain = '{"env": "prod"}'
sys.exit(
    by_csv != [plain, plain]
    or by_pandas != [plain, plain]
    or engine != [(plain, True), (r"{\"env\": \"prod\"}", False)]
)
PY
