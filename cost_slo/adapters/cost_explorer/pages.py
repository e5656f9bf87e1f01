# SPDX-License-Identifier: Apache-2.0
"""How are all pages of an answer read, each of them once?

If an answer breaks off, its pages are discarded and it is read again from the first page.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from botocore.exceptions import BotoCoreError, ClientError

from cost_slo.adapters.cost_explorer.faults import FROM_THE_START, code_of, translated
from cost_slo.adapters.cost_explorer.paid import Answer, PaidRequests, Request, Send

TOKEN = "NextPageToken"  # noqa: S105  a page's, nothing secret


@dataclass(frozen=True, slots=True)
class CalledOperation:
    """One operation of Cost Explorer, with the days it asks about for error messages."""

    operation: str
    send: Send
    request: Request
    asked: str


def fetch_pages(paid: PaidRequests, call: CalledOperation, month: date) -> list[Answer]:
    """Every page of one answer. Raises SourceError or SettingsError."""
    broken: Counter[str] = Counter()
    while True:
        try:
            return list(_pages(paid, call, month))
        except (ClientError, BotoCoreError) as error:
            code = code_of(error)
            broken[code] += 1
            if broken[code] > FROM_THE_START.get(code, 0):
                raise translated(error, call.operation, call.asked) from None


def _pages(paid: PaidRequests, call: CalledOperation, month: date) -> Iterator[Answer]:
    page = paid.send(call.send, call.request, month)
    yield page
    while token := page.get(TOKEN):
        page = paid.send(call.send, {**call.request, TOKEN: token}, month)
        yield page
