# SPDX-License-Identifier: Apache-2.0
"""What does Cost Explorer answer when it refuses a request?"""

from __future__ import annotations

BAD_REQUEST = 400


class RefusedError(Exception):
    """An error as AWS answers it: its code, its text and the HTTP status."""

    def __init__(self, code: str, message: str, status: int = BAD_REQUEST) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status


def invalid(message: str) -> RefusedError:
    return RefusedError("ValidationException", message)


def unavailable(
    message: str = "Data is not available. Please try to adjust the time period. If just enabled "
    "Cost Explorer, data might not be ingested yet",
) -> RefusedError:
    return RefusedError("DataUnavailableException", message)
