# SPDX-License-Identifier: Apache-2.0
"""History replayed through a ladder."""
