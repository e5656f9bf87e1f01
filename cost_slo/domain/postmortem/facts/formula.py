# SPDX-License-Identifier: Apache-2.0
"""What does a written formula over named amounts come to?

>>> amounts = {"spend": Decimal(3120), "objective": Decimal(4500)}
>>> evaluate_formula("spend - objective * 15 / 30", amounts)
Decimal('870.0000000000')
"""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction

from cost_slo.domain.errors import CostDataError
from cost_slo.domain.exact import rounded

STEP = Decimal("1E-10")
_OPERATORS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def evaluate_formula(formula: str, values: Mapping[str, Decimal]) -> Decimal:
    """Sums, differences, products and quotients of names and whole numbers, to ten decimals.

    Raises CostDataError naming a formula that is none, that divides by zero, or that uses a name
    without a value.
    """
    try:
        return rounded(_value(ast.parse(formula, mode="eval").body, values), STEP)
    except (SyntaxError, ValueError, KeyError, ArithmeticError) as error:
        message = f"the formula {formula!r} cannot be computed: {error!s}"
        raise CostDataError(message) from error


def _value(node: ast.expr, values: Mapping[str, Decimal]) -> Fraction:
    match node:
        case ast.Name(id=name):
            return Fraction(values[name])
        case ast.Constant(value=int(number)):
            return Fraction(number)
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _OPERATORS:
            return _OPERATORS[type(sign)](_value(left, values), _value(right, values))
    message = f"it has more in it than names, whole numbers and {' '.join('+-*/')}"
    raise ValueError(message)
