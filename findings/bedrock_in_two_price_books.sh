#!/bin/sh
# One Bedrock model id looked up in the two price tables that tools for token costs carry.
#
# Guess:    public prices of one model id agree; Bedrock's regional premium is in both or in neither.
# Packages: genai-prices 0.2.3, litellm 1.110.2 (its price table only)
# Does:     an id without a prefix is regional (10% more) in genai-prices and global in litellm. For
#           Nova Pro in Europe litellm has a price of its own, genai-prices that of the US: 24% less.
#           With an explicit us. or global. they agree.
# Seen:     dollars per million input tokens, genai-prices then litellm: 3.3 3.0, 0.8 1.05, 3 3, 0.8 0.8
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check genai-prices==0.2.3
v/bin/pip download -q --disable-pip-version-check --no-deps litellm==1.110.2
v/bin/python - <<'PY'
import glob
import json
import sys
import zipfile

from genai_prices import Usage, calc_price

wheel = zipfile.ZipFile(glob.glob("litellm-*.whl")[0])
litellm = json.loads(wheel.read("litellm/model_prices_and_context_window_backup.json"))
sonnet = "anthropic.claude-sonnet-4-5-20250929-v1:0"
models = [sonnet, "eu.amazon.nova-pro-v1:0", f"global.{sonnet}", "us.amazon.nova-pro-v1:0"]
seen = []
for model in models:
    usage = Usage(input_tokens=1_000)
    price = calc_price(usage, model_ref=model, provider_id="aws").input_price * 1000
    seen.append((round(float(price), 4), round(litellm[model]["input_cost_per_token"] * 1e6, 4)))
print(seen)
sys.exit(seen != [(3.3, 3.0), (0.8, 1.05), (3.0, 3.0), (0.8, 0.8)])
PY
