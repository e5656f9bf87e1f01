# SPDX-License-Identifier: Apache-2.0
"""Blame in a postmortem, and what it leaves out.

Door: blame, completeness, finding, lint, phrases.
"""
