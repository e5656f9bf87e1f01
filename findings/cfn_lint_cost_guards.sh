#!/bin/sh
# A template of cost guards, each with a mistake that only AWS would tell, at deployment.
#
# Guess:    cfn-lint knows the values: a budget has no week, JSON in a property must at least be JSON.
# Package:  cfn-lint 1.58.0
# Does:     no finding, exit code 0. The schemas have these as free text: TimeUnit WEEKLY, a unit that is
#           no currency, JSON cut short twice, a FOCUS version and a granularity that do not exist. It does
#           know Frequency and OutputType.
# Seen:     nothing and 0; with Frequency HOURLY E3030 and 2
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
python3 -m venv v
v/bin/pip install -q --disable-pip-version-check cfn-lint==1.58.0
cat > guards.yaml <<'YAML'
Resources:
  Monitor:
    Type: AWS::CE::AnomalyMonitor
    Properties: {MonitorName: m, MonitorType: CUSTOM, MonitorSpecification: '{"Tags": {"Key": "team"'}
  Subscription:
    Type: AWS::CE::AnomalySubscription
    Properties:
      SubscriptionName: s
      Frequency: IMMEDIATE
      MonitorArnList: [!GetAtt Monitor.MonitorArn]
      ThresholdExpression: '{"Dimensions": {"Key": "ANOMALY_IMPACT"'
      Subscribers: [{Type: EMAIL, Address: team@example.com}]
  Budget:
    Type: AWS::Budgets::Budget
    Properties:
      Budget: {BudgetType: COST, TimeUnit: WEEKLY, BudgetLimit: {Amount: 1000, Unit: DOLLARS}}
  Export:
    Type: AWS::BCMDataExports::Export
    Properties:
      Export:
        Name: focus
        DataQuery:
          QueryStatement: SELECT BilledCosts FROM FOCUS_9_9_AWS
          TableConfigurations: {COST_AND_USAGE_REPORT: {TIME_GRANULARITY: WEEKLY}}
        DestinationConfigurations:
          S3Destination:
            S3Bucket: bills
            S3Prefix: focus
            S3Region: us-east-1
            S3OutputConfigurations:
              {OutputType: CUSTOM, Format: PARQUET, Compression: PARQUET, Overwrite: OVERWRITE_REPORT}
        RefreshCadence: {Frequency: SYNCHRONOUS}
YAML
found=$(v/bin/cfn-lint guards.yaml) || { echo "now found: $found"; exit 1; }
[ -z "$found" ]
sed -i 's/Frequency: IMMEDIATE/Frequency: HOURLY/' guards.yaml
if found=$(v/bin/cfn-lint guards.yaml); then exit 1; fi
echo "$found" | grep E3030
