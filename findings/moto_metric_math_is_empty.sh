#!/bin/sh
# Cost per request as CloudWatch metric math, tested against moto.
#
# Guess:    10 / 4 = 2.5, or an error that the expression is not supported.
# Packages: moto 5.2.5, boto3 1.44.8
# Does:     the expression gets no value and the status Complete, the very answer CloudWatch gives for
#           "no data", so a test of the no-data path passes for the wrong reason. Periods are not
#           aligned either: an hour starts where the query does, not at the full hour.
# Seen:     cost [10.0] at 00:04:30, unit [] Complete
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check moto==5.2.5 boto3==1.44.8
AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-1 v/bin/python - <<'PY'
import sys
from datetime import UTC, datetime, timedelta

import boto3
from moto import mock_aws

now = datetime(2026, 9, 1, 0, 7, 30, tzinfo=UTC)


def query(name):
    metric = {"Namespace": "shop", "MetricName": name}
    return {"Id": name, "MetricStat": {"Metric": metric, "Period": 3600, "Stat": "Sum"}}


with mock_aws():
    client = boto3.client("cloudwatch")
    points = [("cost", 10.0), ("requests", 4.0)]
    data = [{"MetricName": name, "Value": value, "Timestamp": now} for name, value in points]
    client.put_metric_data(Namespace="shop", MetricData=data)
    results = client.get_metric_data(
        MetricDataQueries=[
            query("cost"),
            query("requests"),
            {"Id": "unit", "Expression": "cost / requests"},
        ],
        StartTime=now - timedelta(minutes=3),
        EndTime=now + timedelta(hours=1),
    )["MetricDataResults"]
cost, _, unit = results
seen = [cost["Values"], f"{cost['Timestamps'][0]:%H:%M:%S}", unit["Values"], unit["StatusCode"]]
print(seen)
sys.exit(seen != [[10.0], "00:04:30", [], "Complete"])
PY
