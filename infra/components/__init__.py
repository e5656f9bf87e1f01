# SPDX-License-Identifier: Apache-2.0
"""The parts of the stack: each takes typed values and shows the resource it is about."""
