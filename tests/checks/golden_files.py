# SPDX-License-Identifier: Apache-2.0
"""Compares a text a person reads with the whole text kept under `tests/golden`.

`UPDATE_GOLDEN=1 pytest` writes the files anew; read the difference before committing it.
"""

import os
from pathlib import Path

GOLDEN = Path(__file__).parents[1] / "golden"
UPDATE = "UPDATE_GOLDEN"


def assert_golden(name: str, text: str) -> None:
    """The text is the golden file's, byte for byte."""
    file = GOLDEN / name
    if os.environ.get(UPDATE):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode())
    assert file.exists(), f"no golden file {name}; {UPDATE}=1 writes it"
    assert text.encode() == file.read_bytes(), f"{name} differs; {UPDATE}=1 writes it anew"
