# SPDX-License-Identifier: Apache-2.0
"""What tests may use, ours and others': stand-ins for what a test cannot have."""
