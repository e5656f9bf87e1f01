# SPDX-License-Identifier: Apache-2.0
"""What the product is measured by: run with `python -m benchmarks.NAME`."""
