# SPDX-License-Identifier: Apache-2.0
"""The pure core: no clock, no environment, no files, no network."""
