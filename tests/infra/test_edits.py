# SPDX-License-Identifier: Apache-2.0
"""What does an edit do to what is deployed? CloudFormation's own schemas decide what it replaces.

`tests/golden/edits.txt` is the answer, edit by edit. Another `deployment` is another stack.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App
from aws_cdk.assertions import Template
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from infra.context import Context
from infra.stack import CostSloStack
from tests.checks.golden_files import assert_golden
from tests.infra.conftest import QUICKSTART

MONITOR = "AWS::CE::AnomalyMonitor"
ADOPTED = "arn:aws:ce::111122223333:anomalymonitor/0c4e1c2a-0000-4000-8000-000000000000"
# What is edited: it has monitors of tag values, and budgets.
DEPLOYED = {"scope": "organization", "budgets": True, "alert_emails": "oncall@example.com"}

ANOTHER_SLO = """
  - {name: search, product: search, owner: api, objective: {monthly: 100},
     scope: {tags: {product: [search]}}}
"""
IN_THE_SPEC = {
    "a comment": ("# Three cost SLOs", "# The cost SLOs"),
    "an amount": ("monthly: 4500", "monthly: 9000"),
    "an amount a unit": ("per_unit: 0.002", "per_unit: 0.1"),
    "an owner": ("owner: platform", "owner: payments"),
    "a name": ("name: promptlib-api", "name: promptlib-everything"),
    "a product": ("product: promptlib\n", "product: prompts\n"),
    "the currency": ("currency: USD", "currency: EUR"),
    "a service left out": ("[AWS Support (Business)]", "[AWS Support (Developer)]"),
    "another tag value": ("product: [promptlib]", "product: [promptlab]"),
    "one more tag value": ("product: [promptlib]", "product: [promptlib, promptlab]"),
    "another tag key": ("product: [promptlib]", "team: [promptlib]"),
    "one more SLO": ("slos:", f"slos:{ANOTHER_SLO}"),
}
OF_THE_VALUES: tuple[dict[str, Any], ...] = (
    {"scope": "account"},
    {"monitor_arn": ADOPTED},
    {"monitor_create": False},
    {"tag_monitors": False},
    {"anomaly_percentage": 40},
    {"anomaly_absolute": 100},
    {"alert_emails": "finops@example.com"},
    {"chat": True},
    {"channels_secret_id": "channels"},
    {"time_zone": "Europe/Berlin"},
    {"digest_hour": 7},
    {"ce_monthly_cap": 600},
    {"budgets": False},
    {"widget": False},
    {"customer_key": True},
    {"architecture": "x86_64"},
)
OF_A_MONITOR = {
    "MonitorName": "another",
    "MonitorType": "CUSTOM",
    "MonitorDimension": "LINKED_ACCOUNT",
    "MonitorSpecification": '{"Tags": {"Key": "team", "Values": ["search"]}}',
    "ResourceTags": [{"Key": "team", "Value": "finops"}],
}

Resources = dict[str, dict[str, Any]]
Effects = dict[str, list[dict[str, Any]]]
Deploy = Callable[..., Resources]


@pytest.fixture(scope="module")
def deploy(tmp_path_factory: pytest.TempPathFactory) -> Deploy:
    """The resources of a deployment, whose bundle carries the spec, as it does."""

    @cache
    def made(old: str = "", new: str = "", **values: Any) -> Resources:
        text = QUICKSTART.read_text("utf-8")
        assert old in text
        folder: Path = tmp_path_factory.mktemp("edited")
        (folder / "cost-slo.yaml").write_text(text.replace(old, new, 1))
        context = Context.model_validate({"spec": folder / "cost-slo.yaml", **DEPLOYED, **values})
        stack = CostSloStack(App(), context.deployment, context=context, bundle=folder)
        return dict(Template.from_stack(stack).to_json()["Resources"])

    return made


def effects(before: Resources, after: Resources) -> Effects:
    """What an update of the stack does to which resources; DependsOn and Metadata do nothing."""
    found: Effects = {"replaced": [], "added": [], "removed": [], "updated": []}
    for name in sorted(before.keys() | after.keys()):
        if name not in before:
            found["added"].append(after[name])
        elif name not in after:
            found["removed"].append(before[name])
        elif fixed(before[name]) != fixed(after[name]):
            found["replaced"].append(before[name])
        elif before[name].get("Properties") != after[name].get("Properties"):
            found["updated"].append(before[name])
    return found


def fixed(resource: dict[str, Any]) -> list[Any]:
    """The values that CloudFormation cannot change in place, for this type of resource."""
    return [reached(resource, path.split("/")[2:]) for path in create_only(resource["Type"])]


@cache
def create_only(kind: str) -> tuple[str, ...]:
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
    paths = (
        *schema.get("createOnlyProperties", ()),
        *schema.get("conditionalCreateOnlyProperties", ()),
    )
    return tuple(sorted(paths))


def reached(resource: dict[str, Any], path: list[str]) -> Any:
    value: Any = resource.get("Properties", {})
    for part in path:
        value = value.get(part, {})
    return value


def told(resources: list[dict[str, Any]]) -> str:
    names = Counter(
        f"monitor {each['Properties']['MonitorName']}"
        if each["Type"] == MONITOR
        else each["Type"].removeprefix("AWS::")
        for each in resources
    )
    return ", ".join(f"{times} {name}" if times > 1 else name for name, times in names.items())


def edited_monitor(deploy: Deploy) -> Iterator[tuple[str, Effects]]:
    """Each property of the monitor of services, changed in the template by hand."""
    (name,) = (each for each in deploy() if each.startswith("AnomalyDetectionServices"))
    for key, value in OF_A_MONITOR.items():
        after = deepcopy(deploy())
        after[name]["Properties"][key] = value
        yield key, effects(deploy(), after)


def every_edit(deploy: Deploy) -> Iterator[tuple[str, Effects]]:
    for edit, (old, new) in IN_THE_SPEC.items():
        yield f"spec: {edit}", effects(deploy(), deploy(old, new))
    for values in OF_THE_VALUES:
        ((name, value),) = values.items()
        yield f"-c {name}={json.dumps(value)}", effects(deploy(), deploy(**values))


def test_what_each_edit_does_is_what_was_read(deploy: Deploy) -> None:
    by_hand = ((f"template: {key}", done) for key, done in edited_monitor(deploy))
    lines = ["An organization's deployment with budgets, edited.\n"]
    for edit, done in (*every_edit(deploy), *by_hand):
        lines.append(edit)
        lines += [f"    {how}: {told(which)}" for how, which in done.items() if which]

    assert_golden("edits.txt", "\n".join(lines) + "\n")


def test_no_edit_of_the_spec_or_of_a_value_replaces_anything(deploy: Deploy) -> None:
    assert {edit: done["replaced"] for edit, done in every_edit(deploy) if done["replaced"]} == {}


@pytest.mark.parametrize(
    "edit", ["a comment", "an amount", "an amount a unit", "an owner", "a name", "a product"]
)
def test_an_edit_that_watches_nothing_else_touches_no_monitor(deploy: Deploy, edit: str) -> None:
    done = effects(deploy(), deploy(*IN_THE_SPEC[edit]))

    touched = {each["Type"] for which in done.values() for each in which}

    assert "AWS::Lambda::Function" in touched  # the spec travels in the bundle
    assert not touched & {MONITOR, "AWS::CE::AnomalySubscription"}


def test_what_a_monitor_is_made_of_replaces_it_and_its_name_does_not(deploy: Deploy) -> None:
    replaces = {key for key, done in edited_monitor(deploy) if done["replaced"]}

    assert OF_A_MONITOR.keys() - replaces == {"MonitorName"}


def test_no_edit_at_all_does_nothing(deploy: Deploy) -> None:
    again = deploy("currency: USD", "currency: USD")

    assert effects(deploy(), again) == {"replaced": [], "added": [], "removed": [], "updated": []}


def test_every_value_of_a_deployment_is_among_the_edits() -> None:
    edited = {name for values in OF_THE_VALUES for name in values}

    assert Context.model_fields.keys() - edited == {"spec", "deployment", "bundle"}
