# SPDX-License-Identifier: Apache-2.0
"""An AWS account's own configuration, read with calls that are free.

Door: changes, look.
"""
