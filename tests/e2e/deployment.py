# SPDX-License-Identifier: Apache-2.0
"""A deployment made by the CDK's own command line, and what is to be read of it."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.e2e.account import ACCOUNT, REGION, Account
from tests.e2e.placeholders import ARNS

# Where the CDK's command line and its Node are.
BIN = Path(sys.executable).parent

Resource = Mapping[str, Any]


class CdkError(Exception):
    """The command line failed: all that it said."""


@dataclass(frozen=True)
class Cdk:
    """The command line, pointed at an account."""

    account: Account
    root: Path
    context: Mapping[str, str]

    def __call__(self, *words: str) -> str:
        """Run a command on the app; what it printed. Raises CdkError."""
        context = [part for each in self.context.items() for part in ("-c", "=".join(each))]
        written = ["--output", str(self.account.folder / "cdk.out")]
        return self._run(self.root, *words, *context, *written)

    def _run(self, folder: Path, *words: str) -> str:
        command = [str(BIN / "cdk"), *words, "--no-notices", "--no-color"]
        ran = subprocess.run(
            command,
            cwd=folder,
            env=self._environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if ran.returncode:
            raise CdkError(f"{' '.join(command)}\n{ran.stdout}")
        return ran.stdout

    def bootstrap(self) -> str:
        """Prepare the account; where no app is, none is run."""
        return self._run(self.account.folder, "bootstrap", f"aws://{ACCOUNT}/{REGION}")

    def deploy(self) -> str:
        """Deploy whatever the app has."""
        return self("deploy", "--all", "--require-approval", "never", "--progress", "events")

    def diff(self) -> str:
        """What a deployment would change: of templates, as moto deletes no change set."""
        return self("diff", "--method", "template")

    def _environment(self) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("AWS_")}
        return {
            **kept,
            **self.account.administrator,
            "AWS_ENDPOINT_URL": self.account.url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CI": "true",
            "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(self.root),
        }


@dataclass(frozen=True)
class Stack:
    """What is deployed under a name."""

    account: Account
    name: str
    filled: dict[str, str] = field(default_factory=dict)
    """The physical ids of what the test made itself."""

    @cached_property
    def template(self) -> Mapping[str, Any]:
        """As it was deployed."""
        found = self.account.client("cloudformation").get_template(StackName=self.name)
        body = found["TemplateBody"]
        return dict(json.loads(body) if isinstance(body, str) else body)

    @property
    def resources(self) -> Mapping[str, Resource]:
        """Those of the template, by logical id."""
        return dict(self.template["Resources"])

    @cached_property
    def physical(self) -> dict[str, str]:
        """The physical id of each resource that moto made, by logical id."""
        found = self.account.client("cloudformation").describe_stack_resources(StackName=self.name)
        made = {
            each["LogicalResourceId"]: each["PhysicalResourceId"]
            for each in found["StackResources"]
            if each.get("PhysicalResourceId")
        }
        return {**made, **self.filled}

    def of_type(self, kind: str) -> dict[str, Resource]:
        """The resources of a type, by logical id."""
        return {name: each for name, each in self.resources.items() if each["Type"] == kind}

    def resolved(self, value: Any) -> Any:
        """A value of the template with what was deployed in the place of each reference."""
        match value:
            case list():
                return [self.resolved(each) for each in value]
            case {"Ref": name}:
                found = self._pseudo(name) or self.physical[name]
            case {"Fn::GetAtt": [name, attribute]}:
                found = self.attribute(name, attribute)
            case {"Fn::Join": [separator, parts]}:
                found = separator.join(str(self.resolved(each)) for each in parts)
            case {"Fn::FindInMap": [mapping, *keys]}:
                first, second = self.resolved(keys)
                found = self.template["Mappings"][mapping][first][second]
            case {"Fn::Sub": str(text)}:
                found = self._substituted(text)
            case dict():
                return {key: self.resolved(each) for key, each in value.items()}
            case _:
                return value
        return found

    def _pseudo(self, name: str) -> str | None:
        return {
            "AWS::AccountId": ACCOUNT,
            "AWS::Partition": "aws",
            "AWS::Region": REGION,
            "AWS::StackName": self.name,
            "AWS::URLSuffix": "amazonaws.com",
        }.get(name)

    def _substituted(self, text: str) -> str:
        for name in ("AWS::AccountId", "AWS::Partition", "AWS::Region", "AWS::URLSuffix"):
            text = text.replace(f"${{{name}}}", str(self._pseudo(name)))
        return text

    def attribute(self, logical: str, attribute: str) -> str:
        """What `Fn::GetAtt` says of a resource."""
        kind, name = self.resources[logical]["Type"], self.physical[logical]
        if kind in ARNS:
            is_arn = name.startswith("arn:")
            return name if is_arn else ARNS[kind].format(account=ACCOUNT, region=REGION, name=name)
        if attribute in {"QueueName", "TopicName", "RoleName"}:
            return name.rpartition("/")[2].rpartition(":")[2]
        return {
            "AWS::DynamoDB::Table": f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}",
            "AWS::IAM::Role": f"arn:aws:iam::{ACCOUNT}:role/{name}",
            "AWS::Lambda::Function": f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}",
            "AWS::Logs::LogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{name}:*",
            "AWS::S3::Bucket": f"arn:aws:s3:::{name}",
            "AWS::SNS::Topic": name,
            "AWS::SQS::Queue": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name.rpartition('/')[2]}",
        }[kind]

    def unpacked(self, function: str, into: Path) -> Path:
        """The function's code, as it was uploaded, in a folder."""
        code = self.resolved(self.resources[function]["Properties"]["Code"])
        folder = into / str(code["S3Key"]).removesuffix(".zip")
        if not folder.exists():
            stored = self.account.client("s3").get_object(
                Bucket=code["S3Bucket"], Key=code["S3Key"]
            )
            zipfile.ZipFile(io.BytesIO(stored["Body"].read())).extractall(folder)
        return folder
