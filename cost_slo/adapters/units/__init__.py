# SPDX-License-Identifier: Apache-2.0
"""Where units of a unit cost are read from."""
