# SPDX-License-Identifier: Apache-2.0
"""Which parts of the spend changed, since when and why, in dollars that add up.

Door: breakdown, comparable, comparable_periods, document, inflection, movers, segment_movers,
sentences, what_changed.
"""
