# SPDX-License-Identifier: Apache-2.0
"""The errors a caller can meet.

CostSloError
├─ SpecError        the document is wrong (file, line, field)
├─ CostDataError    the costs cannot be trusted (file, row, column)
├─ SourceError      an outside system failed; retryable or not
│  ├─ CapReachedError      a month's paid requests are used up
│  ├─ GivenUpError         a message was tried for long enough
│  └─ StateConflictError   another writer came first: read again and decide again
└─ SettingsError    the deployment is wrong
   └─ NewerStateError    a newer version wrote what the state holds

Any other exception is a fault of this program.
"""

from types import CodeType, TracebackType

OURS = "cost_slo."
# Characters of a foreign message that are repeated.
_LONGEST = 300


class CostSloError(Exception):
    """Any failure this library names; its text says what was expected and what to do."""


class SpecError(CostSloError):
    """The spec, or a policy it names, is wrong."""

    def __init__(
        self, message: str, *, file: str = "", line: int | None = None, field: str = ""
    ) -> None:
        """`line` counts from 1; `field` is the dotted path, such as `slos[0].objective.monthly`."""
        place = file + (f":{line}" if line is not None else "")
        super().__init__(": ".join(part for part in (place, field, message) if part))
        self.file, self.line, self.field = file, line, field


class CostDataError(CostSloError):
    """The costs or the units cannot be trusted."""

    def __init__(
        self, message: str, *, file: str = "", row: int | None = None, column: str = ""
    ) -> None:
        """`row` counts data rows from 1, the header not counted."""
        parts = (file, f"row {row}" if row is not None else "", column, message)
        super().__init__(": ".join(part for part in parts if part))
        self.file, self.row, self.column = file, row, column


class SourceError(CostSloError):
    """An outside system failed."""

    def __init__(self, message: str, *, retryable: bool = False) -> None:
        """`retryable` says whether the same call may succeed later."""
        super().__init__(message)
        self.retryable = retryable


class CapReachedError(SourceError):
    """A month's paid requests are used up, so no further one is made."""


class GivenUpError(SourceError):
    """A channel refused a message in every attempt; it is not sent there again."""


class StateConflictError(SourceError):
    """Another writer changed the state since it was read; nothing was written."""

    def __init__(self, message: str) -> None:
        """The same decision on the new state may succeed at once."""
        super().__init__(message, retryable=True)


class SettingsError(CostSloError):
    """The deployment is wrong: an environment variable, a path, a permission."""


class NewerStateError(SettingsError):
    """The state holds something that only a newer version can have written."""

    def __init__(self, what: str) -> None:
        """`what` names the state and the record with the word that is not known."""
        self.what = what
        super().__init__(
            f"{what}: written by a newer cost-slo; upgrade cost-slo, or name another state"
        )


def is_fault(error: BaseException) -> bool:
    """Whether it is a fault of this program; a file that is missing is not one."""
    return not isinstance(error, CostSloError) and not _of_a_file(error)


def may_pass(error: BaseException) -> bool:
    """Whether the same call may succeed later."""
    return isinstance(error, SourceError) and error.retryable


def in_words(error: BaseException) -> str:
    """What went wrong, on one line; for a fault of this program also where."""
    if isinstance(error, CostSloError):
        return str(error)
    if isinstance(error, OSError) and _of_a_file(error):
        return f"{error.filename}: {error.strerror}"
    said = " ".join(str(error).split())[:_LONGEST]
    return f"{without_text(error)}: {said}" if said else without_text(error)


def without_text(error: BaseException) -> str:
    """The kind of an error and where it was raised, without its message."""
    return f"internal error{_innermost(error.__traceback__)}: {type(error).__name__}"


def _named(code: CodeType) -> str:
    """The function that a piece of code is part of."""
    return code.co_qualname.partition(".<locals>")[0]


def _of_a_file(error: BaseException) -> bool:
    return isinstance(error, OSError) and bool(error.filename and error.strerror)


def _innermost(trace: TracebackType | None) -> str:
    """The function of ours that was running: ` in segments.breakdown`."""
    place = ""
    while trace is not None:
        module = trace.tb_frame.f_globals.get("__name__", "")
        if module.startswith(OURS):
            place = f" in {module.rpartition('.')[2]}.{_named(trace.tb_frame.f_code)}"
        trace = trace.tb_next
    return place
