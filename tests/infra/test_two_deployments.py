# SPDX-License-Identifier: Apache-2.0
"""Do two products' stacks leave each other alone in one account?"""

import json
import re
from pathlib import Path
from typing import Any

from aws_cdk import App
from aws_cdk.assertions import Template

from infra.context import Context
from infra.stack import CostSloStack
from tests.checks.synthesis import Synthesised

ALARM = "AWS::CloudWatch::Alarm"
# Names that are another thing in each resource that has them.
SHARED = {"AttributeName", "MetricName", "PolicyName"}

ADOPTED = "arn:aws:ce::111122223333:anomalymonitor/0c4e1c2a"
ONE_PRODUCT = """\
apiVersion: cost-slo/v1
slos:
  - name: PRODUCT-spend
    product: PRODUCT
    owner: PRODUCT
    objective: {monthly: 100}
    scope: {tags: {product: [PRODUCT]}}
"""


def test_two_products_stacks_stand_in_one_account(bundle: Path, tmp_path: Path) -> None:
    app, made = App(), []
    for product, values in (("search", {}), ("weel", {"monitor_arn": ADOPTED})):
        spec = tmp_path / f"{product}.yaml"
        spec.write_text(ONE_PRODUCT.replace("PRODUCT", product))
        context = Context.model_validate(
            {"spec": spec, "deployment": product, "tag_monitors": True, "chat": True,
             "budgets": True, "customer_key": True, **values}
        )  # fmt: skip
        made.append(CostSloStack(app, product, context=context, bundle=bundle))

    one, other = (Synthesised(dict(Template.from_stack(each).to_json())) for each in made)

    named, named_there = (names(each.template["Resources"]) for each in (one, other))
    assert len(named) > 10
    assert not named & named_there
    assert (measured_as(one), measured_as(other)) == ({"search"}, {"weel"})
    assert "Export" not in json.dumps([one.template["Outputs"], other.template["Outputs"]])
    dimensions = [
        each.get("MonitorDimension")
        for stack in (one, other)
        for each in stack.of("AWS::CE::AnomalyMonitor").values()
    ]
    assert sorted(map(str, dimensions)) == ["None", "None", "SERVICE"]  # an account has one


def names(value: Any) -> set[str]:
    """The values of every key that ends in `Name`, however deep."""
    if isinstance(value, list):
        return {name for each in value for name in names(each)}
    if not isinstance(value, dict):
        return set()
    told = {key: each for key, each in value.items() if key != "Dimensions"}
    own = {
        each
        for key, each in told.items()
        if isinstance(each, str) and key.endswith("Name") and key not in SHARED
    }
    return own | names([*told.values()])


def measured_as(stack: Synthesised) -> set[str]:
    """The deployments that alarms read metrics of."""
    found = re.findall(r'"Name": "service", "Value": "([^"]+)"', json.dumps(stack.of(ALARM)))
    return set(found)
