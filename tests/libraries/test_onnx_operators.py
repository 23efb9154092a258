"""relu_fast.onnx: what it computes, beside onnx's own operators and ONNX Runtime."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pytest

import relu_fast as rf
from relu_fast._catalog import ACTIVATIONS, FUNCTIONS

pytest.importorskip("onnx")
pytest.importorskip("ml_dtypes")

import ml_dtypes
import onnx
from support.onnx_nodes import OPERATORS, onnxs, opset_for, ours, runtimes, same_bits

pytestmark = pytest.mark.build_independent

DTYPES = [np.dtype(t) for t in (np.float16, ml_dtypes.bfloat16, np.float32, np.float64)]
F32 = 2.0**-24  # the unit of rounding of float32: half the distance of numbers next to 1
INF, NAN = np.inf, np.nan


# ---- Cases -------------------------------------------------------------------


def f32(number):
    """What a model has for it."""
    return float(np.float32(number))


def constant(number):
    return lambda x: np.array(number, x.dtype)


def factors(x):
    return np.resize(np.array([0.25, -1.5, 0.0, 1.0], x.dtype), x.shape)


@dataclass
class Case:
    """A node; and the function whose bits it has, if there is one, and its parameters."""

    op: str
    attributes: dict = field(default_factory=dict)
    function: str = ""
    parameters: tuple = ()  # or else, of prelu, the other input
    others: tuple = ()  # inputs: None, or made from x

    def inputs(self, x):
        return [x, *(other and other(x) for other in self.others)]

    def is_function(self, dtype):
        """In float64, HardSigmoid and Selu have constants of float32, not those of ours."""
        return self.function and not (dtype == np.float64 and self.op in STEPS)

    def our_error(self, x, y):
        """A bound, in units of rounding; an ULP is up to two."""
        if not self.is_function(y.dtype):
            return STEPS[self.op].error(abs(x), abs(y))
        name = y.dtype.name if y.dtype.name in ("float32", "float64") else "float16"
        return 2 * FUNCTIONS[self.function].bound(name).elsewhere * abs(y)

    def __str__(self):
        shown = [f"{name}={value}" for name, value in self.attributes.items()]
        shown += [f"{value}" for value in self.parameters if self.others]
        return " ".join([self.op, *shown])


CASES = [
    Case("Celu", {}, "celu", (1.0,)),
    Case("Celu", {"alpha": 2.0}, "celu", (2.0,)),
    Case("Celu", {"alpha": 0.3}, "celu", (f32(0.3),)),
    Case("Clip", {}, "hardtanh", (0.0, 6.0), (constant(0), constant(6))),
    Case("Clip", {}, "hardtanh", (2.0, 1.0), (constant(2), constant(1))),
    Case("Clip", {}, "hardtanh", (0.0, INF), (constant(0),)),
    Case("Clip", {}, "hardtanh", (-INF, 0.5), (None, constant(0.5))),
    Case("Clip", {}, "hardtanh", (-INF, INF)),
    Case("Elu", {}, "elu"),
    Case("Elu", {"alpha": 0.3}, "elu", (f32(0.3),)),
    Case("Elu", {"alpha": 0.0}, "elu", (0.0,)),
    Case("Gelu", {}, "gelu"),
    Case("Gelu", {"approximate": "none"}, "gelu"),
    Case("Gelu", {"approximate": "tanh"}, "gelu_tanh"),
    Case("HardSigmoid"),
    Case("HardSigmoid", {"alpha": 1 / 6}, "hardsigmoid"),
    Case("HardSigmoid", {"alpha": 0.1666667}),
    Case("HardSigmoid", {"alpha": -0.25, "beta": 0.375}),
    Case("HardSwish", {}, "hardswish"),
    Case("LeakyRelu", {}, "leaky_relu", (f32(0.01),)),
    Case("LeakyRelu", {"alpha": 0.3}, "leaky_relu", (f32(0.3),)),
    Case("LeakyRelu", {"alpha": 0.0}, "leaky_relu", (0.0,)),
    Case("Mish", {}, "mish"),
    Case("PRelu", {}, "prelu", (), (factors,)),
    Case("PRelu", {}, "prelu", (), (constant(0.25),)),
    Case("Relu", {}, "relu"),
    Case("Selu", {}, "selu"),
    Case("Selu", {"alpha": 1.5, "gamma": 1.25}),
    Case("Selu", {"alpha": 0.3}),
    Case("Selu", {"gamma": 0.3}),
    Case("Shrink", {}, "hardshrink"),
    Case("Shrink", {"lambd": 0.3}, "hardshrink", (f32(0.3),)),
    Case("Shrink", {"lambd": 0.3, "bias": 0.3}, "softshrink", (f32(0.3),)),
    Case("Shrink", {"lambd": 0.5, "bias": 0.3}),
    Case("Shrink", {"lambd": 0.0, "bias": -1.5}),
    Case("Sigmoid", {}, "sigmoid"),
    Case("Softplus", {}, "softplus"),
    Case("Softsign", {}, "softsign"),
    Case("SwiGLU", others=(factors,)),
    Case("SwiGLU", {"alpha": 1.702}, others=(factors,)),
    Case("Swish", {}, "silu"),
    Case("Swish", {"alpha": 1.702}, "silu", (f32(1.702),)),
    Case("Tanh", {}, "tanh"),
    Case("ThresholdedRelu", {}, "threshold", (1.0, 0.0)),
    Case("ThresholdedRelu", {"alpha": 0.3}, "threshold", (f32(0.3), 0.0)),
]


class Steps(NamedTuple):
    """What ours does in several: ONNX's formula, and a bound of our error in units of rounding."""

    formula: Callable
    error: Callable  # of abs(x) and abs(y)


