# SPDX-License-Identifier: Apache-2.0
"""Progress of long work, on stderr and only for a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(what: str) -> Iterator[Callable[[float], None]]:
    """A function that shows the share done, 0 to 1; silent if stderr is not a terminal."""
    from rich.console import Console  # noqa: PLC0415  rich is slow to load
    from rich.progress import Progress  # noqa: PLC0415

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=1.0)
        yield lambda share: bar.update(task, completed=share)
