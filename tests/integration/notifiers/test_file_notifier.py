# SPDX-License-Identifier: Apache-2.0
"""Alerts become files: one a key, whole, and again the same."""

from __future__ import annotations

import doctest
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cost_slo.adapters.notifiers import file_notifier
from cost_slo.adapters.notifiers.file_notifier import FileNotifier, file_name
from cost_slo.domain.alerts.alert import Notification
from cost_slo.domain.errors import SourceError
from cost_slo.domain.incidents.incident import Severity

ALERT = Notification(
    key="web-2026-09/2026-09-05T00:00:00+00:00/opened",
    incident="web-2026-09",
    slo="web",
    severity=Severity.PAGE,
    created_at=datetime(2026, 9, 5, tzinfo=UTC),
    subject="web: page: 5x the plan",
    body="Spend is 5 times the plan → look now.\n",
)


def test_the_example_in_the_module_holds() -> None:
    assert doctest.testmod(file_notifier).failed == 0


def test_an_alert_is_a_file_with_subject_and_body(tmp_path: Path) -> None:
    FileNotifier(tmp_path / "alerts").send_notification(ALERT)

    (file,) = (tmp_path / "alerts").iterdir()
    assert file.name == "web-2026-09_2026-09-05T00_00_00_00_00_opened-61b629d7.txt"
    assert file.read_text("utf-8") == (
        "web: page: 5x the plan\n\nSpend is 5 times the plan → look now.\n"
    )


def test_the_same_alert_twice_is_one_file(tmp_path: Path) -> None:
    notifier = FileNotifier(tmp_path)

    notifier.send_notification(ALERT)
    notifier.send_notification(ALERT)

    assert len(list(tmp_path.iterdir())) == 1


def test_keys_that_differ_in_any_sign_are_files_of_their_own(tmp_path: Path) -> None:
    keys = ["a/b", "a_b", "a:b", "../a", "..", "é", "a" * 300, "a" * 301]

    for key in keys:
        FileNotifier(tmp_path / "alerts").send_notification(replace(ALERT, key=key))

    assert len(list((tmp_path / "alerts").iterdir())) == len(keys)
    assert all("/" not in file_name(key) for key in keys)


def test_each_message_is_echoed_once_it_is_written(tmp_path: Path) -> None:
    seen: list[tuple[str, int]] = []

    def echo(alert: Notification) -> None:
        seen.append((alert.subject, len(list(tmp_path.iterdir()))))

    FileNotifier(tmp_path, echo).send_notification(ALERT)

    assert seen == [("web: page: 5x the plan", 1)]


def test_a_folder_that_cannot_be_written_is_a_source_error(tmp_path: Path) -> None:
    (tmp_path / "alerts").write_text("a file, not a folder")

    with pytest.raises(SourceError, match="the alert cannot be written: File exists"):
        FileNotifier(tmp_path / "alerts").send_notification(ALERT)


def test_a_message_that_cannot_be_put_in_place_leaves_no_draft(tmp_path: Path) -> None:
    (tmp_path / file_name(ALERT.key)).mkdir()

    with pytest.raises(SourceError, match="the alert cannot be written"):
        FileNotifier(tmp_path).send_notification(ALERT)

    assert [path.name for path in tmp_path.iterdir()] == [file_name(ALERT.key)]
