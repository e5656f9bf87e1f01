# SPDX-License-Identifier: Apache-2.0
"""Changes in the account, and those made shortly before a rise."""
