# SPDX-License-Identifier: Apache-2.0
"""Generated bills in the shapes that people have, with known sums and known troubles."""
