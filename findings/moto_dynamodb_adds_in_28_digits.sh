#!/bin/sh
# A total kept in DynamoDB with ADD, tested against moto.
#
# Guess:    38 digits, as DynamoDB documents for numbers; more is refused.
# Packages: moto 5.2.5, boto3 1.44.8
# Does:     moto adds with Python's default context of 28 digits, so a test sees digits vanish that
#           DynamoDB keeps. It also stores a number of 39 digits, which DynamoDB refuses; only boto3's
#           resource (not its client) stops that.
# Seen:     99999999999999 + 0.123456789012345678901234 = 99999999999999.12345678901235; 39 digits stored
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check "moto[dynamodb]==5.2.5" boto3==1.44.8
AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-1 v/bin/python - <<'PY'
import sys

import boto3
from moto import mock_aws

with mock_aws():
    client = boto3.client("dynamodb")
    client.create_table(
        TableName="totals",
        KeySchema=[{"AttributeName": "month", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "month", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    key = {"month": {"S": "2026-09"}}

    def total():
        return client.get_item(TableName="totals", Key=key)["Item"]["cost"]["N"]

    client.put_item(TableName="totals", Item={**key, "cost": {"N": "99999999999999"}})
    client.update_item(
        TableName="totals",
        Key=key,
        UpdateExpression="ADD cost :more",
        ExpressionAttributeValues={":more": {"N": "0.123456789012345678901234"}},
    )
    seen = [total()]
    long = "0." + "123456789" * 4 + "123"
    client.put_item(TableName="totals", Item={**key, "cost": {"N": long}})
    seen.append(total() == long)
print(seen)
sys.exit(seen != ["99999999999999.12345678901235", True])
PY