FIFTH, ALPHA, GAMMA = map(f32, (0.2, 1.6732632423543772, 1.0507009873554805))  # defaults
STEPS = {
    "HardSigmoid": Steps(
        lambda x, alpha=FIFTH, beta=0.5: np.clip(alpha * x + beta, 0, 1),
        lambda s, y: np.minimum(s, 2) + y,  # a product, at most 1 + beta if not clipped; a sum
    ),
    "Selu": Steps(
        lambda x, alpha=ALPHA, gamma=GAMMA: (
            gamma * np.where(x > 0, x, alpha * np.expm1(np.minimum(x, 0)))
        ),
        lambda s, y: 5 * y,  # elu's 2 ULP and a product
    ),
    "Shrink": Steps(
        lambda x, lambd=0.5, bias=0.0: np.where(
            x < -lambd, x + bias, np.where(x > lambd, x - bias, 0)
        ),
        lambda s, y: y,
    ),
    "SwiGLU": Steps(
        lambda x, up, alpha=1.0: x / (1 + np.exp(-alpha * x)) * up,
        lambda s, y: 5 * y,  # silu's 2 ULP and a product
    ),
}


def each(condition=lambda case, dtype: True):
    """Every case and type that this onnx has and for which that holds."""
    pairs = [(case, dtype) for case in CASES for dtype in DTYPES if opset_for(case.op, dtype)]
    pairs = [pair for pair in pairs if condition(*pair)]
    ids = [f"{case} {dtype}" for case, dtype in pairs]
    return pytest.mark.parametrize(("case", "dtype"), pairs, ids=ids)


def points(dtype, largest=1e4):
    """Numbers of all sizes, and many where the functions bend."""
    tiny = float(ml_dtypes.finfo(dtype).smallest_subnormal)
    sizes = np.geomspace(tiny, largest, 40)
    return np.concatenate([np.linspace(-25, 25, 201), -sizes, [-0.0, 0.0], sizes]).astype(dtype)


SPECIAL = (-INF, -1e38, 1e38, INF, NAN)


# ---- They are ours -------------------------------------------------------------


