#!/bin/sh
# The token cost of an hour, from a gateway's sums: two requests of 150,000 input tokens each.
#
# Guess:    price is linear in tokens, so the price of the sum is the sum of the prices.
# Package:  genai-prices 0.2.3
# Does:     a Usage is one request: above 200,000 input tokens all of it, output too, is priced at the
#           long-context rate. Sums, which is what metrics keep, cost about twice what is billed.
#           One token over the threshold doubles the price of the whole usage.
# Seen:     0.375 for both requests, 0.75 for their sum; 0.250 for 200,000 tokens, 0.5000025 for one more
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check genai-prices==0.2.3
v/bin/python - <<'PY'
import sys

from genai_prices import Usage, calc_price


def price(tokens):
    usage = Usage(input_tokens=tokens)
    return calc_price(usage, model_ref="gemini-2.5-pro", provider_id="google").input_price


each, together = 2 * price(150_000), price(300_000)
seen = [str(each.normalize()), str(together.normalize()), str(price(200_000)), str(price(200_001))]
print(seen)
sys.exit(seen != ["0.375", "0.75", "0.250", "0.5000025"])
PY
