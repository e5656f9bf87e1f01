# SPDX-License-Identifier: Apache-2.0
"""cost-slo: cost SLOs, error budgets and burn rates on cloud spend."""
