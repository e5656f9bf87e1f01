# SPDX-License-Identifier: Apache-2.0
"""One relation over all files, and the sums that are read from it.

Door: bad_rows, cell_notes, cells, compared, contents, coverage, cube, daily, overlap, relation,
scope_sql.
"""
