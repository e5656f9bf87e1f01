# SPDX-License-Identifier: Apache-2.0
"""What the Lambda service does in a function's process: import the handler, then event by event.

Run with `-I -S` as `worker.py FOLDER HANDLER`: nothing but the standard library and the function's
own folder can be imported. Each line of stdin is an event and the instant that it is; each line of
stdout an answer. What the handler prints is in the answer.
"""

import io
import json
import sys
import traceback
from contextlib import redirect_stdout
from datetime import datetime, tzinfo
from importlib import import_module
from types import SimpleNamespace
from typing import Any, Self


class Simulated(datetime):
    """A datetime whose now is the day that is played."""

    instant: datetime

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        moment = cls.instant.astimezone(tz)
        return cls.combine(moment.date(), moment.timetz())


# The modules that ask what time it is.
CLOCKS = ("lambdas.anomaly", "lambdas.widget", "cost_slo.wiring.deployed")


def main(folder: str, handler: str) -> None:
    sys.path.insert(0, folder)
    module, _, name = handler.rpartition(".")
    answers, sys.stdout = sys.stdout, sys.stderr
    handle = getattr(import_module(module), name)
    for clock in CLOCKS:
        if clock in sys.modules and hasattr(sys.modules[clock], "datetime"):
            sys.modules[clock].datetime = Simulated  # type: ignore[attr-defined]
    for line in sys.stdin:
        asked = json.loads(line)
        Simulated.instant = datetime.fromisoformat(asked["at"])
        answers.write(json.dumps(_answered(handle, asked["event"], asked["request"])) + "\n")
        answers.flush()


def _answered(handle: Any, event: Any, request: str) -> dict[str, Any]:
    context = SimpleNamespace(
        function_name="function",
        function_version="$LATEST",
        memory_limit_in_mb=256,
        invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:function",
        aws_request_id=request,
        get_remaining_time_in_millis=lambda: 60_000,
    )
    printed = io.StringIO()
    answer: dict[str, Any] = {}
    with redirect_stdout(printed):
        try:
            answer["returned"] = handle(event, context)
        except Exception:  # noqa: BLE001  the Lambda service survives whatever a handler raises
            answer["raised"] = traceback.format_exc()
    return {**answer, "printed": printed.getvalue()}


if __name__ == "__main__":
    main(*sys.argv[1:])
