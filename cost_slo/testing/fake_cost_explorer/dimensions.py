# SPDX-License-Identifier: Apache-2.0
"""What does a charge say for each dimension of Cost Explorer?

An SQL expression over the columns of a charge, never NULL. A value that FOCUS bills lack is
the word Cost Explorer uses for nothing: `NoInstanceType`.
"""

from __future__ import annotations

from cost_slo.testing.fake_cost_explorer.refusal import invalid

_SAVINGS_PLAN = (
    "(coalesce(charge_description, '') ILIKE '%savings plan%' "
    "OR coalesce(service_name, '') ILIKE '%savings plan%')"
)
_SUPPORT = (
    "(coalesce(charge_description, '') ILIKE '%support%' "
    "OR coalesce(service_name, '') ILIKE '%support%')"
)
# Of a charge, before it is in the table; a usage charge that does not accrue is a fee.
RECORD_TYPE_SQL = f"""CASE
    WHEN charge_category = 'Tax' THEN 'Tax'
    WHEN charge_category = 'Credit' THEN 'Credit'
    WHEN charge_category = 'Adjustment' THEN 'Refund'
    WHEN charge_category = 'Usage' AND coalesce(charge_frequency, 'Usage-Based') = 'Usage-Based'
        THEN 'Usage'
    WHEN charge_category = 'Purchase' AND {_SUPPORT} THEN 'Support fee'
    WHEN charge_category = 'Purchase' AND {_SAVINGS_PLAN}
        THEN CASE WHEN charge_frequency = 'One-Time' THEN 'Savings Plan Upfront Fee'
        ELSE 'Savings Plan Recurring Fee' END
    WHEN charge_category = 'Purchase' AND charge_frequency = 'One-Time'
        THEN 'Upfront reservation fee'
    ELSE 'Recurring reservation fee' END"""

FROM_THE_BILL = {
    "SERVICE": "coalesce(service_name, '')",
    "LINKED_ACCOUNT": "coalesce(sub_account_id, '')",
    "REGION": "coalesce(region_id, 'NoRegion')",
    "USAGE_TYPE": "coalesce(sku_meter, 'NoUsageType')",
    "RECORD_TYPE": "record_type",
    "RESOURCE_ID": "coalesce(resource_id, 'NoResourceId')",
    "BILLING_ENTITY": "coalesce(provider_name, 'AWS')",
    "LEGAL_ENTITY_NAME": "coalesce(provider_name, 'AWS')",
    "INVOICING_ENTITY": "coalesce(provider_name, 'AWS')",
}
_NOTHING = {
    "AZ": "NoAZ",
    "INSTANCE_TYPE": "NoInstanceType",
    "OPERATION": "NoOperation",
    "PURCHASE_TYPE": "NoPurchaseType",
    "PLATFORM": "NoPlatform",
    "TENANCY": "NoTenancy",
    "DEPLOYMENT_OPTION": "NoDeploymentOption",
    "DATABASE_ENGINE": "NoDatabaseEngine",
    "CACHE_ENGINE": "NoCacheEngine",
    "INSTANCE_TYPE_FAMILY": "NoInstanceTypeFamily",
    "OPERATING_SYSTEM": "NoOperatingSystem",
    "USAGE_TYPE_GROUP": "NoUsageTypeGroup",
    "PAYER_ACCOUNT": "NoPayerAccount",
    "SCOPE": "NoScope",
    "SUBSCRIPTION_ID": "NoSubscriptionId",
    "RESERVATION_ID": "NoReservationId",
    "SAVINGS_PLANS_TYPE": "NoSavingsPlansType",
    "SAVINGS_PLAN_ARN": "NoSavingsPlanArn",
    "PAYMENT_OPTION": "NoPaymentOption",
}
GROUPABLE = (
    "AZ",
    "INSTANCE_TYPE",
    "LINKED_ACCOUNT",
    "OPERATION",
    "PURCHASE_TYPE",
    "SERVICE",
    "USAGE_TYPE",
    "PLATFORM",
    "TENANCY",
    "RECORD_TYPE",
    "LEGAL_ENTITY_NAME",
    "INVOICING_ENTITY",
    "DEPLOYMENT_OPTION",
    "DATABASE_ENGINE",
    "CACHE_ENGINE",
    "INSTANCE_TYPE_FAMILY",
    "REGION",
    "BILLING_ENTITY",
    "RESERVATION_ID",
    "SAVINGS_PLANS_TYPE",
    "SAVINGS_PLAN_ARN",
    "OPERATING_SYSTEM",
)

IS_BEDROCK = "(coalesce(service_name, '') ILIKE '%bedrock%')"
_TOKENS = r"'^(.*?)-(input|output)-tokens$'"
_MODEL = f"regexp_extract(coalesce(sku_meter, ''), {_TOKENS}, 1)"
_MAKERS = f"""CASE WHEN {_MODEL} LIKE 'nova%' OR {_MODEL} LIKE 'titan%' THEN 'Amazon'
    WHEN {_MODEL} LIKE 'claude%' THEN 'Anthropic' WHEN {_MODEL} LIKE 'llama%' THEN 'Meta'
    WHEN {_MODEL} LIKE 'mistral%' THEN 'Mistral AI' ELSE '' END"""
PRODUCT_ATTRIBUTES = {
    "model": _MODEL,
    "provider": _MAKERS,
    "inferenceType": f"CASE regexp_extract(coalesce(sku_meter, ''), {_TOKENS}, 2) "
    "WHEN 'input' THEN 'Input tokens' WHEN 'output' THEN 'Output tokens' ELSE '' END",
    "feature": f"CASE WHEN {_MODEL} <> '' THEN 'On-demand Inference' ELSE '' END",
}


def dimension(name: str) -> str:
    """The expression of a dimension that costs can be filtered by."""
    if name in FROM_THE_BILL:
        return FROM_THE_BILL[name]
    if name in _NOTHING:
        return f"'{_NOTHING[name]}'"
    raise invalid(f"Dimension {name} is not supported for this operation")


def product_attribute(key: str) -> str:
    """The expression of a product attribute, '' for no value; an unknown key has none."""
    attribute = PRODUCT_ATTRIBUTES.get(key, "''")
    return f"CASE WHEN {IS_BEDROCK} THEN {attribute} ELSE '' END"
