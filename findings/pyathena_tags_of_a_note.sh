#!/bin/sh
# CUR 2.0 in Athena: the map resource_tags comes back as text, which PyAthena turns into a dict.
#
# Guess:    a tag value with ", " and "=" in it (free text, say a note) stays a value, or is an error.
# Package:  PyAthena 4.2.1
# Does:     the text has no quotes, so a note "x, env=dev" becomes the tag env=dev and overrides the real
#           env=prod: the charge moves to another team. With a bare comma or a second "=" the whole map
#           stays text, so one column holds dicts and strings. CAST(resource_tags AS JSON) is safe.
# Seen:     {'env': 'dev', 'note': 'x'}; '{env=prod, note=a, b}' as text; the JSON form read right
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check pyathena==4.2.1
v/bin/python - <<'PY'
import sys

from pyathena.converter import DefaultTypeConverter


def read(text):
    return DefaultTypeConverter().convert("map", text)


seen = [
    read("{env=prod, note=x, env=dev}"),  # tags: env is prod, note is "x, env=dev"
    read("{env=prod, note=a, b}"),
    read('{"env": "prod", "note": "x, env=dev"}'),
]
print(seen)
whole = {"env": "prod", "note": "x, env=dev"}
sys.exit(seen != [{"env": "dev", "note": "x"}, "{env=prod, note=a, b}", whole])
PY
