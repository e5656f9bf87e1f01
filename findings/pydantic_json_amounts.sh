#!/bin/sh
# A model with a Decimal field reads a cost API's JSON, the amount a number of 22 digits.
#
# Guess:    `model_validate_json` parses the text itself, so a Decimal field gets the digits as sent.
# Package:  pydantic 2.14.4
# Does:     the parser makes a float before the field sees it: 17 digits are left, and large amounts
#           come back with zeros. The same amount as a JSON string, or json.loads with
#           parse_float=Decimal first, is exact. Written out again it is a string of the short value.
# Seen:     0.12345678901234568 and 12345678901234567000
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check pydantic==2.14.4
v/bin/python - <<'PY'
import json
import sys
from decimal import Decimal

from pydantic import BaseModel


class Charge(BaseModel):
    cost: Decimal


small = '{"cost": 0.1234567890123456789012}'
seen = [
    str(Charge.model_validate_json(small).cost),
    str(Charge.model_validate_json('{"cost": 12345678901234567890.12}').cost),
    str(Charge.model_validate(json.loads(small, parse_float=Decimal)).cost),
    str(Charge.model_validate_json('{"cost": "0.1234567890123456789012"}').cost),
]
print(seen)
exact = "0.1234567890123456789012"
sys.exit(seen != ["0.12345678901234568", "12345678901234567000", exact, exact])
PY
