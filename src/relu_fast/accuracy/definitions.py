"""The definitions of the table, evaluated: over NumPy arrays, or over MPFR's numbers.

A definition is a Python expression in x (or y = f(x)) and the names of the parameters, made of
arithmetic, comparisons, `inf` and the functions of `FUNCTIONS`.  It says nothing about NaN, which
gives NaN; and a parameter that is 0 makes a product 0, also with an infinity.  Outside the row's
domain everything is NaN, and where x is infinite the row's limits come before its definitions.
"""

from __future__ import annotations

import ast
import contextlib
import functools
import importlib
import math
from collections.abc import Callable, Mapping
from types import CodeType
from typing import Any, NamedTuple

import numpy as np

from .._catalog import Function

ROUNDING = 0.5  # ULP of an operation that is correctly rounded


class FunctionOfDefinitions(NamedTuple):
    """A function that definitions may use; `error` is that of NumPy's in float64, in ULP."""

    numpy: Callable[..., Any]
    error: float


# From here down e^x rounds to 0 in the operands' type, also times the two largest numbers of
# that.  An exp that goes on to 0 itself would lose the sign of such a product; but e^-inf is 0.
_FLOOR_OF_FLOAT32 = -500.0  # computed in float64
_FLOOR_OF_FLOAT64 = -2500.0  # in more than float64


def _numpy_exp(x: Any) -> Any:
    is_double = np.finfo(np.result_type(x, 0.0)).maxexp <= 1024
    y = np.exp(np.maximum(x, _FLOOR_OF_FLOAT32 if is_double else _FLOOR_OF_FLOAT64))
    infinite = np.isneginf(x)
    return np.where(infinite, y.dtype.type(0), y) if infinite.any() else y


# MPFR's are gmpy2's of the same names, where `mpfr` has no others.  4 ULP: NumPy's SIMD code
# comes from SVML; libm's functions are better.
FUNCTIONS: dict[str, FunctionOfDefinitions] = {
    "where": FunctionOfDefinitions(np.where, 0.0),
    # The second operand where the two are equal: maximum(-0.0, 0) is +0, which NumPy leaves open.
    "maximum": FunctionOfDefinitions(lambda a, b: np.where(a > b, a, b), 0.0),
    "minimum": FunctionOfDefinitions(lambda a, b: np.where(a < b, a, b), 0.0),
    "abs": FunctionOfDefinitions(np.abs, 0.0),
    "exp": FunctionOfDefinitions(_numpy_exp, 4.0),
    "expm1": FunctionOfDefinitions(np.expm1, 4.0),
    "log1p": FunctionOfDefinitions(np.log1p, 4.0),
    "tanh": FunctionOfDefinitions(np.tanh, 4.0),
    "sqrt": FunctionOfDefinitions(np.sqrt, ROUNDING),
    "square": FunctionOfDefinitions(np.square, ROUNDING),
}
_SELECTIONS = ("where", "maximum", "minimum", "abs")

# Bits.  Of what is rounded, the first of which suffice to round it and the others to say on
# which side of a number it lies; and of products and sums, which are then exact, even that of
# the square of the largest float64 and the smallest one, and of roots, which may cancel.
_FUNCTION_PRECISION = 160
PRECISION = 3400


class Equivalent(NamedTuple):
    """What NumPy evaluates in the place of a definition that cancels in float64.

    `error` bounds its relative error for operands of float32, in ULP of float64.
    """

    text: str
    error: float


# By the text of the definition.  tests/values/test_definitions.py holds them against MPFR.
EQUIVALENTS: dict[str, Equivalent] = {
    # squareplus and its derivative.
    "(x + sqrt(x * x + b)) / 2": Equivalent(
        "where(x < 0, b / (sqrt(x * x + b) - x), x + sqrt(x * x + b)) / 2", 2.0
    ),
    "where(x * x + b > 0, (1 + x / sqrt(x * x + b)) / 2, 1 / 2)": Equivalent(
        "where(x * x + b > 0, where(x < 0, b / (sqrt(x * x + b) - x), sqrt(x * x + b) + x)"
        " / (2 * sqrt(x * x + b)), 1 / 2)",
        3.5,
    ),
    # selu's derivative from its result, with the product as the sum of two.
    "where(y > 0, 1.0507009873554804934193349852946, "
    "maximum(y + 1.0507009873554804934193349852946 * "
    "1.6732632423543772848170429916717, 0))": Equivalent(
        "where(y > 0, 1.0507009873554804934193349852946, "
        "maximum((y + 1.7580993408473768) + 1.41535193800845e-17, 0))",
        2.0,
    ),
    # celu's, where that of a quotient grows with it: to the floor of exp, and not further.
    "where(x > 0, x, alpha * expm1(x / alpha))": Equivalent(
        "where(x > 0, x, alpha * expm1(x / alpha))", 5.0
    ),
    "where(x > 0, 1, exp(x / alpha))": Equivalent("where(x > 0, 1, exp(x / alpha))", 260.0),
}


# ---- The two namespaces ------------------------------------------------------


