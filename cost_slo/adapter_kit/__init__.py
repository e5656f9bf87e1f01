# SPDX-License-Identifier: Apache-2.0
"""What two adapters share and the domain must not know."""
