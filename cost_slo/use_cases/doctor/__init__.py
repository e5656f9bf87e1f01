# SPDX-License-Identifier: Apache-2.0
"""Check a spec, a state and an account before they are relied on."""
