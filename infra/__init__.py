# SPDX-License-Identifier: Apache-2.0
"""What is deployed into an account: one stack, and the one bundle its functions run."""
