# SPDX-License-Identifier: Apache-2.0
"""How does a call of an SDK arrive, and its answer leave? JSON 1.1 over HTTP."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from threading import Thread
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from cost_slo.testing.fake_cost_explorer.constraints import model
from cost_slo.testing.fake_cost_explorer.refusal import RefusedError

_PREFIX = "AWSInsightsIndexService."
OK = 200


class DroppedError(Exception):
    """The connection ends without an answer."""


Handle = Callable[[str, dict[str, Any]], Mapping[str, Any]]


class Server(ThreadingHTTPServer):
    """A server on the loopback interface; port 0 takes any that is free."""

    daemon_threads = True

    def __init__(self, handle: Handle, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.handle_call = handle
        self.connections: set[socket.socket] = set()
        self._answers = count(1)
        self._thread = Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def next_id(self) -> str:
        """The id of the next answer; the same in every run."""
        return str(uuid5(NAMESPACE_URL, f"answer/{next(self._answers)}"))

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.shutdown()
        self._thread.join()
        for connection in list(self.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        with suppress(OSError):
            super().finish()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        target = self.headers.get("X-Amz-Target", "")
        try:
            self._answer(OK, self.server.handle_call(target.removeprefix(_PREFIX), _parsed(body)))
        except RefusedError as refused:
            self._answer(
                refused.status, {"__type": refused.code, _text_key(refused): refused.message}
            )
        except DroppedError:
            self.close_connection = True

    def _answer(self, status: int, answer: Mapping[str, Any]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("x-amzn-RequestId", self.server.next_id())
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - http.server's
        """Log nothing: `FakeCostExplorer.calls` records it."""


def _text_key(refused: RefusedError) -> str:
    """The errors of the published model spell it with a capital."""
    return "Message" if refused.code in model().shape_names else "message"


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body or b"{}")
    except ValueError as error:
        raise RefusedError("SerializationException", "The body is not JSON") from error
    if not isinstance(document, dict):
        raise RefusedError("SerializationException", "The body is not a JSON object")
    return document
