# SPDX-License-Identifier: Apache-2.0
"""Read through ports, call the domain, write through ports."""
