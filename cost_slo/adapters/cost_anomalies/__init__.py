# SPDX-License-Identifier: Apache-2.0
"""What does AWS Cost Anomaly Detection say, and what do we tell it?"""
