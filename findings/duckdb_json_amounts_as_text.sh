#!/bin/sh
# A cost API's JSON lines, amounts as numbers of 22 digits, to be read without loss.
#
# Guess:    reading the number as VARCHAR (or as raw JSON) keeps its digits: cast later, lose nothing.
# Packages: duckdb 2.0.1 and 1.5.6
# Does:     the text is that of a double, 17 digits, and so is the JSON column. It is the direct way
#           that keeps more: 2.0.1 reads the digits into DECIMAL(38, 22); 1.5.6 goes through a double.
# Seen:     2.0.1 text 0.12345678901234568, DECIMAL 12345678901234567890.12 kept; 1.5.6 ...567525.49
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat > read.py <<'PY'
import sys

import duckdb

with open("costs.jsonl", "w") as out:
    out.write('{"cost": 0.1234567890123456789012}\n{"cost": 12345678901234567890.12}\n')


def read(kind):
    columns = f"columns={{cost: '{kind}'}}"
    return [str(row[0]) for row in duckdb.sql(f"FROM read_json('costs.jsonl', {columns})").fetchall()]


text, raw, exact = read("VARCHAR"), read("JSON"), read("DECIMAL(38, 18)")
print(duckdb.__version__, text, raw, exact)
kept = {"2.0.1": "12345678901234567890.120000000000000000"}
lost = "12345678901234567525.491324606797053952"
sys.exit(
    text[0] != "0.12345678901234568"
    or raw[0] != "0.12345678901234568"
    or exact[1] != kept.get(duckdb.__version__, lost)
)
PY
for version in 2.0.1 1.5.6; do
  python3 -m venv "v$version"
  "v$version/bin/pip" install -q --disable-pip-version-check "duckdb==$version"
  "v$version/bin/python" read.py
done