@each(lambda case, dtype: case.is_function(dtype))
def test_has_the_bits_of_our_function(case, dtype):
    with np.errstate(over="ignore"):
        x = np.concatenate([points(dtype), np.array(SPECIAL).astype(dtype)])
    inputs = case.inputs(x)
    wide = np.float32 if dtype == ml_dtypes.bfloat16 else dtype
    arrays = [a.astype(wide) for a in (inputs if case.op == "PRelu" else [x])]
    parameters = case.parameters
    if case.op == "Clip":  # no bound: the largest number, says ONNX, for infinities, too
        largest = float(ml_dtypes.finfo(dtype).max)
        parameters = [float(np.clip(bound, -largest, largest)) for bound in parameters]
    expected = getattr(rf, case.function)(*arrays, *parameters).astype(dtype)
    assert same_bits(ours(case.op, *inputs, **case.attributes), expected)


@each(lambda case, dtype: not case.is_function(dtype))
def test_what_has_several_steps_is_within_its_bound(case, dtype):
    """And is rounded to a half type once."""
    x = points(dtype)
    inputs = case.inputs(x)
    y = ours(case.op, *inputs, **case.attributes)
    assert y.dtype == dtype
    attributes = {name: np.longdouble(f32(value)) for name, value in case.attributes.items()}
    with np.errstate(all="ignore"):
        exact = STEPS[case.op].formula(*(a.astype(np.longdouble) for a in inputs), **attributes)
        info = ml_dtypes.finfo(dtype)
        half = info.bits == 16
        unit = F32 if half else float(info.eps) / 2
        allowed = unit * STEPS[case.op].error(abs(x.astype(np.longdouble)), abs(exact))
        allowed += half * float(info.eps) / 2 * abs(exact)
        allowed += 2 * float(info.smallest_subnormal)
        finite = abs(exact) <= float(info.max)
        error = abs(y.astype(np.longdouble) - exact)
    assert np.all(error[finite] <= allowed[finite])
    assert np.all(np.isinf(y[~finite]))


def test_all_of_the_family_are_there():
    """By our names, ONNX's, and what such names are made of."""
    known = {schema.name for schema in onnx.defs.get_all_schemas_with_history()}
    names = {name.replace("_", "") for name in ACTIVATIONS}
    pattern = re.compile(r".*([lrcg]e|e|s)lu|.*swish|.*shrink|mish|.*sigmoid|tanh|soft(plus|sign)|"
                         r"(swi|ge|re)?glu|clip|.*relu.*", re.IGNORECASE)  # fmt: skip
    expected = {name for name in known if pattern.fullmatch(name) or name.lower() in names}
    assert expected >= {"Clip", "Elu", "HardSigmoid", "LeakyRelu", "PRelu", "Relu", "Shrink"}
    operators = {operator.__name__ for operator in OPERATORS}
    assert len(operators) == len(OPERATORS)
    assert expected == operators & known
    assert {case.op for case in CASES} == operators


# ---- Beside onnx's own -----------------------------------------------------------

EXP = 8  # NumPy promises 4 ULP for exp, expm1, log1p, tanh, and 4 ULP are 8 units

# Of onnx's formulas, whose operators round one by one: what they are off, in units of rounding;
# s is abs(x), y the size of the result.  Elu's is alpha * expm1(x), Sigmoid's e^x / (1 + e^x).
ONNX_ROUNDS = {
    "Celu": lambda s, y, **_: (EXP + 3) * y,
    "Clip": lambda s, y: 0 * y,
    "Elu": lambda s, y, **_: (EXP + 2) * y,
    # x / sqrt(2), erf and its sum, of at most 2; and of x + 0.044715 x^3, times sqrt(2 / pi),
    # tanh, that is at most 0.45 of it.  The sums cancel where x < 0.
    "Gelu": lambda s, y, approximate="none": (9 if approximate == "tanh" else 2) * s + 2 * y,
    "HardSigmoid": lambda s, y, **_: np.minimum(s, 2) + 2 * y,
    "HardSwish": lambda s, y: s / 2 + 3 * y,
    "LeakyRelu": lambda s, y, **_: 2 * y,  # alpha is rounded to a half type
    "Mish": lambda s, y: (3 * EXP + 2) * y,
    "PRelu": lambda s, y: 0 * y,
    "Relu": lambda s, y: 0 * y,
    "Selu": lambda s, y, **_: (EXP + 3) * y,
    "Shrink": lambda s, y, bias=0, **_: (bias != 0) * y,
    "Sigmoid": lambda s, y: (2 * EXP + 3) * y,
    "Softplus": lambda s, y: (2 * EXP + 1) * y,
    "Softsign": lambda s, y: 2 * y,
    # alpha x is rounded, which e^(alpha x) multiplies by it.
    "SwiGLU": lambda s, y, alpha=1: (EXP + 5 + alpha * s) * y,
    "Swish": lambda s, y, alpha=1: (EXP + 4 + alpha * s) * y,
    "Tanh": lambda s, y: EXP * y,
    "ThresholdedRelu": lambda s, y, **_: 0 * y,
}
# Whose constants or steps are float32 also in float64, and so are relatively off by that.
ONNX_IS_FLOAT32 = {"Gelu": lambda s: s / 2, "HardSwish": lambda s: s / 4}
# Ours means the real numbers, and attributes are these in float32.
OURS_MEANS = {"Selu": lambda y: F32 * y, "HardSigmoid": lambda y: F32 / 4}


