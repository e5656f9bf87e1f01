# SPDX-License-Identifier: Apache-2.0
"""Do a narrative's numbers still hold?

Door: check, corrections, proof_reader.
"""
