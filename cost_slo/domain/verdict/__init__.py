# SPDX-License-Identifier: Apache-2.0
"""How an SLO stands at an instant.

Door: assessment, burn_down, calibration, decision, document, figures, metrics, standing.
"""
