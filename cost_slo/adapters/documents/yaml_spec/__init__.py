# SPDX-License-Identifier: Apache-2.0
"""The spec as YAML, with the line of each mistake.

Door: source.
"""
