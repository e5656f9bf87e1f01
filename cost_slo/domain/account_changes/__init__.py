# SPDX-License-Identifier: Apache-2.0
"""What was changed in the account, and what came before a rise."""
