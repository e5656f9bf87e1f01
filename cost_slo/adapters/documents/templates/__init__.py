# SPDX-License-Identifier: Apache-2.0
"""The shipped Jinja templates.

Door: renderer.
"""
