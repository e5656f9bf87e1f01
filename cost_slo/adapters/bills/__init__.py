# SPDX-License-Identifier: Apache-2.0
"""Bills in files: FOCUS, AWS CUR and saved Cost Explorer responses, read through DuckDB.

Door: engine, source.
"""
