# SPDX-License-Identifier: Apache-2.0
"""Where does a deployment keep the narratives that people edit?

One object an incident, `PREFIX/INCIDENT.md`, in a versioned bucket that infrastructure makes. A
narrative is written only over the version it was merged with, so no edit is ever lost. The role
needs `s3:ListBucket`, too: without it S3 says of an absent object that it is denied.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from cost_slo.adapter_kit.aws_calls import calling
from cost_slo.domain.errors import CostSloError, SettingsError, StateConflictError
from cost_slo.ports import Narrative

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

_ABSENT = frozenset({"404", "NoSuchKey"})
CHANGED = frozenset({"409", "412", "ConditionalRequestConflict", "PreconditionFailed", *_ABSENT})


class S3Narratives:
    """The Narratives in a bucket."""

    def __init__(self, bucket: str, client: S3Client, *, prefix: str = "narratives") -> None:
        """`client` is of the bucket's region."""
        self._bucket = bucket
        self._client: Any = client
        self._prefix = prefix

    def load_narrative(self, incident: str) -> Narrative | None:
        """The text as it stands; None where there is none yet."""
        key = self._key(incident)
        with calling("s3:GetObject"):
            try:
                found = self._client.get_object(Bucket=self._bucket, Key=key)
                raw = found["Body"].read()
            except ClientError as error:
                if _code(error) in _ABSENT:
                    return None
                raise self._translated(error) from None
        try:
            return Narrative(raw.decode(), found["ETag"])
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            message = f"{self.place(incident)}:{line}: not UTF-8; save it as UTF-8, then run again"
            raise CostSloError(message) from error

    def save_narrative(self, incident: str, text: str, *, over: str | None) -> None:
        """Write where what is there still is the version `over`, or nothing where that is None."""
        key = self._key(incident)
        condition = {"IfNoneMatch": "*"} if over is None else {"IfMatch": over}
        with calling("s3:PutObject"):
            try:
                self._client.put_object(
                    Bucket=self._bucket,
                    Key=key,
                    Body=text.encode(),
                    ContentType="text/markdown; charset=utf-8",
                    **condition,
                )
            except ClientError as error:
                if _code(error) in CHANGED:
                    raise StateConflictError(
                        f"{self.place(incident)} was edited since it was read; merge again"
                    ) from None
                raise self._translated(error) from None

    def _key(self, incident: str) -> str:
        return f"{self._prefix}/{incident}.md"

    def place(self, incident: str) -> str:
        """Where the narrative is: `s3://BUCKET/PREFIX/INCIDENT.md`."""
        return f"s3://{self._bucket}/{self._key(incident)}"

    def _translated(self, error: ClientError) -> Exception:
        if _code(error) == "NoSuchBucket":
            return SettingsError(f"there is no bucket {self._bucket}; deploy it, or name another")
        return error


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
