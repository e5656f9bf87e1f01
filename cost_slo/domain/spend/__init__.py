# SPDX-License-Identifier: Apache-2.0
"""What was charged, as it was read and as it is remembered."""