@each()
def test_agrees_with_onnx_to_rounding(case, dtype):
    x = points(dtype)
    inputs = case.inputs(x)
    y = ours(case.op, *inputs, **case.attributes)
    theirs = onnxs(case.op, *inputs, **case.attributes)
    assert (y.dtype, y.shape) == (theirs.dtype, theirs.shape) == (dtype, x.shape)
    info = ml_dtypes.finfo(dtype)
    size, value = (abs(a.astype(np.longdouble)) for a in (x, y))
    with np.errstate(all="ignore"):
        rounds = ONNX_ROUNDS[case.op](size, value, **case.attributes)
        allowed = float(info.eps) / 2 * (rounds + case.our_error(x, y).astype(np.longdouble))
        allowed += ONNX_IS_FLOAT32.get(case.op, lambda s: 0 * s)(size) * F32
        allowed += OURS_MEANS.get(case.op, lambda y: 0)(value)
        if np.any(rounds):  # what underflows on the way, and e^x that overflows, and then 1 / inf
            allowed += (1 + size) * (float(info.smallest_subnormal) + 2.0**-127)
        error = abs(y.astype(np.longdouble) - theirs.astype(np.longdouble))
    assert np.all((y == theirs) | (error <= allowed))


# ---- Beside ONNX Runtime -----------------------------------------------------------

# Its exp, erf, tanh and sigmoid are polynomials, and it states no bound of their error.  Seen over
# float32 and float64: 7.5 units of the larger one of 1 and abs(x), at Mish of -30.
RUNTIME_ROUNDS = 8
RUNTIME_IS_EXACT = {"Clip", "PRelu", "Relu", "ThresholdedRelu"}
RUNTIME_IS_FLOAT32 = {"Gelu", "HardSwish", "Shrink"}  # constants, or all of it, also in float64


@each(lambda case, dtype: dtype != ml_dtypes.bfloat16)  # NumPy cannot feed it
def test_agrees_with_onnx_runtime_to_rounding(case, dtype):
    # Its softplus of float16 or float64 is inf from exp's overflow on, and its Shrink float32.
    x = points(min(dtype, np.dtype(np.float32)), largest=80).astype(dtype)
    inputs = case.inputs(x)
    theirs = runtimes(case.op, *inputs, **case.attributes)
    if theirs is None:
        assert case.op in {"Gelu", "SwiGLU"}  # what ONNX Runtime 1.32 lacks, of some types
        return
    y = ours(case.op, *inputs, **case.attributes)
    assert (y.dtype, y.shape) == (theirs.dtype, theirs.shape)
    if case.op in RUNTIME_IS_EXACT:
        np.testing.assert_array_equal(y, theirs)
        return
    wide = x.astype(np.longdouble), y.astype(np.longdouble)
    size = np.maximum(1, abs(wide[0]))
    allowed = np.finfo(dtype).eps / 2 * (RUNTIME_ROUNDS * size + case.our_error(*wide))
    allowed += (case.op in RUNTIME_IS_FLOAT32) * F32 * size
    assert np.all(abs(wide[1] - theirs.astype(np.longdouble)) <= allowed)


