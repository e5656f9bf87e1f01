#!/bin/sh
# The month's costs of an organisation from OpenAI's Costs API, through its own library.
#
# Guess:    `for bucket in client...costs(...)` walks all pages, as the library's lists do, and an amount
#           that the API sends as text with 20 places stays exact or is an error in a float field.
# Package:  openai 3.57.0
# Does:     the answer is one page, and iterating it yields pairs of field name and value. One request is
#           made; has_more and next_page are for the caller. The text becomes a float of 17 digits.
# Seen:     ['data', 'has_more', 'next_page', 'object'], 1 request, 0.12345678901234568
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check openai==3.57.0
v/bin/python - <<'PY'
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from openai import OpenAI

asked = []
result = {"object": "organization.costs.result"}
result["amount"] = {"value": "0.12345678901234567890", "currency": "usd"}
day = {"object": "bucket", "start_time": 1, "end_time": 2, "results": [result]}
page = {"object": "page", "data": [day], "has_more": True, "next_page": "page_2"}


class Costs(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_GET(self):
        asked.append(self.path)
        body = json.dumps(page).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


server = HTTPServer(("127.0.0.1", 0), Costs)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = OpenAI(
    admin_api_key="test",
    base_url=f"http://127.0.0.1:{server.server_port}",
    max_retries=0,
    timeout=10,
)
costs = client.admin.organization.usage.costs(start_time=1)
names = sorted(pair[0] for pair in costs)
value = costs.data[0].results[0].amount.value
print(names, len(asked), repr(value))
expected = (["data", "has_more", "next_page", "object"], 1, 0.12345678901234568)
sys.exit((names, len(asked), value) != expected or not isinstance(value, float))
PY
