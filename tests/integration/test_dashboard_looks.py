# SPDX-License-Identifier: Apache-2.0
"""A browser shows the dashboard's pages: something is on them, whatever the theme."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from cost_slo.domain.dashboard.page import PALETTES, PageRequest, Theme
from cost_slo.use_cases.dashboard import dashboard_page
from tests.builders.moods import later, rig_to
from tests.checks.pages import dashboard

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    *("--disable-dev-shm-usage", "--window-size=1100,700"),
)
PATIENCE = 120
# What CloudWatch has around a widget, as far as it matters to the eye.
SHELL = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 8px; background: {ground}; }} cwdb-action {{ display: none; }}
.btn {{ border: 2px solid; border-radius: 14px; padding: 2px 10px; font-weight: 700; }}
</style>{widget}"""


def screenshot(folder: Path, html: str) -> bytes:
    """The PNG of a page; skips where no Chromium is installed."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        pytest.skip("no Chromium is installed to look at a page with")
    page, image = folder / "page.html", folder / "page.png"
    page.write_text(html, encoding="utf-8")
    asked = (f"--user-data-dir={folder / 'profile'}", f"--screenshot={image}", page.as_uri())
    subprocess.run([program, *FLAGS, *asked], check=True, capture_output=True, timeout=PATIENCE)
    return image.read_bytes()


@pytest.mark.parametrize("theme", Theme)
def test_a_widget_is_not_blank(theme: Theme, tmp_path: Path) -> None:
    asked = replace(
        PageRequest(later(10), endpoint="arn:aws:lambda:us-east-1:1:function:w"), theme=theme
    )
    widget = dashboard_page(dashboard(rig_to(10)), asked)
    ground = PALETTES[theme].ground
    folders = [tmp_path / name for name in ("empty", "widget")]
    for folder in folders:
        folder.mkdir()

    empty, shown = (
        screenshot(folder, SHELL.format(ground=ground, widget=held))
        for folder, held in zip(folders, ("", widget), strict=True)
    )

    assert shown.startswith(b"\x89PNG")
    assert len(shown) > 5 * len(empty), "a page of words compresses worse than an empty one"
