# SPDX-License-Identifier: Apache-2.0
"""What does every place for narratives promise? No edit of a person is ever lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cost_slo.adapters.documents.narrative_file import NarrativeFiles
from cost_slo.adapters.documents.s3_narratives import S3Narratives
from cost_slo.domain.errors import CostSloError, SettingsError, SourceError, StateConflictError
from cost_slo.domain.postmortem.editing.merge import merge
from cost_slo.ports import Narratives
from tests.fakes.ports import FakeNarratives
from tests.worlds.dynamodb import aws_client

INCIDENT = "web-2026-09"
TEXT = "---\r\nüber\r\n---\n\n5 €"


@pytest.fixture(name="bucket", scope="module")
def s3_bucket() -> Iterator[Any]:
    with aws_client("s3") as client:
        client.create_bucket(Bucket="narratives")
        yield client


@pytest.fixture(params=["fake", "files", "s3"])
def narratives(request: pytest.FixtureRequest, tmp_path: Path, bucket: Any) -> Narratives:
    places: dict[str, Callable[[], Narratives]] = {
        "fake": FakeNarratives,
        "files": lambda: NarrativeFiles(tmp_path / "narratives"),
        "s3": lambda: S3Narratives("narratives", bucket, prefix=tmp_path.name),
    }
    return places[str(request.param)]()


def test_what_was_never_written_is_not_there(narratives: Narratives) -> None:
    assert narratives.load_narrative(INCIDENT) is None


def test_a_text_comes_back_with_every_sign_of_it(narratives: Narratives) -> None:
    narratives.save_narrative(INCIDENT, TEXT, over=None)

    found = narratives.load_narrative(INCIDENT)
    assert found is not None
    assert found.text == TEXT
    assert narratives.load_narrative("api-2026-09") is None


def test_a_first_draft_never_overwrites_what_is_there(narratives: Narratives) -> None:
    narratives.save_narrative(INCIDENT, "a person's words", over=None)

    with pytest.raises(StateConflictError, match="was edited since it was read; merge again"):
        narratives.save_narrative(INCIDENT, "a draft", over=None)

    assert text_of(narratives) == "a person's words"


def test_an_edit_since_it_was_read_is_never_overwritten(narratives: Narratives) -> None:
    narratives.save_narrative(INCIDENT, "a draft", over=None)
    read = version_of(narratives)
    narratives.save_narrative(INCIDENT, "an edited draft", over=read)

    with pytest.raises(StateConflictError, match="was edited since it was read; merge again"):
        narratives.save_narrative(INCIDENT, "another draft", over=read)

    assert text_of(narratives) == "an edited draft"
    narratives.save_narrative(INCIDENT, "a merged draft", over=version_of(narratives))
    assert text_of(narratives) == "a merged draft"


def test_what_was_deleted_since_it_was_read_is_not_written_again(narratives: Narratives) -> None:
    with pytest.raises(StateConflictError):
        narratives.save_narrative(INCIDENT, "a draft", over='"0123"')

    assert narratives.load_narrative(INCIDENT) is None


def test_a_merge_that_an_edit_overtook_is_made_again_and_keeps_both(
    narratives: Narratives,
) -> None:
    base, new = "## Impact\n\nIt cost 5.\n", "## Impact\n\nIt cost 7.\n"
    narratives.save_narrative(INCIDENT, base, over=None)
    read = version_of(narratives)
    narratives.save_narrative(INCIDENT, base + "\nWe were asleep.\n", over=read)
    with pytest.raises(StateConflictError):
        narratives.save_narrative(INCIDENT, new, over=read)

    found = narratives.load_narrative(INCIDENT)
    assert found is not None
    merged = merge(base, found.text, new).text
    narratives.save_narrative(INCIDENT, merged, over=found.version)

    assert text_of(narratives) == "## Impact\n\nIt cost 7.\n\nWe were asleep.\n"


def test_an_object_that_is_not_utf_8_is_named_with_its_line(bucket: Any) -> None:
    bucket.put_object(Bucket="narratives", Key="odd/web.md", Body=b"one\ntwo \xff")

    with pytest.raises(CostSloError, match=r"s3://narratives/odd/web\.md:2: not UTF-8"):
        S3Narratives("narratives", bucket, prefix="odd").load_narrative("web")


def test_a_bucket_that_is_not_there_is_a_wrong_deployment(bucket: Any) -> None:
    nowhere = S3Narratives("nowhere", bucket)

    with pytest.raises(SettingsError, match="there is no bucket nowhere"):
        nowhere.load_narrative("web")
    with pytest.raises(SettingsError, match="there is no bucket nowhere"):
        nowhere.save_narrative("web", "", over=None)


def test_a_folder_that_cannot_be_one_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "narratives").write_text("")

    with pytest.raises(SourceError, match=r"narratives/web\.md: Not a directory"):
        NarrativeFiles(tmp_path / "narratives").load_narrative("web")


def text_of(narratives: Narratives) -> str:
    found = narratives.load_narrative(INCIDENT)
    assert found is not None
    return found.text


def version_of(narratives: Narratives) -> str:
    found = narratives.load_narrative(INCIDENT)
    assert found is not None
    return found.version
