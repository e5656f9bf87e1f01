# SPDX-License-Identifier: Apache-2.0
"""Messages from AWS Cost Anomaly Detection, and feedback to it."""
