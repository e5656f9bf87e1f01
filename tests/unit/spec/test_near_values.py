# SPDX-License-Identifier: Apache-2.0
"""Which of a bill's values a person may have meant."""

import pytest

from cost_slo.domain.spec.near_values import nearest

SERVICES = (
    "Amazon Relational Database Service",
    "Amazon Elastic Compute Cloud",
    "Amazon Simple Storage Service",
    "AWS Lambda",
    "Amazon Virtual Private Cloud",
    "AmazonCloudWatch",
    "Amazon EC2 Container Registry (ECR)",
    "AWS Key Management Service",
    "Amazon Simple Queue Service",
    "Amazon Redshift",
    "Virtual Machines",
)


@pytest.mark.parametrize(
    ("wanted", "meant"),
    [
        ("AmazonRDS", "Amazon Relational Database Service"),
        ("rds", "Amazon Relational Database Service"),
        ("EC2", "Amazon Elastic Compute Cloud"),
        ("AmazonEC2", "Amazon Elastic Compute Cloud"),
        ("Amazon Elastic Compute Cloud - Compute", "Amazon Elastic Compute Cloud"),
        ("AmazonS3", "Amazon Simple Storage Service"),
        ("AWSLambda", "AWS Lambda"),
        ("lambda", "AWS Lambda"),
        ("AmazonVPC", "Amazon Virtual Private Cloud"),
        ("Amazon CloudWatch", "AmazonCloudWatch"),
        ("AmazonECR", "Amazon EC2 Container Registry (ECR)"),
        ("awskms", "AWS Key Management Service"),
        ("AWSQueueService", "Amazon Simple Queue Service"),
        ("Redshfit", "Amazon Redshift"),
        ("virtual-machines", "Virtual Machines"),
        (" amazon redshift ", "Amazon Redshift"),
    ],
)
def test_a_service_is_recognised_by_its_code_or_another_spelling(wanted: str, meant: str) -> None:
    assert nearest(wanted, SERVICES) == (meant,)


@pytest.mark.parametrize(
    ("wanted", "known"),
    [
        ("Amazon Relational Database Service", "AmazonRDS"),
        ("012345678901", "12345678901"),
        ("0123-4567-8901", "012345678901"),
        ("12345678901.0", "012345678901"),
        ("eu-west-1a", "eu-west-1"),
        ("user:team", "team"),
        ("Team", "aws:team"),
        ("cost center", "CostCenter"),
        ("cost_center", "cost-center"),
        ("prodction", "production"),
    ],
)
def test_a_value_is_recognised_in_the_bills_own_spelling(wanted: str, known: str) -> None:
    assert nearest(wanted, ["something else", known]) == (known,)


@pytest.mark.parametrize("wanted", ["", "x", "--", "AWS", "nothing alike", "9" * 50])
def test_what_is_like_nothing_has_no_nearest(wanted: str) -> None:
    assert nearest(wanted, ("production", "AWS Lambda", "", "eu-west-1", "1")) == ()


def test_the_same_word_in_other_letter_case_comes_before_one_that_only_resembles_it() -> None:
    assert nearest("Search", ["searches", "SEARCH", "search"]) == ("SEARCH", "search")
