# SPDX-License-Identifier: Apache-2.0
"""The state in one DynamoDB table.

Door: store.
"""
