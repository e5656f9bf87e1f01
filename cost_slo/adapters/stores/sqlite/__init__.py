# SPDX-License-Identifier: Apache-2.0
"""The state in one SQLite file.

Door: store.
"""
