# SPDX-License-Identifier: Apache-2.0
"""The document in which cost SLOs are promised."""
