#!/bin/sh
# Unit prices as price pages print them.
#
# Guess:    "$0.023 per GB" is 0.023: a leading zero cannot start a group of thousands.
# Package:  price-parser 0.5.1
# Does:     three digits after a point are taken for thousands: storage costs $23 per GB and an instance
#           at $0.096 an hour $96. Two or four digits are read right, so most of a page looks fine.
#           `decimal_separator="."` reads all of them right.
# Seen:     0.023 -> 23, 0.096 -> 96, 0.0125 -> 0.0125, 0.09 -> 0.09
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check price-parser==0.5.1
v/bin/python - <<'PY'
import sys

from price_parser import Price

prices = ["$0.023 per GB", "$0.096 per hour", "$0.0125 per GB", "$0.09 per GB"]
seen = [str(Price.fromstring(price).amount) for price in prices]
seen.append(str(Price.fromstring(prices[0], decimal_separator=".").amount))
print(seen)
sys.exit(seen != ["23", "96", "0.0125", "0.09", "0.023"])
PY
