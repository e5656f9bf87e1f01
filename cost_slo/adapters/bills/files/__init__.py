# SPDX-License-Identifier: Apache-2.0
"""Which files are the bill: listed, recognised, whole, in one version.

Door: ce_response, detect, exports, formats, json_rows, listing, manifests.
"""
