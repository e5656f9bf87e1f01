# SPDX-License-Identifier: Apache-2.0
"""What was changed in an AWS account: CloudTrail and CloudFormation.

Door: all_sources, cloudformation, cloudtrail.
"""
