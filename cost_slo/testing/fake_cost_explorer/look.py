# SPDX-License-Identifier: Apache-2.0
"""What does an operation have to answer with: the bill, the instant, and the pages given out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cost_slo.testing.fake_cost_explorer.account import AccountState
from cost_slo.testing.fake_cost_explorer.bill import Bill, engine_time
from cost_slo.testing.fake_cost_explorer.expression import Grammar
from cost_slo.testing.fake_cost_explorer.paging import Pages

FakeRequest = Mapping[str, Any]
FakeAnswer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Look:
    bill: Bill
    now: datetime
    pages: Pages
    page_size: int
    account: AccountState

    def grammar(self, **allowed: Any) -> Grammar:  # noqa: ANN401 - the fields of Grammar
        """How expressions are read over this bill."""
        return Grammar(self.bill.spellings, **allowed)

    def ask(self, sql: str, grammar: Grammar, **more: object) -> list[tuple[object, ...]]:
        """The rows of a question about what is visible now."""
        times = {
            name: engine_time(value) if isinstance(value, datetime) else value
            for name, value in more.items()
        }
        parameters = {"now": engine_time(self.now), **grammar.parameters.values, **times}
        return self.bill.query(sql, parameters)


Operation = Callable[[Look, FakeRequest], FakeAnswer]


def with_token(answer: FakeAnswer, token: str | None, name: str = "NextPageToken") -> FakeAnswer:
    """The answer with the token of its next page, if there is one."""
    return answer if token is None else {**answer, name: token}
