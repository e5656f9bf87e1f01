#!/bin/sh
# Frames of two exports put below each other, their amounts with another number of places.
#
# Guess:    `concat` raises SchemaError, as it does for integers below floats, or widens the scale.
# Package:  polars 2.1.0
# Does:     it takes the scale of the first frame and rounds the amounts of the second, so the total
#           depends on the order of the frames. Rows given as dicts are rounded too: the first 100
#           rows fix the scale. Reading the same two as files refuses them.
# Seen:     [1.5, 1.2] one way, [1.23456, 1.50000] the other; the row past the 100th is 1.2
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check polars==2.1.0
v/bin/python - <<'PY'
import sys
from decimal import Decimal

import polars as pl

short = pl.DataFrame({"cost": [Decimal("1.5")]})
long = pl.DataFrame({"cost": [Decimal("1.23456")]})
rows = [{"cost": Decimal("1.5")}] * 150 + [{"cost": Decimal("1.23456")}]
seen = [
    [str(amount) for amount in pl.concat([short, long])["cost"]],
    [str(amount) for amount in pl.concat([long, short])["cost"]],
    str(pl.DataFrame(rows)["cost"][-1]),
]
try:
    pl.concat([pl.DataFrame({"cost": [1]}), pl.DataFrame({"cost": [1.5]})])
    seen.append("put together")
except pl.exceptions.SchemaError:
    seen.append("SchemaError")
short.write_parquet("a.parquet")
long.write_parquet("b.parquet")
try:
    pl.read_parquet("*.parquet")
    seen.append("read")
except pl.exceptions.SchemaError:
    seen.append("SchemaError")
print(seen)
sys.exit(seen != [["1.5", "1.2"], ["1.23456", "1.50000"], "1.2", "SchemaError", "SchemaError"])
PY
