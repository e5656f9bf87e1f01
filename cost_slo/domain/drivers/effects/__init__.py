# SPDX-License-Identifier: Apache-2.0
"""How much of a change is usage, mix, price or something new.

Door: effects, unit_effects.
"""
