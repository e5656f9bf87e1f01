# SPDX-License-Identifier: Apache-2.0
"""An incident's life, folded from its events."""
