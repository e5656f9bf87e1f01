# SPDX-License-Identifier: Apache-2.0
"""Files people write or read: specs, policies, playbooks, rules, narratives."""
