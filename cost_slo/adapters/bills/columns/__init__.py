# SPDX-License-Identifier: Apache-2.0
"""Which column of a file means what in FOCUS, in every spelling and type.

Door: cur, focus, hints, shape, us_dates, values_sql.
"""
