# SPDX-License-Identifier: Apache-2.0
"""The commands `cost-slo postmortem ...`.

Door: draft, lint, sync.
"""
