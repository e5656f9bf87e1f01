#!/bin/sh
# `aws ce get-cost-and-usage`, whose answer has three pages.
#
# Guess:    the command line pages by itself, as `aws s3api list-objects-v2` and most lists do.
# Package:  awscli 1.46.3
# Does:     the service's model has no paginator for it: one request, exit code 0. As JSON the token is
#           the first key; with --query and --output text nothing shows that two thirds are missing.
#           The rest has to be asked for with --next-page-token.
# Seen:     "10" and one request, where the bill is 30
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check awscli==1.46.3
AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_DEFAULT_REGION=us-east-1 v/bin/python - <<'PY'
import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

asked = []


class CostExplorer(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def do_POST(self):
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        asked.append(request)
        page = int(request.get("NextPageToken", "1"))
        day = {"TimePeriod": {"Start": f"2026-09-0{page}", "End": f"2026-09-0{page + 1}"}}
        day["Total"] = {"UnblendedCost": {"Amount": "10", "Unit": "USD"}}
        answer = {"ResultsByTime": [day]} | ({"NextPageToken": str(page + 1)} if page < 3 else {})
        body = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


server = HTTPServer(("127.0.0.1", 0), CostExplorer)
threading.Thread(target=server.serve_forever, daemon=True).start()
command = f"v/bin/aws --endpoint-url http://127.0.0.1:{server.server_port} ce get-cost-and-usage"
command += " --time-period Start=2026-09-01,End=2026-09-04 --granularity DAILY"
command += " --metrics UnblendedCost --output text --query ResultsByTime[].Total.UnblendedCost.Amount"
done = subprocess.run(command.split(), capture_output=True, text=True, timeout=60)
print(done.stdout.strip(), done.returncode, len(asked))
sys.exit((done.stdout.strip(), done.returncode, len(asked)) != ("10", 0, 1))
PY
