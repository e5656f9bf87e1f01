# SPDX-License-Identifier: Apache-2.0
"""Action items of incidents."""
