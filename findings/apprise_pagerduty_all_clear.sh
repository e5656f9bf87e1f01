#!/bin/sh
# An alert and its all-clear on PagerDuty: types warning and success, as Apprise names them.
#
# Guess:    success resolves the incident that the warning opened.
# Package:  apprise 2.3.0
# Does:     both are events of kind trigger without a key: the all-clear opens a second incident, and
#           every reminder one more. With ?action=map success resolves, but the key is a hash of the
#           first line, so it finds the incident only if the two have the same title.
# Seen:     trigger None, trigger None; map: resolve, another key, and the same key for the same title
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

URL = "pagerduty://" + "A" * 20 + "@" + "B" * 20


def event(title, kind, options=""):
    answer = mock.Mock(status_code=202, content=b"{}", text="{}", headers={})
    with mock.patch("requests.Session.request", return_value=answer) as sent:
        with mock.patch("requests.request", sent), mock.patch("requests.post", sent):
            Apprise.instantiate(URL + options).notify(body="b", title=title, notify_type=kind)
    payload = json.loads(sent.call_args.kwargs["data"])
    return payload["event_action"], payload.get("dedup_key")


opened, over = event("search burns", "warning"), event("search is over", "success")
by_map = [
    event("search burns", "warning", "?action=map"),
    event("search is over", "success", "?action=map"),
    event("search burns", "success", "?action=map"),
]
actions = [action for action, _ in by_map]
keys = [key for _, key in by_map]
print(opened, over, actions, keys[0] == keys[1], keys[0] == keys[2])
plain = opened == over == ("trigger", None)
mapped = actions == ["trigger", "resolve", "resolve"] and keys[0] == keys[2] != keys[1]
sys.exit(not (plain and mapped))
PY
