# SPDX-License-Identifier: Apache-2.0
"""Findings of the doctor, and what they are made from."""
