# SPDX-License-Identifier: Apache-2.0
"""What does it mean that the state holds what this version cannot read?

A word that is not known was written by a newer version; anything else that cannot be read is
damage.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cost_slo.domain.errors import NewerStateError, SettingsError


@contextmanager
def reading(what: str) -> Iterator[None]:
    """Name the state, or the record of it, that cannot be read.

    Raises NewerStateError, and SettingsError for damage.
    """
    try:
        yield
    except NewerStateError as error:
        raise NewerStateError(f"{what}: {error.what}") from None
    except SettingsError as error:
        raise SettingsError(f"{what}: {error}") from error
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        said = f"{type(error).__name__}: {error}"
        raise SettingsError(
            f"{what}: cannot be read ({said}): damaged; restore a copy of the state"
        ) from error
