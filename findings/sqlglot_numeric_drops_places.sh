#!/bin/sh
# A cost query of another engine, translated to DuckDB: CAST(... AS NUMERIC) without a precision.
#
# Guess:    sqlglot writes a type that keeps what the source engine keeps: Postgres any number of places,
#           BigQuery nine. It does so from DuckDB (to Trino it spells out DECIMAL(18, 3)).
# Packages: sqlglot 30.30.0, duckdb 2.0.1
# Does:     it writes a bare DECIMAL, in DuckDB DECIMAL(18, 3): prices below a tenth of a cent become 0.
#           From Trino, whose bare DECIMAL has no places, the same text gains three.
# Seen:     postgres and bigquery: 0.00045 becomes 0.000; trino: 1.5 stays 1.500 (2 in Trino)
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check sqlglot==30.30.0 duckdb==2.0.1
v/bin/python - <<'PY'
import sys

import duckdb
import sqlglot


def in_duckdb(amount, kind, dialect):
    query = f"SELECT CAST('{amount}' AS {kind})"
    translated = sqlglot.transpile(query, read=dialect, write="duckdb")[0]
    return translated, str(duckdb.sql(translated).fetchall()[0][0])


seen = [
    in_duckdb("0.00045", "NUMERIC", "postgres")[1],
    in_duckdb("0.00045", "NUMERIC", "bigquery")[1],
    in_duckdb("1.5", "DECIMAL", "trino")[1],
    sqlglot.transpile("SELECT c::DECIMAL", read="duckdb", write="trino")[0],
]
print(seen)
sys.exit(seen != ["0.000", "0.000", "1.500", "SELECT CAST(c AS DECIMAL(18, 3))"])
PY
