# SPDX-License-Identifier: Apache-2.0
"""The embedded engine: how it starts, and errors for its failures."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from cost_slo.domain.errors import CostDataError, CostSloError, SourceError

_SCALE = 24
# Exact to the 24th decimal, up to 10^14: cloud amounts reach the 22nd decimal.
MONEY = f"DECIMAL(38,{_SCALE})"

# Quantities are no money: requests and tokens outgrow what the exact type of amounts holds.
QUANTITY_TYPE = "DECIMAL(38,12)"

TAGS_TYPE = "MAP(VARCHAR, VARCHAR)"

SETTINGS = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


def connect() -> duckdb.DuckDBPyConnection:
    """A new engine: UTC, no network, overflow to the temp folder."""
    connection = duckdb.connect(config=dict(SETTINGS))
    spill = os.path.join(tempfile.gettempdir(), f"cost-slo-{os.getpid()}")  # noqa: PTH118
    connection.execute(f"SET temp_directory = {literal(spill)}")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar_print = false")
    connection.execute("SET enable_progress_bar = true")
    return connection


@contextmanager
def in_any_order(connection: duckdb.DuckDBPyConnection) -> Iterator[None]:
    """Read rows in any order, on every core; sums do not depend on it, row numbers do."""
    connection.execute("SET preserve_insertion_order = false")
    try:
        yield
    finally:
        connection.execute("SET preserve_insertion_order = true")


@contextmanager
def engine_errors(file: str) -> Iterator[None]:
    """Raise an error that names the file for any failure of the engine."""
    try:
        yield
    except duckdb.Error as error:
        raise our_error(error, file) from error


def our_error(error: duckdb.Error, file: str) -> CostSloError:
    """The error to raise instead of the engine's."""
    text = str(error)
    if isinstance(error, duckdb.OutOfMemoryException):
        return SourceError(f"{file}: not enough memory or temporary disk to read the bill: {text}")
    if "Unexpected end of GZIP" in text or "Failed to decode gzip" in text:
        return CostDataError("the gzip file is cut short; download it again", file=file)
    if "not a GZIP stream" in text:
        return CostDataError("a gzip file here has bytes after its end; pack it again", file=file)
    if isinstance(error, duckdb.OutOfRangeException):
        return CostDataError(
            f"the amounts add up to more than {MONEY} holds; check the cost column", file=file
        )
    return CostDataError(f"cannot be read: {text.splitlines()[0] if text else error!r}", file=file)


def literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def path_literal(path: str) -> str:
    """The path as an SQL string the engine reads as one file, not as a pattern."""
    escaped = "".join(f"[{letter}]" if letter in "*?[" else letter for letter in path)
    return literal(escaped)
