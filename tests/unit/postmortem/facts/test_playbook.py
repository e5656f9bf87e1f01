# SPDX-License-Identifier: Apache-2.0
"""Which mitigations fit a rise, and what would they save at most?"""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from cost_slo.adapters.documents.yaml_playbooks import shipped_playbooks
from cost_slo.domain.drivers.movers import MoverKind
from cost_slo.domain.postmortem.facts.playbook import Playbook, Rise, candidates

VPC = (("service", "Amazon Virtual Private Cloud"),)


def rise(
    *where: tuple[str, str], before: str = "30", after: str = "110", kind: MoverKind = MoverKind.UP
) -> Rise:
    return Rise("a part of the bill", where or VPC, Decimal(before), Decimal(after), kind)


ENDPOINT = Playbook(
    name="endpoint",
    services=("*virtual private*",),
    usage_types=(),
    kinds=(MoverKind.UP,),
    mitigation="Use an endpoint",
    share=Decimal("0.5"),
    because="half of it",
    action="{what} back under {target} a day by {due}",
    source="a page",
)


def playbook(name: str = "endpoint", **changes: Any) -> Playbook:
    return replace(ENDPOINT, name=name, **changes)


def names(found: Rise, *playbooks: Playbook, most: int = 9) -> list[str]:
    return [item.playbook.name for item in candidates([found], playbooks, most=most)]


def test_a_playbook_fits_by_service_without_regard_to_case() -> None:
    assert names(rise(), playbook()) == ["endpoint"]
    assert names(rise(("service", "Amazon S3")), playbook()) == []


def test_a_playbook_fits_only_the_kinds_it_names() -> None:
    assert names(rise(kind=MoverKind.NEW), playbook()) == []


def test_a_usage_type_that_is_known_must_match() -> None:
    bytes_only = playbook(usage_types=("*NatGateway-Bytes*",))

    assert names(rise(*VPC, ("meter", "USE1-NatGateway-Bytes")), bytes_only) == ["endpoint"]
    assert names(rise(*VPC, ("meter", "USE1-NatGateway-Hours")), bytes_only) == []


def test_a_usage_type_that_is_not_known_leaves_something_to_look_up() -> None:
    (found,) = candidates([rise()], [playbook(usage_types=("*Bytes*",))])

    assert not found.is_sure


def test_a_saving_is_the_share_of_what_the_rise_adds_a_day() -> None:
    (found,) = candidates([rise()], [playbook()])

    assert found.saves == Decimal(40)  # half of 110 - 30


def test_sure_candidates_stand_first_then_the_larger_saving_then_the_order_given() -> None:
    unsure = playbook("unsure", usage_types=("*Bytes*",), share=Decimal(1))
    small, large = playbook("small"), playbook("large", share=Decimal("0.9"))

    assert names(rise(), unsure, small, large) == ["large", "small", "unsure"]
    assert names(rise(), small, playbook("same"), most=1) == ["small"]


@pytest.mark.parametrize(
    ("where", "name"),
    [
        (
            (("service", "Amazon Virtual Private Cloud"), ("meter", "USE1-NatGateway-Bytes")),
            "nat-gateway-endpoint",
        ),
        ((("service", "AmazonEC2"), ("meter", "BoxUsage:m5.large")), "stop-idle-instances"),
        ((("service", "AWS Lambda"),), "recursion-guard"),
        ((("service", "Amazon S3"), ("meter", "Requests-Tier1")), "object-requests"),
        (
            (("service", "Amazon Simple Storage Service"), ("meter", "TimedStorage-ByteHrs")),
            "object-lifecycle",
        ),
        ((("service", "Amazon Athena"), ("meter", "USE1-DataScannedInTB")), "query-optimisation"),
        ((("service", "Claude Sonnet (Amazon Bedrock Edition)"),), "model-downgrade"),
        ((("service", "AmazonCloudWatch"), ("meter", "TimedStorage-ByteHrs")), "log-retention"),
        ((("service", "AWS Config"),), "config-recording"),
        ((("service", "A service nobody knows"),), None),
    ],
)
def test_the_shipped_playbooks_know_the_usual_rises(
    where: tuple[tuple[str, str], ...], name: str | None
) -> None:
    found = names(rise(*where), *shipped_playbooks())

    assert (found[0] if found else None) == name


def test_what_is_new_may_be_switched_off_whatever_it_is() -> None:
    new = rise(("service", "A service nobody knows"), before="0", kind=MoverKind.NEW)

    assert names(new, *shipped_playbooks()) == ["switch-off-new"]


def test_a_share_that_no_vendor_s_page_states_is_told_as_assumed() -> None:
    assumed = {item.name for item in shipped_playbooks() if "assumed" in item.because}

    assert assumed == {
        "savings-plan-containers",
        "savings-plan-functions",
        "function-memory",
        "query-optimisation",
    }


def test_a_savings_plan_saves_less_on_functions_than_on_machines() -> None:
    meters = (("Amazon Elastic Compute Cloud", "BoxUsage:m5"), ("AWS Lambda", "Lambda-GB-Second"))
    rises = [rise(("service", service), ("meter", meter)) for service, meter in meters]

    shares = [
        item.playbook.share
        for item in candidates(rises, shipped_playbooks(), most=9)
        if item.playbook.name.startswith("savings-plan")
    ]

    assert shares == [Decimal("0.66"), Decimal("0.17")]
