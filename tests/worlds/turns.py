# SPDX-License-Identifier: Apache-2.0
"""Runs several programs in threads, one at a time, in an order that a seed decides.

A program hands over at every call that it makes through `hand_over`; so the same seed interleaves
the same programs in the same way, every time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Condition
from typing import Any

Program = Callable[[], Any]
PATIENCE = 60


class Turns:
    """Whose turn it is, among the programs that still run."""

    def __init__(self, names: list[str], seed: int) -> None:
        self._running = list(names)
        self._random = Random(seed)
        self._changed = Condition()
        self._turn = self._random.choice(self._running)

    def hand_over(self, name: str) -> None:
        """Choose who goes on, and wait until that is `name` again."""
        with self._changed:
            self._choose()
            self._wait(name)

    def play(self, name: str, program: Program) -> Any:
        """Run a program whenever it has the turn."""
        with self._changed:
            self._wait(name)
        try:
            return program()
        finally:
            with self._changed:
                self._running.remove(name)
                self._choose()

    def _choose(self) -> None:
        if self._running:
            self._turn = self._random.choice(self._running)
        self._changed.notify_all()

    def _wait(self, name: str) -> None:
        if not self._changed.wait_for(lambda: self._turn == name, timeout=PATIENCE):
            raise TimeoutError(f"{name} waits for {self._turn}, which does not go on")


def interleaved(
    programs: Mapping[str, Callable[[Callable[[], None]], Any]], seed: int
) -> list[Any]:
    """What each program returns; each is given the function it has to hand over by."""
    turns = Turns(list(programs), seed)

    def play(name: str) -> Any:
        return turns.play(name, lambda: programs[name](lambda: turns.hand_over(name)))

    with ThreadPoolExecutor(len(programs)) as pool:
        return list(pool.map(play, programs))
