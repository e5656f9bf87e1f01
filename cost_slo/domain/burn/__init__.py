# SPDX-License-Identifier: Apache-2.0
"""The error budget, how fast it is used, and which rule fires."""
