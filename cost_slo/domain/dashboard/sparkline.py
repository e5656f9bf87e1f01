# SPDX-License-Identifier: Apache-2.0
"""A burn-down as a small SVG chart.

A solid line shows the budget left at the end of each day, a dashed one a budget used up evenly (a
burn of 1x), a thin one zero. An overspend of more than half the budget is drawn at the lower edge.

The page colours the classes `cs-left`, `cs-even` and `cs-zero`. The SVG holds no script, no link
and no text from outside.
"""

from __future__ import annotations

from cost_slo.domain.verdict.burn_down import BurnDown
from cost_slo.domain.wording import month, percent

SPARKLINE_WIDTH = 132
HEIGHT = 32
# Pixels kept free on every side, so that no line is cut.
EDGE = 3

_LOWEST = -0.5
HIGHEST = 1.5

DASHED = ' stroke-dasharray="3 3"'
BOLD = ' stroke-width="1.8" stroke-linejoin="round"'


def sparkline(burn_down: BurnDown) -> str:
    """One `<svg>` element with a text description."""
    shares = [min(max(share, _LOWEST), HIGHEST) for share in burn_down.shares]
    top, bottom = max(1.0, *shares, 0.0), min(0.0, *shares, 0.0)
    length = max(burn_down.window.days, len(shares))

    def at(day: int, share: float) -> str:
        across = EDGE + (SPARKLINE_WIDTH - 2 * EDGE) * day / length
        down = EDGE + (HEIGHT - 2 * EDGE) * (top - share) / (top - bottom)
        return f"{across:.1f},{down:.1f}"

    untouched = [at(0, 1)] if burn_down.is_spent_evenly else []
    described = _described(burn_down)
    left = untouched + [at(day, share) for day, share in enumerate(shares, 1)]
    return "".join(
        (
            f'<svg class="cs-spark" width="{SPARKLINE_WIDTH}" height="{HEIGHT}" ',
            f'viewBox="0 0 {SPARKLINE_WIDTH} {HEIGHT}" role="img" aria-label="{described}">',
            f"<title>{described}</title>",
            _line("cs-zero", [at(0, 0), at(length, 0)]),
            _line("cs-even", [at(0, 1), at(length, 0)], DASHED) if untouched else "",
            _line("cs-left", left, BOLD),
            *map(_dot, left[-1:]),
            "</svg>",
        )
    )


def _described(burn_down: BurnDown) -> str:
    shares, window = burn_down.shares, burn_down.window
    left = shares[-1] if shares else 1.0
    said = f"{percent(left)} of the error budget left" if left >= 0 else "Error budget overspent"
    return f"{said} after {len(shares)} of {window.days} days of {month(window.start)}"


def _line(name: str, points: list[str], more: str = "") -> str:
    drawn = f'class="{name}" points="{" ".join(points)}"'
    return f'<polyline {drawn} fill="none" stroke="currentColor"{more}/>'


def _dot(point: str) -> str:
    across, down = point.split(",")
    return f'<circle class="cs-now" cx="{across}" cy="{down}" r="2.4" fill="currentColor"/>'
