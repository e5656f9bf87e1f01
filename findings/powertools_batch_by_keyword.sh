#!/bin/sh
# A queue's messages handed to a function that names its argument as it likes.
#
# Guess:    a batch processor calls the record handler with the record, whatever its parameter is named.
# Packages: aws-lambda-powertools 3.37.0
# Does:     It calls handler(record=...). Another name is a TypeError for each message, caught like a
#           failure of the message: of several, all come back as failed, with only a warning logged if
#           whole batches are told not to raise, so that the queue delivers them again until it gives up.
# Seen:     record: 0 failed; message: 2 of 2 failed, no exception
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check aws-lambda-powertools==3.37.0
v/bin/python - 2>warnings.txt <<'PY'
import sys

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)

event = {
    "Records": [
        {"messageId": name, "body": "{}", "eventSource": "aws:sqs", "attributes": {}}
        for name in ("a", "b")
    ]
}


def failed(handler):
    queue = BatchProcessor(EventType.SQS, raise_on_entire_batch_failure=False)
    answer = process_partial_response(event, handler, queue)
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


seen = failed(lambda record: None), failed(lambda message: None)
print(*seen)
sys.exit(seen != ([], ["a", "b"]))
PY