# ---- Infinities and NaN ------------------------------------------------------------

LIMITS = {"-inf": -INF, "inf": INF, "nan": NAN}
# Where theirs is not the limit but NaN; for NaN 0; or for Clip without a bound infinite.
ONNX_DIFFERS = {
    ("-inf",): ("Gelu", "HardSwish", "LeakyRelu", "Mish", "PRelu", "SwiGLU", "Swish"),
    ("-inf", "inf"): ("Clip", "Softsign"),
    ("nan",): ("Shrink", "ThresholdedRelu"),
}
RUNTIME_DIFFERS = {**ONNX_DIFFERS, ("-inf", "inf"): ("Softsign",)}


@pytest.mark.parametrize(
    ("theirs", "differs"), [(onnxs, ONNX_DIFFERS), (runtimes, RUNTIME_DIFFERS)]
)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_limits_are_numbers_and_nan_is_nan(case, theirs, differs):
    x = np.array(list(LIMITS.values()), np.float32)
    inputs = case.inputs(x)
    if case.op == "PRelu":
        inputs[1] = np.zeros_like(x)
    y = ours(case.op, *inputs, **case.attributes)
    assert list(np.isnan(y)) == [False, False, True]
    other = theirs(case.op, *inputs, **case.attributes)
    if other is not None:
        same = np.isclose(y, other, rtol=8 * F32, atol=0, equal_nan=True)
        different = {name for name, equal in zip(LIMITS, same, strict=True) if not equal}
        assert different <= {
            name for names, ops in differs.items() if case.op in ops for name in names
        }


# ---- What the page says of others ----------------------------------------------------

THEIRS = {"onnx": ("1.23", onnxs), "onnxruntime": ("1.32", runtimes)}


def result_of(package, op, x, **attributes):
    """What it returns, in the version in which that was seen."""
    version, evaluate_theirs = THEIRS[package]
    installed = pytest.importorskip(package).__version__
    if not installed.startswith(version + "."):
        pytest.skip(f"seen in {package} {version}, not {installed}")
    return evaluate_theirs(op, x, **attributes)[0]


@pytest.mark.parametrize(
    ("package", "op", "attributes", "dtype", "x", "error"),
    [
        ("onnx", "Gelu", {}, "float64", -1.0, 1e-9),
        ("onnx", "Gelu", {"approximate": "tanh"}, "float64", -1.0, 1e-9),
        ("onnx", "HardSwish", {}, "float64", -1.0, 1e-9),
        ("onnx", "Swish", {}, "float32", -90.0, 1.0),
        ("onnxruntime", "Gelu", {"approximate": "tanh"}, "float64", -1.0, 1e-9),
        ("onnxruntime", "HardSwish", {}, "float64", -1.0, 1e-9),
        ("onnxruntime", "Shrink", {"bias": 0.3}, "float64", 1.1, 1e-9),
        ("onnxruntime", "Sigmoid", {}, "float32", -18.0, 1.0),
        ("onnxruntime", "Softplus", {}, "float64", 1000.0, INF),
    ],
)
def test_others_have_not_the_digits_of_their_type(package, op, attributes, dtype, x, error):
    """Their relative error is at least that; ours has the bits of a function with a bound."""
    x = np.full(33, x, dtype)
    y = ours(op, x, **attributes)[0]
    assert abs(result_of(package, op, x, **attributes) - y) >= error * abs(y)


@pytest.mark.parametrize("package", THEIRS)
@pytest.mark.parametrize(
    ("op", "x", "result"),
    [
        *((op, -INF, NAN) for op in ("Gelu", "HardSwish", "Mish", "Softsign", "Swish")),
        ("Softsign", INF, NAN),
        ("Shrink", NAN, 0),
        ("ThresholdedRelu", NAN, 0),
    ],
)
def test_others_return_nan_for_limits_and_none_for_nan(package, op, x, result):
    x = np.full(33, x, np.float32)
    np.testing.assert_equal(float(result_of(package, op, x)), result)
