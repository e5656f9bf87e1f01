#!/bin/sh
# Cost Explorer throttles with LimitExceededException, not ThrottlingException.
#
# Guess:    boto3 retries a throttled request by default, whatever the service calls it.
# Packages: boto3 1.43.0 and 1.44.8
# Does:     1.43.0 by default (mode legacy) tries once and raises; the same client retries
#           ThrottlingException four times. 1.44.8 retries it by default, but a shared config file or
#           AWS_RETRY_MODE=legacy turns that off again. Older Lambda runtimes carry the older one.
# Seen:     requests for one call: 1.43.0 1; 1.44.8 3, with AWS_RETRY_MODE=legacy 1
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat > throttled.py <<'PY'
import os
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import boto3
from botocore.exceptions import ClientError

asked = []


class CostExplorer(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        asked.append(1)
        body = b'{"__type": "LimitExceededException", "message": "Rate exceeded"}'
        self.send_response(400)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


server = HTTPServer(("127.0.0.1", 0), CostExplorer)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = boto3.client("ce", endpoint_url=f"http://127.0.0.1:{server.server_port}")
period = {"Start": "2026-09-01", "End": "2026-09-02"}
try:
    client.get_cost_and_usage(TimePeriod=period, Granularity="DAILY", Metrics=["UnblendedCost"])
except ClientError as error:
    assert error.response["Error"]["Code"] == "LimitExceededException"
print(boto3.__version__, os.environ.get("AWS_RETRY_MODE", "default"), len(asked))
PY
export AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-1
export AWS_CONFIG_FILE="$dir/none"
unset AWS_RETRY_MODE AWS_MAX_ATTEMPTS
for version in 1.43.0 1.44.8; do
  python3 -m venv "v$version"
  "v$version/bin/pip" install -q --disable-pip-version-check "boto3==$version"
  "v$version/bin/python" throttled.py >> seen
done
AWS_RETRY_MODE=legacy v1.44.8/bin/python throttled.py >> seen
cat seen
printf '1.43.0 default 1\n1.44.8 default 3\n1.44.8 legacy 1\n' | cmp - seen
