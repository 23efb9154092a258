"""The definitions of the table, evaluated: over NumPy arrays, or over MPFR's numbers.

A definition is a Python expression in x (or y = f(x)), the names of the parameters, and the
constants and functions of `in_float64`.  It says nothing about NaN, which gives NaN; a parameter
that is 0 makes a product 0, also with an infinity; and where it leaves open what it is at an
infinity, such as x / (1 + exp(-x)) at -inf, it is the limit.  Outside the row's domain everything
is NaN.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib
import math
import operator
from collections.abc import Callable, Mapping
from types import CodeType
from typing import Any, NamedTuple, cast

import numpy as np

from .._catalog import Function
from .in_float64 import (
    CONSTANTS,
    EQUIVALENTS,
    FUNCTIONS,
    ROUNDING,
    STAND_INS,
    Equivalent,
    power,
)

# Bits.  Of what is rounded, the first of which suffice to round it and the others to say on
# which side of a number it lies; and of products and sums, which are then exact, even that of
# the square of the largest float64 and the smallest one, and of roots, which may cancel.
_FUNCTION_PRECISION = 160
PRECISION = 3400

# In more than float64: the largest exponents of exp and cosh and the largest argument of erfc,
# so that none of them rounds to 0 or to infinity for a finite x, not even times the third powers
# of the largest numbers of float64, and loses the sign of a product.
_LAST_EXPONENT = 1e6
_LAST_OF_ERFC = 1e3


# ---- The two namespaces ------------------------------------------------------


class Namespace(NamedTuple):
    """What definitions are evaluated over."""

    functions: Mapping[str, Callable[..., Any]]
    constants: Mapping[str, Any]
    scaled: Callable[[Any, Any], Any]  # a parameter times something
    literal: Callable[[str], Any]
    operand: Callable[[Any], Any]
    result: Callable[[Any, Any], Any]  # NaN where the first is
    limit: Callable[[Callable[[Any], Any], Any, Any, Any], Any]  # where an infinity gave NaN
    context: Callable[[], contextlib.AbstractContextManager[Any]]
    equivalents: Mapping[str, Equivalent]


def _numpy_result(point: Any, result: Any) -> Any:
    nan = np.isnan(point)
    if nan.any():
        return np.where(nan, point, result)
    return np.broadcast_to(result, np.broadcast_shapes(np.shape(result), np.shape(point)))


# Where limits are looked for; what is smaller or larger there than these goes to 0 or infinity.
_FAR, _TO_ZERO, _TO_INFINITY = 1e60, 1e-20, 1e20


def _numpy_limit(value_at: Callable[[Any], Any], point: Any, infinite: Any, result: Any) -> Any:
    if not infinite.any():
        return result
    open_ = infinite & np.isnan(result)
    if not open_.any():
        return result
    far = value_at(np.where(infinite, np.copysign(_FAR, point), point))
    far = np.where(np.abs(far) < _TO_ZERO, np.copysign(0.0, far), far)
    far = np.where(np.abs(far) > _TO_INFINITY, np.copysign(math.inf, far), far)
    return np.where(open_, far, result)


NUMPY = Namespace(
    functions={**{name: f.numpy for name, f in FUNCTIONS.items()}, **STAND_INS, "power": power},
    constants=CONSTANTS,
    scaled=lambda parameter, x: parameter * x,  # both are finite, or neither is 0
    literal=ast.literal_eval,
    operand=lambda operand: operand,
    result=_numpy_result,
    limit=_numpy_limit,
    context=contextlib.nullcontext,
    equivalents=EQUIVALENTS,
)


def _long_literal(text: str) -> Any:
    value = ast.literal_eval(text)
    return np.longdouble(text) if isinstance(value, float) else value


# For operands of longdouble: in an exponent, what a float64 leaves of 1.702 is many ULP of the
# result.
LONG = NUMPY._replace(
    constants={**CONSTANTS, "pi": np.longdouble("3.14159265358979323846264338327950288")},
    literal=_long_literal,
)


@functools.cache
def mpfr() -> Namespace:
    """The namespace of MPFR's numbers: exact but for the functions, whose errors do not show."""
    gmpy2: Any = importlib.import_module("gmpy2")
    contexts = functools.cache(lambda precision: gmpy2.context(precision=precision))
    zero, infinity = gmpy2.mpfr(0), gmpy2.mpfr("inf")

    def inexact(name: str, x: Any, precision: int = _FUNCTION_PRECISION) -> Any:
        """A hair's breadth towards the real number, if what the function returns is rounded.

        expm1(x) is rounded to x if x is tiny, and 3 x may be half-way between two floats,
        which 3 expm1(x) is not.
        """
        y = getattr(contexts(precision), name)(x)
        if not y.rc:
            return y
        return contexts(precision + 8).sub(y, y.rc * abs(y) * gmpy2.exp2(-precision - 2))

    def exp(x: Any) -> Any:
        if gmpy2.is_infinite(x):
            return infinity if x > 0 else zero
        return inexact("exp", min(max(x, -_LAST_EXPONENT), _LAST_EXPONENT))

    def cosh(x: Any) -> Any:
        return infinity if gmpy2.is_infinite(x) else inexact("cosh", min(abs(x), _LAST_EXPONENT))

    def erfc(x: Any) -> Any:
        return inexact("erfc", x if gmpy2.is_infinite(x) else min(x, _LAST_OF_ERFC))

    def tanh(x: Any) -> Any:
        """With what is left of x - tanh(x): x^3 / 3, and on which side of that it lies."""
        small = 0 < abs(x) < 1
        digits = min(-4 * gmpy2.get_exp(x), 4 * 360) if small else 0  # then x^3 is 0 in float64
        return inexact("tanh", x, _FUNCTION_PRECISION + digits)

    def scaled(parameter: Any, x: Any) -> Any:
        if parameter or x != x:
            return parameter * x
        return -parameter if gmpy2.is_signed(x) else parameter

    def limit(value_at: Callable[[Any], Any], point: Any, infinite: bool, result: Any) -> Any:
        if result == result or not infinite:
            return result
        far = value_at(gmpy2.exp2(4096) if point > 0 else -gmpy2.exp2(4096))
        if abs(far) < gmpy2.exp2(-1200):
            return -zero if gmpy2.is_signed(far) else zero
        if abs(far) > gmpy2.exp2(1200):
            return -infinity if gmpy2.is_signed(far) else infinity
        return gmpy2.mpfr(far, _FUNCTION_PRECISION // 2)

    exact: dict[str, Callable[..., Any]] = {
        "where": lambda condition, yes, no: yes if condition else no,
        "maximum": lambda a, b: a if a > b else b,
        "minimum": lambda a, b: a if a < b else b,
        "abs": abs,
        "sqrt": gmpy2.sqrt,
        "power": lambda x, n: x**n,
    }
    special: dict[str, Callable[..., Any]] = {"exp": exp, "cosh": cosh, "erfc": erfc, "tanh": tanh}
    rest = {name: functools.partial(inexact, name) for name in FUNCTIONS}
    return Namespace(
        functions={**rest, **special, **exact},
        constants={"pi": gmpy2.const_pi(PRECISION), "inf": infinity},
        scaled=scaled,
        literal=functools.cache(gmpy2.mpfr),
        operand=lambda operand: None if operand is None else gmpy2.mpfr(operand),
        result=lambda point, result: gmpy2.mpfr(math.nan if point != point else result),
        limit=limit,
        context=lambda: gmpy2.context(gmpy2.context(), precision=PRECISION),
        equivalents={},
    )


# ---- Reading -----------------------------------------------------------------


class Definition(NamedTuple):
    """A definition, ready to be evaluated."""

    code: CodeType
    literals: tuple[str, ...]  # their texts, in the order of their names


class _Compiler(ast.NodeTransformer):
    """Calls in the place of what Python's own operators would do otherwise."""

    def __init__(self, parameters: frozenset[str]):
        self._parameters = parameters
        self.literals: list[str] = []

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        self.literals.append(_source(node))
        return _name(f"literal_{len(self.literals) - 1}")

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        self.generic_visit(node)
        if isinstance(node.op, ast.Mult):
            for factor, other in ((node.left, node.right), (node.right, node.left)):
                if self._is_parameter(factor):
                    return ast.Call(_name("scaled"), [factor, other], [])
        if isinstance(node.op, ast.Pow):
            return ast.Call(_name("power"), [node.left, node.right], [])
        return node

    def _is_parameter(self, node: ast.expr) -> bool:
        """Or what is minus one."""
        match node:
            case ast.UnaryOp(ast.USub(), ast.Name(name)) | ast.Name(name):
                return name in self._parameters
        return False

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        return _in_pairs(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        """``a and b`` as ``a & b``, which arrays can do."""
        self.generic_visit(node)
        op = ast.BitAnd() if isinstance(node.op, ast.And) else ast.BitOr()
        return functools.reduce(lambda a, b: ast.BinOp(a, op, b), node.values)


def _in_pairs(node: ast.Compare) -> ast.expr:
    """``a < b < c`` as ``(a < b) & (b < c)``, which arrays can do."""
    operands = [node.left, *node.comparators]
    pairs = zip(operands, node.ops, operands[1:], strict=False)
    compared: list[ast.expr] = [ast.Compare(a, [op], [b]) for a, op, b in pairs]
    return functools.reduce(lambda a, b: ast.BinOp(a, ast.BitAnd(), b), compared)


def _name(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _source(node: ast.Constant) -> str:
    """The digits of a literal, all of which count."""
    return getattr(node, "text", None) or repr(node.value)


def _parsed(text: str) -> ast.expr:
    tree = ast.parse(text, mode="eval").body
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant):
            node.text = ast.get_source_segment(text, node)  # type: ignore[attr-defined]
    return tree


@functools.cache
def _compiled(text: str, parameters: frozenset[str]) -> Definition:
    compiler = _Compiler(parameters)
    tree = ast.Expression(compiler.visit(_parsed(text)))
    code = compile(ast.fix_missing_locations(tree), f"<{text}>", "eval")
    return Definition(code, tuple(compiler.literals))


def _value(
    namespace: Namespace, text: str, operands: Mapping[str, Any], parameters: frozenset[str]
) -> Any:
    equivalent = namespace.equivalents.get(text)
    definition = _compiled((equivalent and equivalent.text) or text, parameters)
    literals = {f"literal_{i}": namespace.literal(t) for i, t in enumerate(definition.literals)}
    names = {"__builtins__": {}, "scaled": namespace.scaled}
    names |= {**namespace.functions, **namespace.constants}
    return eval(definition.code, names, {**operands, **literals})


class Output(NamedTuple):
    """How an output of a function follows from a definition."""

    text: str
    factors: tuple[str, ...] = ()  # the arrays by which it is multiplied
    of_value: bool = False  # not of a derivative


def outputs(function: Function) -> tuple[Output, ...]:
    """Those of the function, in the order of its form."""
    source = function.activation.source
    by_result = "y" in function.form.inputs
    up = ("up",) if function.activation.gate else ()
    texts = {
        "y": Output(source.value, up, of_value=True),
        "dy": Output(source.derivative),
        "dx": Output((source.from_result if by_result else source.derivative) or "", ("g",)),
        "dp": Output((function.parameter and function.parameter.derivative) or "", ("g",)),
        "d_gate": Output(source.derivative, ("g", "up")),
        "d_up": Output(source.value, ("g",), of_value=True),
    }
    return tuple(texts[output] for output in function.form.outputs)


def evaluate(
    namespace: Namespace, function: Function, operands: Mapping[str, Any]
) -> tuple[Any, ...]:
    """The outputs of a function, according to its definitions; of a sum, its terms.

    Parameters
    ----------
    namespace : Namespace
        `NUMPY`, whose operands are arrays, or `mpfr`'s, whose operands are numbers.
    function : Function
        Of the catalogue.
    operands : mapping
        From the names of its arrays and parameters; more than these do no harm.  A gradient
        is that of `dy` for the derivative, if there is one.

    Returns
    -------
    tuple
        An array or an MPFR number for each output.  A gradient is 0 where the derivative
        is, whatever g.
    """
    with namespace.context():
        operands = {**_defaults(function), **operands}
        values = {name: namespace.operand(operand) for name, operand in operands.items()}
        domain = in_domain(namespace, function, values)
        nan = namespace.operand(math.nan)
        results = []
        for output in outputs(function):
            result = _at_point(namespace, function, output.text, values)
            if output.factors:
                result = _times_factors(namespace, function, output, result, values)
            if domain is not None:
                result = namespace.functions["where"](domain, result, nan)
            results.append(namespace.result(values[point_of(function)], result))
        return tuple(results)


def point_of(function: Function) -> str:
    """The operand at which its activation is looked at: x, y = f(x), or a gate."""
    return "gate" if function.activation.gate else function.form.inputs[-1]


def _defaults(function: Function) -> dict[str, Any]:
    """The parameters of a gate's activation."""
    if not function.activation.gate:
        return {}
    return {p.name: p.typical for p in function.activation.source.parameters}


def _at_point(
    namespace: Namespace, function: Function, text: str, values: Mapping[str, Any]
) -> Any:
    """A definition where the activation is looked at: a value or, of finite parameters, a limit."""
    variable = "y" if "y" in function.form.inputs else "x"
    names = frozenset(parameter.name for parameter in function.activation.source.parameters)

    def value_at(point: Any) -> Any:
        return _value(namespace, text, {**values, variable: point}, names)

    point = values[point_of(function)]
    infinite = abs(point) == math.inf
    for name in names:
        infinite = infinite & (abs(values[name]) < math.inf)
    return namespace.limit(value_at, point, infinite, value_at(point))


def _times_factors(
    namespace: Namespace,
    function: Function,
    output: Output,
    derivative: Any,
    values: Mapping[str, Any],
) -> Any:
    """The derivative times g; 0 where the derivative is, whatever g.

    Values are multiplied as numbers are, but for those of a rectifier, which selects, too.
    """
    where = namespace.functions["where"]
    g = functools.reduce(operator.mul, [values[name] for name in output.factors])
    if not function.activation.source.gradient_is_product:
        return where(derivative == 0, derivative, g * derivative)
    if output.of_value:
        return g * (values.get("y", derivative) if "g" in output.factors else derivative)
    # What was returned may be 0 where the derivative is not: that shows if g is infinite.
    dy = values.get("dy", derivative)
    factor = where((dy == 0) & (abs(g) == math.inf), derivative, dy)
    return where(derivative == 0, abs(derivative), g * factor)


def takes_grad(function: Function) -> bool:
    """Whether its results are g times what the functions of value and derivative return.

    These are the operands y and dy of `evaluate`, without which they are the real numbers.
    """
    inputs = function.form.inputs
    return function.activation.source.gradient_is_product and "g" in inputs and "y" not in inputs


def in_domain(namespace: Namespace, function: Function, operands: Mapping[str, Any]) -> Any:
    """Whether a function is a number there; None: it has no domain."""
    text = function.activation.domain
    if text is None:
        return None
    # A result has the sign of x, and that of a number is all that domains ask.
    point = {"x": operands[point_of(function)]}
    names = frozenset(parameter.name for parameter in function.activation.parameters)
    return _value(namespace, text, {**operands, **point}, names)


def near_zero(function: Function, operands: Mapping[str, Any], output: int = 0) -> Any:
    """Where a derivative passes through 0, as an array of booleans; None: nowhere.

    The relative error of such an output has no bound there.
    """
    text = function.activation.near_zero
    is_derivative = outputs(function)[output].text == function.activation.derivative
    if text is None or not is_derivative:
        return None
    with np.errstate(all="ignore"):
        wide = {name: np.asarray(operand, np.float64) for name, operand in operands.items()}
        return _at_point(NUMPY, function, text, wide)


# ---- The error of NumPy's evaluation -----------------------------------------

FLOAT64_BITS, FLOAT32_BITS = 53, 24


class _Error(NamedTuple):
    """In ULP of float64; and the digits in bits, if it is 0."""

    ulps: float
    bits: int


def relative_error(function: Function, output: int = 0, *, returned: bool = False) -> float:
    """A bound of the relative error of `evaluate` over `NUMPY` in float64.

    If value and derivative are `returned`, they are operands, too.

    For operands of float32, a product of two of which fits into a float64: a definition that
    selects and multiplies once has no error.  Where a derivative is `near_zero`, it is relative
    to 1/2.
    """
    text, factors, _ = outputs(function)[output]
    if returned:
        error = _Error(0.0, FLOAT32_BITS)
    elif text in EQUIVALENTS:
        error = _Error(EQUIVALENTS[text].error, FLOAT64_BITS)
    else:
        error = _error(_parsed(text), text)
    # With the gradient, whether it comes or not: bounds are simpler.
    for _ in factors or ("g",) * bool(error.ulps):
        error = _product(error, _Error(0.0, FLOAT32_BITS))
    return error.ulps * 2.0**-52  # an ULP is up to so much of the value


def _product(one: _Error, other: _Error) -> _Error:
    ulps, bits = one.ulps + other.ulps, one.bits + other.bits
    if not ulps and bits <= FLOAT64_BITS:
        return _Error(0.0, bits)
    return _Error(ulps + ROUNDING, FLOAT64_BITS)


def _error(node: ast.expr, text: str) -> _Error:
    match node:
        case ast.Constant():
            if isinstance(node.value, int):
                return _Error(0.0, node.value.bit_length())
            return _Error(ROUNDING, FLOAT64_BITS)
        case ast.Name(name) if name in CONSTANTS:
            return _Error(ROUNDING, FLOAT64_BITS)
        case ast.Name():
            return _Error(0.0, FLOAT32_BITS)
        case ast.UnaryOp():
            return _error(node.operand, text)
        case ast.BinOp(base, ast.Pow(), ast.Constant(int(exponent))):
            return functools.reduce(_product, [_error(base, text)] * exponent)
        case ast.BinOp(left, ast.Mult(), right):
            return _product(_error(left, text), _error(right, text))
        case ast.BinOp(left, ast.Div(), right):
            ulps = _error(left, text).ulps + _error(right, text).ulps
            return _Error(ulps + ROUNDING, FLOAT64_BITS)
        case ast.BinOp(left, ast.Add() | ast.Sub() as op, right):
            ulps = max(_error(left, text).ulps, _error(right, text).ulps)
            signs = _sign(left), _sign(right if isinstance(op, ast.Add) else _minus(right))
            if not ulps or (signs[0] == signs[1] and None not in signs):  # nothing cancels
                return _Error(ulps + ROUNDING, FLOAT64_BITS)
        case ast.Call(ast.Name(name), arguments):
            errors = [_error(a, text) for a in arguments[name == "where" :]]
            ulps = max(e.ulps for e in errors)
            if name in _SELECTIONS:
                return _Error(ulps, max(e.bits for e in errors))
            function = FUNCTIONS[name]
            if not ulps:
                return _Error(function.error, FLOAT64_BITS)
            if function.condition and (name != "log1p" or _sign(arguments[0]) == _POSITIVE):
                return _Error(function.error + function.condition * ulps, FLOAT64_BITS)
    raise ValueError(
        f"the error of {ast.unparse(node)!r} in {text!r} does not follow from its parts; "
        "expected an entry in EQUIVALENTS that states it"
    )


_SELECTIONS = ("where", "maximum", "minimum", "abs")


class _Sign(NamedTuple):
    """That of the product of some names, or the opposite."""

    negative: bool
    names: frozenset[str]


_POSITIVE, _NEGATIVE = _Sign(False, frozenset()), _Sign(True, frozenset())


def _sign(node: ast.expr) -> _Sign | None:
    """That of a number whatever the names stand for, 0 aside; None: unknown."""
    match node:
        case ast.Constant(int() | float()):
            return _POSITIVE
        case ast.Name(name):
            return _POSITIVE if name in CONSTANTS else _Sign(False, frozenset([name]))
        case ast.UnaryOp(ast.USub(), operand):
            return _sign_of_product(_NEGATIVE, _sign(operand))
        case ast.BinOp(base, ast.Pow(), ast.Constant(int(exponent))):
            return functools.reduce(_sign_of_product, [_sign(base)] * exponent)
        case ast.BinOp(left, ast.Mult() | ast.Div(), right):
            return _sign_of_product(_sign(left), _sign(right))
        case ast.BinOp(left, ast.Add(), right):
            return _sign(left) if _sign(left) == _sign(right) else None
        case ast.Call(ast.Name("abs" | "exp" | "cosh" | "sqrt" | "erfc")):
            return _POSITIVE
        case ast.Call(ast.Name("tanh" | "expm1" | "log1p"), [operand]):
            return _sign(operand)
        case ast.Call(ast.Name("maximum" | "minimum" as name), [_, ast.Constant(0)]):
            return _POSITIVE if name == "maximum" else _NEGATIVE
    return None


def _sign_of_product(one: _Sign | None, other: _Sign | None) -> _Sign | None:
    if one is None or other is None:
        return None
    return _Sign(one.negative != other.negative, one.names ^ other.names)


def _minus(node: ast.expr) -> ast.expr:
    return ast.UnaryOp(ast.USub(), node)


# ---- What one writes with NumPy ----------------------------------------------


def numpy_code(function: Function) -> str:
    """The NumPy expression that people write for a function today.

    Over the names np, special (SciPy's), x, g, y and those of the parameters; outputs are
    separated by commas.
    """
    is_sum = function.form.kind == "sum"
    codes = []
    for text, factors, _ in outputs(function):
        tree = _parsed(text)
        if function.activation.gate:
            tree = _OfGate(_defaults(function)).visit(tree)
        if factors == ("up",):
            tree = ast.BinOp(tree, ast.Mult(), _name("up"))
        elif factors:
            g = functools.reduce(_product_of, [cast(ast.expr, _name(name)) for name in factors])
            tree = _times(g, tree, into_branches=not is_sum)
        code = ast.unparse(_WithNumPy().visit(_in_type_of_x(tree, function)))
        codes.append(f"({code}).sum()" if is_sum else code)
    return ", ".join(codes)


def _times(g: ast.expr, factor: ast.expr, *, into_branches: bool) -> ast.expr:
    """g * factor as people write it: in the branches of a choice, without ones and zeros."""
    if into_branches:
        match factor:
            case ast.Call(ast.Name("where") as where, [condition, yes, no]):
                branches = [_times(g, branch, into_branches=True) for branch in (yes, no)]
                return ast.Call(where, [condition, *branches], [])
            case ast.Constant(1):
                return g
            case ast.Constant(0):
                return factor
            case ast.BinOp(left, ast.Mult() | ast.Div() as op, right):
                return ast.BinOp(_times(g, left, into_branches=False), op, right)
    return ast.BinOp(g, ast.Mult(), factor)


def _product_of(left: ast.expr, right: ast.expr) -> ast.expr:
    return ast.BinOp(left, ast.Mult(), right)


class _OfGate(ast.NodeTransformer):
    """The gate in the place of x, and no parameters, which are factors of 1."""

    def __init__(self, parameters: Mapping[str, float]):
        assert set(parameters.values()) <= {1.0}
        self._ones = parameters

    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        match node:
            case ast.BinOp(ast.Name(name), ast.Mult(), x) if name in self._ones:
                return cast(ast.expr, self.visit(x))
            case ast.BinOp(ast.UnaryOp(ast.USub() as minus, ast.Name(name)), ast.Mult(), x):
                if name in self._ones:
                    return ast.UnaryOp(minus, self.visit(x))
        self.generic_visit(node)
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        return _name("gate") if node.id == "x" else node


def _in_type_of_x(tree: ast.expr, function: Function) -> ast.expr:
    """A choice of numbers has a type of its own, which is not that of x."""
    match tree:
        case ast.Call(ast.Name("where"), [condition, yes, no]) if _is_number(yes, no):
            chosen = condition if (ast.unparse(yes), ast.unparse(no)) == ("1", "0") else tree
            x = _name(point_of(function))
            astype = ast.Attribute(chosen, "astype", ast.Load())
            return ast.Call(astype, [ast.Attribute(x, "dtype", ast.Load())], [])
    return tree


def _is_number(*nodes: ast.expr) -> bool:
    """Whether they are made of literals and constants alone."""
    names = [n.id for node in nodes for n in ast.walk(node) if isinstance(n, ast.Name)]
    return all(name in FUNCTIONS or name in CONSTANTS for name in names)


class _WithNumPy(ast.NodeTransformer):
    def visit_Call(self, node: ast.Call) -> ast.expr:
        # np.sqrt(2) would be a np.float64, and make float64 of float32.
        is_number = _is_number(node)
        self.generic_visit(node)
        match node.func:
            case ast.Name("sqrt") if is_number:
                return ast.BinOp(node.args[0], ast.Pow(), ast.Constant(0.5))
            case ast.Name(name) if name in FUNCTIONS:
                module = _name("np" if hasattr(np, name) else "special")
                return ast.Call(ast.Attribute(module, name, ast.Load()), node.args, [])
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in CONSTANTS:
            return ast.Attribute(_name("np"), node.id, ast.Load())
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        self.generic_visit(node)
        return _in_pairs(node)
