# SPDX-License-Identifier: Apache-2.0
"""Stand-ins that tests may use, those of this project and others."""
