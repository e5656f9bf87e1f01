# SPDX-License-Identifier: Apache-2.0
"""Where the ledger, incidents and outbox are kept."""