class Namespace(NamedTuple):
    """What definitions are evaluated over."""

    functions: Mapping[str, Callable[..., Any]]
    scaled: Callable[[Any, Any], Any]  # a parameter times something
    literal: Callable[[str], Any]
    operand: Callable[[Any], Any]
    result: Callable[[Any, Any], Any]  # NaN where the first is
    inf: Any
    context: Callable[[], contextlib.AbstractContextManager[Any]]
    equivalents: Mapping[str, Equivalent]


def _numpy_result(point: Any, result: Any) -> Any:
    nan = np.isnan(point)
    if nan.any():
        return np.where(nan, point, result)
    return np.broadcast_to(result, np.broadcast_shapes(np.shape(result), np.shape(point)))


NUMPY = Namespace(
    functions={name: function.numpy for name, function in FUNCTIONS.items()},
    scaled=lambda parameter, x: parameter * x,  # both are finite, or neither is 0
    literal=ast.literal_eval,
    operand=lambda operand: operand,
    result=_numpy_result,
    inf=math.inf,
    context=contextlib.nullcontext,
    equivalents=EQUIVALENTS,
)


@functools.cache
def mpfr() -> Namespace:
    """The namespace of MPFR's numbers: exact but for the functions, whose errors do not show."""
    gmpy2: Any = importlib.import_module("gmpy2")
    functions = gmpy2.context(precision=_FUNCTION_PRECISION)
    hair = gmpy2.exp2(-_FUNCTION_PRECISION - 2)
    zero = gmpy2.mpfr(0)

    def inexact(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """A hair's breadth towards the real number, if what `function` returns is rounded.

        expm1(x) is rounded to x if x is tiny, and 3 x may be half-way between two floats,
        which 3 expm1(x) is not.
        """

        def nearly(x: Any) -> Any:
            y = function(x)
            return y - y.rc * abs(y) * hair if y.rc else y

        return nearly

    exp = inexact(functions.exp)

    def scaled(parameter: Any, x: Any) -> Any:
        if parameter or x != x:
            return parameter * x
        return -parameter if gmpy2.is_signed(x) else parameter

    exact: dict[str, Callable[..., Any]] = {
        "where": lambda condition, yes, no: yes if condition else no,
        "maximum": lambda a, b: a if a > b else b,
        "minimum": lambda a, b: a if a < b else b,
        "abs": abs,
        "sqrt": gmpy2.sqrt,
        "square": gmpy2.square,
        "exp": lambda x: zero if x == -math.inf else exp(max(x, _FLOOR_OF_FLOAT64)),
    }
    return Namespace(
        functions={
            name: exact.get(name) or inexact(getattr(functions, name)) for name in FUNCTIONS
        },
        scaled=scaled,
        literal=functools.cache(gmpy2.mpfr),
        operand=lambda operand: None if operand is None else gmpy2.mpfr(operand),
        result=lambda point, result: gmpy2.mpfr(math.nan if point != point else result),
        inf=gmpy2.inf(),
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
                if isinstance(factor, ast.Name) and factor.id in self._parameters:
                    return ast.Call(_name("scaled"), [factor, other], [])
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        """``a < b < c`` as ``(a < b) & (b < c)``, which arrays can do."""
        self.generic_visit(node)
        operands = [node.left, *node.comparators]
        pairs = zip(operands, node.ops, operands[1:], strict=False)
        compared: list[ast.expr] = [ast.Compare(a, [op], [b]) for a, op, b in pairs]
        return functools.reduce(lambda a, b: ast.BinOp(a, ast.BitAnd(), b), compared)

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        """``a and b`` as ``a & b``, for the same reason."""
        self.generic_visit(node)
        op = ast.BitAnd() if isinstance(node.op, ast.And) else ast.BitOr()
        return functools.reduce(lambda a, b: ast.BinOp(a, op, b), node.values)


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
    definition = _compiled(equivalent.text if equivalent else text, parameters)
    literals = {f"literal_{i}": namespace.literal(t) for i, t in enumerate(definition.literals)}
    functions = {"__builtins__": {}, "scaled": namespace.scaled, **namespace.functions}
    functions["inf"] = namespace.inf
    return eval(definition.code, functions, {**operands, **literals})


class Output(NamedTuple):
    """How an output of a function follows from a definition."""

    text: str
    times_g: bool
    limits: tuple[tuple[float, float], ...] = ()  # x and the result, where the text has none


def outputs(function: Function) -> tuple[Output, ...]:
    """Those of the function, in the order of its form."""
    activation = function.activation
    by_result = "y" in function.form.inputs
    values = tuple((x, value) for x, value, _ in activation.limits)
    slopes = tuple((x, slope) for x, _, slope in activation.limits)
    gradient = Output(activation.derivative, True, slopes)
    texts = {
        "y": Output(activation.value, False, values),
        "dy": Output(activation.derivative, False, slopes),
        "dx": Output(activation.from_result or "", True) if by_result else gradient,
        "dp": Output((function.parameter and function.parameter.derivative) or "", True),
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
        values = {name: namespace.operand(operand) for name, operand in operands.items()}
        point = values[function.form.inputs[-1]]  # where the activation is looked at
        names = frozenset(parameter.name for parameter in function.activation.parameters)
        where = namespace.functions["where"]
        domain = in_domain(namespace, function, values)
        results = []
        for output in outputs(function):
            result = _value(namespace, output.text, values, names)
            for x, limit in output.limits:
                result = where(point == x, namespace.operand(limit), result)
            if output.times_g:
                result = where(result == 0, result, _gradient(namespace, values, result))
            if domain is not None:
                result = where(domain, result, namespace.operand(math.nan))
            results.append(namespace.result(point, result))
        return tuple(results)


def _gradient(namespace: Namespace, values: Mapping[str, Any], derivative: Any) -> Any:
    """g times a derivative that is not 0."""
    g = values["g"]
    if "dy" not in values:
        return g * derivative
    # Where the given one has underflowed, infinite gradients stay infinite.
    lost = (values["dy"] == 0) & (abs(g) == namespace.inf)
    return g * namespace.functions["where"](lost, derivative, values["dy"])


def in_domain(namespace: Namespace, function: Function, operands: Mapping[str, Any]) -> Any:
    """Whether a function is a number there; None: it has no domain."""
    text = function.activation.domain
    if text is None:
        return None
    # A result has the sign of x, and that of a number is all that domains ask.
    point = {"x": operands[function.form.inputs[-1]]}
    names = frozenset(parameter.name for parameter in function.activation.parameters)
    return _value(namespace, text, {**operands, **point}, names)


# ---- The error of NumPy's evaluation -----------------------------------------

FLOAT64_BITS, FLOAT32_BITS = 53, 24


class _Error(NamedTuple):
    """In ULP of float64; and the digits in bits, if it is 0."""

    ulps: float
    bits: int


def relative_error(function: Function, output: int = 0) -> float:
    """A bound of the relative error of `evaluate` over `NUMPY` in float64.

    For operands of float32, a product of two of which fits into a float64: a definition that
    selects and multiplies once has no error.
    """
    text, times_g, _ = outputs(function)[output]
    if text in EQUIVALENTS:
        error = _Error(EQUIVALENTS[text].error, FLOAT64_BITS)
    else:
        error = _error(_parsed(text), text)
    if times_g or error.ulps:  # with the gradient, whether it comes or not: bounds are simpler
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
        case ast.Name():
            return _Error(0.0, FLOAT32_BITS)
        case ast.UnaryOp():
            return _error(node.operand, text)
        case ast.BinOp(left, ast.Mult(), right):
            return _product(_error(left, text), _error(right, text))
        case ast.BinOp(left, ast.Div(), right):
            ulps = _error(left, text).ulps + _error(right, text).ulps
            return _Error(ulps + ROUNDING, FLOAT64_BITS)
        case ast.BinOp(left, ast.Add() | ast.Sub(), right):
            if not _error(left, text).ulps and not _error(right, text).ulps:
                return _Error(ROUNDING, FLOAT64_BITS)
        case ast.Call(ast.Name(name), arguments):
            errors = [_error(a, text) for a in arguments[name == "where" :]]
            if name in _SELECTIONS:
                return _Error(max(e.ulps for e in errors), max(e.bits for e in errors))
            if name == "square":
                return _product(errors[0], errors[0])
            if not any(e.ulps for e in errors):
                return _Error(FUNCTIONS[name].error, FLOAT64_BITS)
    raise ValueError(
        f"the error of {ast.unparse(node)!r} in {text!r} does not follow from its parts; "
        "expected an entry in EQUIVALENTS that states it"
    )


# ---- What one writes with NumPy ----------------------------------------------


def numpy_code(function: Function) -> str:
    """The NumPy expression that people write for a function today.

    Over the names np, x, g, y and those of the parameters; outputs are separated by commas.
    """
    is_sum = function.form.kind == "sum"
    codes = []
    for text, times_g, _ in outputs(function):
        tree = _parsed(text)
        if times_g:
            tree = _times(_name("g"), tree, into_branches=not is_sum)
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


def _in_type_of_x(tree: ast.expr, function: Function) -> ast.expr:
    """A choice of literals has a type of its own, which is not that of x."""
    match tree:
        case ast.Call(ast.Name("where"), [condition, ast.Constant() as yes, ast.Constant() as no]):
            chosen = condition if (yes.value, no.value) == (1, 0) else tree
            x = _name(function.form.inputs[-1])
            astype = ast.Attribute(chosen, "astype", ast.Load())
            return ast.Call(astype, [ast.Attribute(x, "dtype", ast.Load())], [])
    return tree


class _WithNumPy(ast.NodeTransformer):
    def visit_Call(self, node: ast.Call) -> ast.expr:
        self.generic_visit(node)
        match node.func:
            case ast.Name(name) if name in FUNCTIONS:
                return ast.Call(ast.Attribute(_name("np"), name, ast.Load()), node.args, [])
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.expr:
        return _Compiler(frozenset()).visit_Compare(node) if len(node.ops) > 1 else node
