#!/bin/sh
# A bar chart of exact amounts: a column of Decimal, from pandas and from Polars.
#
# Guess:    amounts are numbers on the axis; the digits a screen cannot show are dropped.
# Packages: altair 6.3.0, pandas 3.1.1, polars 2.1.0, plotly 7.1.0
# Does:     from pandas they are names (nominal, with a warning), from Polars numbers. `to_dict`, which
#           tests look at, succeeds for both; writing either chart raises TypeError, even with cost:Q.
#           Plotly draws the same frame as numbers.
# Seen:     nominal, quantitative, TypeError twice; plotly [9.5, 10.25]
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check \
  altair==6.3.0 pandas==3.1.1 polars==2.1.0 plotly==7.1.0
v/bin/python -W ignore - <<'PY'
import json
import sys
from decimal import Decimal

import altair as alt
import pandas as pd
import plotly.express as px
import polars as pl

bill = {"service": ["EC2", "S3"], "cost": [Decimal("9.5"), Decimal("10.25")]}


def chart(frame, cost="cost"):
    return alt.Chart(frame).mark_bar().encode(x="service", y=cost)


def written(each):
    try:
        each.to_json()
    except TypeError as error:
        return type(error).__name__


seen = [
    chart(pd.DataFrame(bill)).to_dict()["encoding"]["y"]["type"],
    chart(pl.DataFrame(bill)).to_dict()["encoding"]["y"]["type"],
    written(chart(pd.DataFrame(bill), "cost:Q")),
    written(chart(pl.DataFrame(bill))),
    json.loads(px.bar(pd.DataFrame(bill), x="service", y="cost").to_json())["data"][0]["y"],
]
print(seen)
sys.exit(seen != ["nominal", "quantitative", "TypeError", "TypeError", [9.5, 10.25]])
PY
