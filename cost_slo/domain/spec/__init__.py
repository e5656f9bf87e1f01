# SPDX-License-Identifier: Apache-2.0
"""The document that defines cost SLOs."""
