#!/bin/sh
# A cost alert on Slack, in Markdown: usage types, tag values and sums may hold asterisks.
#
# Guess:    Apprise turns Markdown's **bold** into Slack's *bold*; a lone * in a word stays.
# Package:  apprise 2.3.0
# Does:     each pair of lone asterisks becomes underscores, in table cells too, so what is shown is
#           another text: 2*3*4 reads 2_3_4 and a usage type Read*Units*h reads Read_Units_h.
#           Plain text to a URL with format=markdown gets backslashes, which Slack shows as they are:
#           team_a reads team\_a. Plain text without format= arrives as written.
# Seen:     Read_Units_h 2_3_4; team\_a 2\*3; team_a 2*3
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check apprise==2.3.0
v/bin/python - <<'PY'
import json
import sys
from unittest import mock

from apprise import Apprise

URL = "slack://" + "A" * 9 + "/" + "B" * 9 + "/" + "c" * 24 + "/"


def shown(body, body_format, options=""):
    answer = mock.Mock(status_code=200, content=b"ok", text="ok", headers={})
    with mock.patch("requests.Session.request", return_value=answer) as sent:
        with mock.patch("requests.request", sent), mock.patch("requests.post", sent):
            Apprise.instantiate(URL + options).notify(body=body, title="t", body_format=body_format)
    return json.loads(sent.call_args.kwargs["data"])["attachments"][0]["text"]


seen = [
    shown("Read*Units*h 2*3*4", "markdown"),
    shown("team_a 2*3", "text", "?format=markdown"),
    shown("team_a 2*3", "text"),
]
print(*seen, sep="\n")
sys.exit(seen != ["Read_Units_h 2_3_4", r"team\_a 2\*3", "team_a 2*3"])
PY
