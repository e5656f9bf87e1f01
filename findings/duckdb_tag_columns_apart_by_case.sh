#!/bin/sh
# A CUR with the columns resourceTags/user:Env and resourceTags/user:env: AWS tag keys know letter case.
#
# Guess:    each column is read by its exact name, quoted; or an ambiguous name is an error.
# Package:  duckdb 2.0.1
# Does:     the second is renamed user:env_1, and a query for "resourceTags/user:env", exact and quoted,
#           returns the *other* column: the cost of env=dev is found under prod. Same for Parquet.
# Seen:     asked for user:env, got ('prod', 1.5) and (None, 2.5)
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check duckdb==2.0.1
v/bin/python - <<'PY'
import sys

import duckdb

with open("bill.csv", "w") as out:
    out.write("resourceTags/user:Env,resourceTags/user:env,cost\nprod,,1.5\n,dev,2.5\n")
query = """SELECT "resourceTags/user:env", sum(cost) FROM 'bill.csv' GROUP BY 1 ORDER BY 2"""
seen = [row[0] for row in duckdb.sql("DESCRIBE FROM 'bill.csv'").fetchall()][:2]
found = duckdb.sql(query).fetchall()
print(seen, found)
right_names = seen == ["resourceTags/user:Env", "resourceTags/user:env_1"]
sys.exit(not (right_names and found == [("prod", 1.5), (None, 2.5)]))
PY
