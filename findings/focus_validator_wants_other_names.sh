#!/bin/sh
# A row with every column of FOCUS 1.0 by its published name, given to the validator of the format.
#
# Guess:    `focus-validator --validate-version 1.0` finds nothing.
# Packages: focus_validator 1.0.0; multimethod 1.12, since with a newer one it cannot be imported
# Does:     it wants Provider, Publisher, InvoiceIssuer and ResourceID, the names before 1.0, and looks
#           for ChargeType. Account ids of digits only, as all of AWS are, are "not a string", since its
#           CSV reader has made numbers of them. And it ends with "Validation failed!" and exit code 0,
#           so a pipeline never stops on it.
# Seen:     the six complaints below, exit code 0
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check focus_validator==1.0.0 multimethod==1.12
v/bin/python - <<'PY'
import csv
import subprocess
import sys

row = dict(
    AvailabilityZone="us-east-1a", BilledCost="0.1", BillingAccountId="123456789012",
    BillingAccountName="Shop", BillingCurrency="USD", BillingPeriodEnd="2026-10-01T00:00:00Z",
    BillingPeriodStart="2026-09-01T00:00:00Z", ChargeCategory="Usage", ChargeClass="NULL",
    ChargeDescription="an hour", ChargeFrequency="Usage-Based",
    ChargePeriodEnd="2026-09-02T00:00:00Z", ChargePeriodStart="2026-09-01T00:00:00Z",
    CommitmentDiscountCategory="NULL", CommitmentDiscountId="NULL", CommitmentDiscountName="NULL",
    CommitmentDiscountStatus="NULL", CommitmentDiscountType="NULL", ConsumedQuantity="1.5",
    ConsumedUnit="Hours", ContractedCost="0.1", ContractedUnitPrice="0.1", EffectiveCost="0.1",
    InvoiceIssuerName="AWS", ListCost="0.1", ListUnitPrice="0.1", PricingCategory="Standard",
    PricingQuantity="1.5", PricingUnit="Hours", ProviderName="AWS", PublisherName="AWS",
    RegionId="us-east-1", RegionName="N. Virginia", ResourceId="i-1", ResourceName="web",
    ResourceType="Instance", ServiceCategory="Compute", ServiceName="Amazon EC2", SkuId="s",
    SkuPriceId="p", SubAccountId="123456789012", SubAccountName="Shop", Tags='{"env": "prod"}',
)
with open("bill.csv", "w", newline="") as out:
    writer = csv.DictWriter(out, row)
    writer.writeheader()
    writer.writerow(row)
command = "v/bin/focus-validator --validate-version 1.0 --data-file bill.csv".split()
done = subprocess.run(command, capture_output=True, text=True)
wanted = [
    "Provider_Required failed", "Publisher_Required failed", "InvoiceIssuer_Required failed",
    "ResourceID_Required failed", "BillingAccountId_IsString failed", 'KeyError("ChargeType")',
]
said = [complaint for complaint in wanted if complaint in done.stdout + done.stderr]
print(done.returncode, said)
sys.exit(done.returncode != 0 or said != wanted)
PY
