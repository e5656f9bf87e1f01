# SPDX-License-Identifier: Apache-2.0
"""The daily digest: how every SLO stands, worst first."""
