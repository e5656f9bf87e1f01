# SPDX-License-Identifier: Apache-2.0
"""One file per outside thing; foreign names, errors and types stop here."""
