#!/bin/sh
# A made CUR with one hourly instance under a Savings Plan, the usual test bill of cost tools.
#
# Guess:    covered usage comes with its SavingsPlanNegation and the plan's fee, as in AWS's reports, so
#           that the unblended total is what is billed.
# Package:  koku-nise 5.4.4
# Does:     only covered usage: the unblended total of a day is the on-demand price, 24.00, where the
#           plan costs 14.40 and AWS would bill the fee. Covered usage says pricing term OnDemand and
#           has no plan's ARN, and its times are "2026-09-28 00:00:00+00:00" beside columns with "Z".
# Seen:     {'SavingsPlanCoveredUsage': 24}, 24.0 unblended, 14.4 effective, '' for the ARN
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check koku-nise==5.4.4
cat > one.yml <<'YAML'
generators:
  - EC2Generator:
      processor_arch: 64-bit
      resource_id: "55555555"
      product_sku: VEAJHRNKTJQQ
      region: us-east-1a
      tags: {resourceTags/user:env: prod}
      instance_type: {inst_type: m5.large, vcpu: '2', memory: '8 GiB', storage: 'EBS Only',
        family: General Purpose, cost: 1.0, rate: 1.0, saving: 0.6}
accounts: {payer: 123456789012, user: [123456789012]}
YAML
v/bin/nise report aws -s 2026-09-28 -e 2026-09-29 -w --static-report-file one.yml > /dev/null 2>&1
v/bin/python - <<'PY'
import collections
import csv
import glob
import sys

with open(glob.glob("September-2026-*.csv")[0]) as bill:
    rows = [row for row in csv.DictReader(bill) if "2026-09-28 " in row["lineItem/UsageStartDate"]]
kinds = dict(collections.Counter(row["lineItem/LineItemType"] for row in rows))
seen = [
    kinds,
    sum(float(row["lineItem/UnblendedCost"]) for row in rows),
    round(sum(float(row["savingsPlan/SavingsPlanEffectiveCost"]) for row in rows), 6),
    rows[0]["savingsPlan/SavingsPlanArn"],
    rows[0]["pricing/term"],
    rows[0]["lineItem/UsageStartDate"],
]
print(seen)
first = "2026-09-28 00:00:00+00:00"
sys.exit(seen != [{"SavingsPlanCoveredUsage": 24}, 24.0, 14.4, "", "OnDemand", first])
PY
