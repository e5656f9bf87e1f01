# SPDX-License-Identifier: Apache-2.0
"""The parts of the stack, a resource each."""
