# SPDX-License-Identifier: Apache-2.0
"""The sections of a narrative.

Door: agenda, anomaly_story, index, proof, sections, timeline.
"""
