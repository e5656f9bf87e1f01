# SPDX-License-Identifier: Apache-2.0
"""The blameless narrative: facts, text, edits, verification, lint."""
