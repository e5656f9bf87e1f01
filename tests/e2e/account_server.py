# SPDX-License-Identifier: Apache-2.0
"""An AWS account on a port, that asks the caller's own role before it answers.

It is moto, put right where it departs from AWS. What moto does not have is answered here: Cost
Explorer by the fake, CloudTrail by no events.

Run as `account_server.py PORT FOLDER COST_EXPLORER_URL`. In the folder: `questions.jsonl` is what
was asked of policies, `mail.jsonl` the mail that topics sent, `clock` the instant at which stacks
are deployed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from datetime import datetime
from io import BytesIO
from math import isinf
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from moto.cloudformation import models as cloudformation
from moto.core.exceptions import JsonRESTError
from moto.iam.access_control import IAMRequest
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from moto.sns.models import Subscription
from werkzeug.serving import run_simple

from tests.e2e.change_sets import update_again
from tests.e2e.instead import instead
from tests.e2e.placeholders import stand_in
from tests.e2e.policies import ACCOUNT, Lines, ask_policies
from tests.e2e.tables import answer_sooner
from tests.worlds.serialising import serialising_sooner

# The place of the service in the scope of a signature.
SERVICE = 3


class Elsewhere:
    """In front of moto: the services that it does not have."""

    def __init__(self, moto: Any, cost_explorer: str) -> None:
        self._moto, self._cost_explorer = moto, cost_explorer

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        scope = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].split("/")
        service = scope[SERVICE] if len(scope) > SERVICE else ""
        target = environ.get("HTTP_X_AMZ_TARGET", "")
        if service != "ce" and not target.endswith("LookupEvents"):
            return self._moto(environ, start_response)
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = BytesIO(body)
        try:
            _authorise(environ, body, target.rpartition(".")[2])
            status, answer = self._ask(target, body) if service == "ce" else (200, b'{"Events":[]}')
        except JsonRESTError as denied:
            status, answer = 400, str(denied.description).encode()
        start_response(f"{status} ANSWERED", [("Content-Type", "application/x-amz-json-1.1")])
        return [answer]

    def _ask(self, target: str, body: bytes) -> tuple[int, bytes]:
        call = Request(self._cost_explorer, data=body, headers={"X-Amz-Target": target})
        try:
            with urlopen(call, timeout=60) as answered:
                return 200, answered.read()
        except HTTPError as refused:
            return refused.code, refused.read()


def _authorise(environ: Mapping[str, Any], body: bytes, operation: str) -> None:
    from moto import settings  # noqa: PLC0415  the value changes while the server runs

    if isinf(settings.INITIAL_NO_AUTH_ACTION_COUNT):
        return
    headers = {
        key.removeprefix("HTTP_").replace("_", "-").title(): value
        for key, value in environ.items()
        if key.startswith("HTTP_")
    }
    headers["Content-Type"] = environ.get("CONTENT_TYPE", "")
    asked = IAMRequest(
        account_id=ACCOUNT,
        method="POST",
        path=environ["PATH_INFO"],
        data={},
        body=body,
        headers=headers,
        action=operation,
    )
    asked.check_signature()
    asked.check_action_permitted("*")


def mailing(mail: Lines) -> Callable[..., None]:
    """What takes the place of moto's delivery, which forgets e-mail."""
    deliver = Subscription.publish

    def publish(self: Subscription, message: str, message_id: str, **told: Any) -> None:
        if self.protocol == "email":
            by_protocol = told.get("message_structure") == "json"
            text = json.loads(message).get("email") if by_protocol else message
            mail.add(self.endpoint, told.get("subject"), text)
        else:
            deliver(self, message, message_id, **told)

    return publish


def main(port: str, folder: str, cost_explorer: str) -> None:
    """Serve until killed."""
    room = Path(folder)
    clock = room / "clock"
    instead(cloudformation, "utcnow", lambda: datetime.fromisoformat(clock.read_text()))
    instead(Subscription, "publish", mailing(Lines(room / "mail.jsonl")))
    ask_policies(room / "questions.jsonl")
    stand_in()
    answer_sooner()
    update_again()
    moto = DomainDispatcherApplication(create_backend_app)
    with serialising_sooner():
        run_simple(
            "127.0.0.1",
            int(port),
            Elsewhere(moto, cost_explorer),
            threaded=True,
            request_handler=MotoRequestHandler,
        )


if __name__ == "__main__":
    main(*sys.argv[1:])
