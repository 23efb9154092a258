"""Special values, domains and selections of each activation, written by hand from its definition.

Zeros with their signs, infinities, kinks, NaN and parameters that are none: what one author of
formulas may get wrong in the same way in the formula and in its definition.
"""

import math

import numpy as np
import pytest
from support.dtypes import FLOATING
from support.reference import bits

import relu_fast
from relu_fast._catalog import ACTIVATIONS
from relu_fast.accuracy.proof import HALVES
from relu_fast.accuracy.ulp import format_of, nearest

INF, NAN = math.inf, math.nan
LN_2 = math.log(2)
LAMBDA, LAMBDA_ALPHA = 1.05070098735548049342, 1.75809934084737685994
GRADIENTS = [1.0, -2.5, 0.0, -0.0, INF, -INF, NAN]


# ---- Ways to call ------------------------------------------------------------


def plain(function, arrays, parameters):
    return function(*arrays, **parameters)


def with_where(function, arrays, parameters):
    """Through NumPy's own machinery."""
    out = np.full_like(arrays[-1], 7)
    return function(*arrays, **parameters, out=out, where=np.ones(out.shape, bool))


def strided(function, arrays, parameters):
    arrays = [np.repeat(array, 3)[::-3][::-1] for array in arrays]
    assert not any(array.flags.c_contiguous for array in arrays)
    return function(
        *arrays, **parameters, out=np.full(2 * arrays[-1].size, 7.0, arrays[-1].dtype)[::2]
    )


def varying(function, arrays, parameters):
    """A parameter for each element."""
    each = {name: np.full(arrays[-1].shape, p, arrays[-1].dtype) for name, p in parameters.items()}
    return function(*arrays, **each)


def one_by_one(function, arrays, parameters):
    each = [
        function(*numbers, **parameters)
        for numbers in zip(*(a[:, None] for a in arrays), strict=True)
    ]
    return np.concatenate(each)


WAYS = [plain, with_where, strided, varying, one_by_one]


@pytest.fixture(params=FLOATING)
def dtype(request):
    return request.param


@pytest.fixture(params=WAYS, ids=lambda way: way.__name__)
def way(request):
    return request.param


def function_of(name, suffix=""):
    return getattr(relu_fast, name + suffix)


def numbers(column, dtype):
    """As the nearest of their type."""
    return nearest(np.array(column, np.float64), dtype)


def check(name, suffix, arrays, parameters, expected, dtype):
    """Bit for bit, called in each way, at a length that has whole vectors and a remainder."""
    size = 37 + len(expected)
    arrays = [np.resize(numbers(array, dtype), size) for array in arrays]
    wanted = np.resize(numbers(expected, dtype), size)
    for way in WAYS:
        with np.errstate(over="ignore"):  # the parameters of float16
            got = way(function_of(name, suffix), arrays, parameters)
        assert got.dtype == dtype
        different = np.flatnonzero(bits(got) != bits(wanted))
        assert not different.size, way.__name__ + str(
            [(*(a[i] for a in arrays), got[i], wanted[i]) for i in different[: len(expected)]]
        )


def named(cases):
    return [
        pytest.param(*case, id=f"{case[0]}({', '.join(f'{k}={v}' for k, v in case[1].items())})")
        for case in cases
    ]


# ---- Value and derivative ----------------------------------------------------

# Name, parameters, and (x, value, derivative).
SPECIAL = [
    ("relu", {}, [(-INF, 0.0, 0), (-0.0, 0.0, 0), (0.0, 0.0, 0), (INF, INF, 1)]),
    ("relu6", {}, [
        (-INF, 0.0, 0), (-3, 0.0, 0), (-0.0, 0.0, 0), (0.0, 0.0, 0),
        (5.75, 5.75, 1), (6, 6, 0), (6.25, 6, 0), (INF, 6, 0),
    ]),
    ("relu_squared", {}, [
        (-INF, 0.0, 0), (-3, 0.0, 0), (-0.0, 0.0, 0), (0.0, 0.0, 0),
        (0.5, 0.25, 1), (INF, INF, INF),
    ]),
    ("leaky_relu", {"alpha": 0.25}, [
        (-INF, -INF, 0.25), (-2, -0.5, 0.25), (-0.0, -0.0, 0.25), (0.0, 0.0, 0.25), (INF, INF, 1),
    ]),
    ("leaky_relu", {"alpha": 0.0}, [
        (-INF, -0.0, 0), (-2, -0.0, 0), (-0.0, -0.0, 0), (0.0, 0.0, 0), (INF, INF, 1),
    ]),
    ("leaky_relu", {"alpha": -2.0}, [(-INF, INF, -2), (-1, 2, -2), (-0.0, -0.0, -2), (1, 1, 1)]),
    ("leaky_relu", {"alpha": INF}, [(-1, -INF, INF), (-0.0, -0.0, INF), (2, 2, 1)]),
    ("leaky_relu", {"alpha": NAN}, [(-1, NAN, NAN), (-0.0, -0.0, NAN), (0.0, 0.0, NAN), (1, 1, 1)]),
    ("prelu", {"alpha": 0.5}, [(-INF, -INF, 0.5), (-0.0, -0.0, 0.5), (0.0, 0.0, 0.5), (2, 2, 1)]),
    ("elu", {}, [(-INF, -1, 0), (-0.0, -0.0, 1), (0.0, 0.0, 1), (2, 2, 1), (INF, INF, 1)]),
    ("elu", {"alpha": 0.0}, [(-INF, -0.0, 0), (-1, -0.0, 0), (-0.0, -0.0, 0), (2, 2, 1)]),
    ("elu", {"alpha": INF}, [(-1, -INF, INF), (-0.0, -0.0, INF), (0.0, 0.0, INF), (1, 1, 1)]),
    ("threshold", {"threshold": 0.5, "value": -2.0}, [
        (-INF, -2, 0), (-0.0, -2, 0), (0.5, -2, 0), (0.75, 0.75, 1), (INF, INF, 1),
    ]),
    # The value may be anything.
    ("threshold", {"threshold": 0.5, "value": NAN}, [(-INF, NAN, 0), (0.5, NAN, 0), (2, 2, 1)]),
    ("threshold", {"threshold": 0.5, "value": INF}, [(-1, INF, 0), (0.5, INF, 0), (2, 2, 1)]),
    ("threshold", {"threshold": 0.0, "value": -0.0}, [
        (-1, -0.0, 0), (0.0, -0.0, 0), (-0.0, -0.0, 0),
    ]),
    ("threshold", {"threshold": INF, "value": 3.0}, [(-INF, 3, 0), (1, 3, 0), (INF, 3, 0)]),
    ("threshold", {"threshold": -INF, "value": 3.0}, [(-INF, 3, 0), (-1, -1, 1), (INF, INF, 1)]),
    ("hardtanh", {}, [
        (-INF, -1, 0), (-1, -1, 0), (-0.5, -0.5, 1), (-0.0, -0.0, 1), (0.0, 0.0, 1),
        (1, 1, 0), (1.5, 1, 0), (INF, 1, 0),
    ]),
    ("hardtanh", {"max_val": 2.0}, [(-1, -1, 0), (1.5, 1.5, 1), (2, 2, 0), (3, 2, 0)]),
    ("hardtanh", {"min_val": -3.0}, [(-4, -3, 0), (-3, -3, 0), (-2, -2, 1), (1, 1, 0)]),
    # An x equal to a bound is unchanged.
    ("hardtanh", {"min_val": 0.0}, [(-1, 0.0, 0), (-0.0, -0.0, 0), (0.0, 0.0, 0), (0.5, 0.5, 1)]),
    ("hardtanh", {"min_val": -0.0}, [(-1, -0.0, 0), (-0.0, -0.0, 0), (0.0, 0.0, 0)]),
    ("hardtanh", {"max_val": -0.0}, [
        (-1, -1, 0), (-0.5, -0.5, 1), (-0.0, -0.0, 0), (0.0, 0.0, 0), (1, -0.0, 0),
    ]),
    # Where the upper bound is the lower one, it is the result everywhere.
    ("hardtanh", {"min_val": 1.0, "max_val": -1.0}, [
        (-INF, -1, 0), (-1, -1, 0), (0.0, -1, 0), (1, -1, 0), (INF, -1, 0),
    ]),
    ("hardtanh", {"min_val": -INF, "max_val": INF}, [
        (-INF, -INF, 0), (-5, -5, 1), (5, 5, 1), (INF, INF, 0),
    ]),
    ("hardshrink", {}, [
        (-INF, -INF, 1), (-0.75, -0.75, 1), (-0.5, 0.0, 0), (-0.0, 0.0, 0), (0.0, 0.0, 0),
        (0.5, 0.0, 0), (0.75, 0.75, 1), (INF, INF, 1),
    ]),
    ("hardshrink", {"lambd": 0.0}, [(-1, -1, 1), (-0.0, 0.0, 0), (0.0, 0.0, 0), (1, 1, 1)]),
    ("hardshrink", {"lambd": -0.0}, [(-1, -1, 1), (-0.0, 0.0, 0), (0.0, 0.0, 0), (1, 1, 1)]),
    ("hardshrink", {"lambd": INF}, [(-INF, 0.0, 0), (-1, 0.0, 0), (INF, 0.0, 0)]),
    ("softshrink", {}, [
        (-INF, -INF, 1), (-0.75, -0.25, 1), (-0.5, 0.0, 0), (-0.0, 0.0, 0), (0.0, 0.0, 0),
        (0.5, 0.0, 0), (0.75, 0.25, 1), (INF, INF, 1),
    ]),
    ("softshrink", {"lambd": 0.0}, [(-1, -1, 1), (-0.0, 0.0, 0), (0.0, 0.0, 0), (1, 1, 1)]),
    ("softshrink", {"lambd": INF}, [(-INF, 0.0, 0), (-1, 0.0, 0), (INF, 0.0, 0)]),
    ("hardsigmoid", {}, [
        (-INF, 0.0, 0), (-4, 0.0, 0), (-3, 0.0, 0), (-1.5, 0.25, 1 / 6), (-0.0, 0.5, 1 / 6),
        (0.0, 0.5, 1 / 6), (1.5, 0.75, 1 / 6), (3, 1, 0), (4, 1, 0), (INF, 1, 0),
    ]),
    ("hardswish", {}, [
        (-INF, -0.0, 0), (-4, -0.0, 0), (-3, -0.0, 0), (-1.5, -0.375, 0), (-0.0, -0.0, 0.5),
        (0.0, 0.0, 0.5), (1.5, 1.125, 1), (3, 3, 1), (4, 4, 1), (INF, INF, 1),
    ]),
    ("softsign", {}, [
        (-INF, -1, 0), (-3, -0.75, 0.0625), (-1, -0.5, 0.25), (-0.0, -0.0, 1), (0.0, 0.0, 1),
        (1, 0.5, 0.25), (INF, 1, 0),
    ]),
    ("squareplus", {}, [
        (-INF, 0.0, 0), (-1.5, 0.5, 0.2), (-0.0, 1, 0.5), (0.0, 1, 0.5), (1.5, 2, 0.8),
        (INF, INF, 1),
    ]),
    ("squareplus", {"b": 0.0}, [
        (-INF, 0.0, 0), (-2, 0.0, 0), (-0.0, 0.0, 0.5), (0.0, 0.0, 0.5), (2, 2, 1), (INF, INF, 1),
    ]),
    ("selu", {}, [
        (-INF, -LAMBDA_ALPHA, 0), (-0.0, -0.0, LAMBDA_ALPHA), (0.0, 0.0, LAMBDA_ALPHA),
        (1, LAMBDA, LAMBDA), (2, 2 * LAMBDA, LAMBDA), (INF, INF, LAMBDA),
    ]),
    ("celu", {}, [(-INF, -1, 0), (-0.0, -0.0, 1), (0.0, 0.0, 1), (2, 2, 1), (INF, INF, 1)]),
    ("celu", {"alpha": 0.25}, [(-INF, -0.25, 0), (-0.0, -0.0, 1), (0.0, 0.0, 1), (INF, INF, 1)]),
    ("celu", {"alpha": 1024.0}, [(-INF, -1024, 0), (-0.0, -0.0, 1), (0.0, 0.0, 1), (2, 2, 1)]),
    ("sigmoid", {}, [(-INF, 0.0, 0), (-0.0, 0.5, 0.25), (0.0, 0.5, 0.25), (INF, 1, 0)]),
    ("tanh", {}, [(-INF, -1, 0), (-0.0, -0.0, 1), (0.0, 0.0, 1), (INF, 1, 0)]),
    ("tanhshrink", {}, [(-INF, -INF, 1), (-0.0, -0.0, 0), (0.0, 0.0, 0), (INF, INF, 1)]),
    ("log_sigmoid", {}, [(-INF, -INF, 1), (-0.0, -LN_2, 0.5), (0.0, -LN_2, 0.5), (INF, -0.0, 0)]),
    ("softplus", {}, [(-INF, 0.0, 0), (-0.0, LN_2, 0.5), (0.0, LN_2, 0.5), (INF, INF, 1)]),
    ("softplus", {"beta": 2.0}, [
        (-INF, 0.0, 0), (-0.0, LN_2 / 2, 0.5), (0.0, LN_2 / 2, 0.5), (INF, INF, 1),
    ]),
    *((name, {}, [(-INF, -0.0, -0.0), (-0.0, -0.0, 0.5), (0.0, 0.0, 0.5), (INF, INF, 1)])
      for name in ("silu", "gelu", "gelu_tanh", "quick_gelu")),
    ("silu", {"beta": -1.0}, [
        (-INF, -INF, 1), (-0.0, -0.0, 0.5), (0.0, 0.0, 0.5), (INF, 0.0, -0.0),
    ]),
    # Half of x, at infinities, too.
    ("silu", {"beta": 0.0}, [
        (-INF, -INF, 0.5), (-2, -1, 0.5), (-0.0, -0.0, 0.5), (0.0, 0.0, 0.5), (INF, INF, 0.5),
    ]),
    ("mish", {}, [(-INF, -0.0, -0.0), (-0.0, -0.0, 0.6), (0.0, 0.0, 0.6), (INF, INF, 1)]),
    ("squareplus", {"b": -0.0}, [(-2, 0.0, 0), (-0.0, 0.0, 0.5), (0.0, 0.0, 0.5), (2, 2, 1)]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "parameters", "rows"), named(SPECIAL))
def test_value(some_isa, dtype, name, parameters, rows):
    x, value, _ = zip(*rows, (NAN, NAN, NAN), strict=True)
    check(name, "", [x], parameters, value, dtype)


@pytest.mark.parametrize(("name", "parameters", "rows"), named(SPECIAL))
def test_derivative(some_isa, dtype, name, parameters, rows):
    x, _, derivative = zip(*rows, (NAN, NAN, NAN), strict=True)
    check(name, "_grad", [x], parameters, derivative, dtype)


@pytest.mark.parametrize(("name", "parameters", "rows"), named(SPECIAL))
def test_in_place(dtype, name, parameters, rows):
    x, value, _ = (numbers(column, dtype) for column in zip(*rows, strict=True))
    assert function_of(name, "_")(x, **parameters) is x
    assert (bits(x) == bits(value)).all()


def test_each_activation_is_here():
    assert {name for name, *_ in SPECIAL} >= {
        row.name for row in ACTIVATIONS.values() if not row.is_test_only and not row.gate
    }


# ---- Gradients are selected --------------------------------------------------


@pytest.mark.parametrize(
    ("name", "parameters", "rows"),
    named([case for case in SPECIAL if any(slope in (0, 1) for _, _, slope in case[2])]),
)
def test_where_the_derivative_is_zero_the_gradient_is_plus_zero(
    some_isa, dtype, name, parameters, rows
):
    """Whatever g; and where it is 1, the gradient is g itself."""
    cases = [
        (g, x, g if derivative else 0.0)
        for x, _, derivative in rows
        for g in GRADIENTS
        if derivative in (0, 1)
    ]
    g, x, expected = zip(*cases, strict=True)
    check(name, "_backward", [g, x], parameters, expected, dtype)


@pytest.mark.parametrize(("name", "parameters", "rows"), named(SPECIAL))
def test_nan_x_comes_before_the_selection(some_isa, dtype, name, parameters, rows):
    nans = [NAN] * len(GRADIENTS)
    check(name, "_backward", [GRADIENTS, nans], parameters, nans, dtype)


@pytest.mark.parametrize(("name", "parameters", "rows"), named(SPECIAL))
def test_gradients_of_infinite_and_nan_g(some_isa, dtype, name, parameters, rows):
    """Where the derivative is another number than 0."""
    cases = [
        (g, x, math.copysign(INF, g * derivative) if g == g else NAN)
        for x, _, derivative in rows
        for g in (INF, -INF, NAN)
        if derivative == derivative and derivative != 0
    ]
    if cases:
        g, x, expected = zip(*cases, strict=True)
        check(name, "_backward", [g, x], parameters, expected, dtype)


@pytest.mark.parametrize("name", ["softsign", "squareplus"])
def test_where_the_derivative_underflows_an_infinite_gradient_stays(some_isa, dtype, name):
    x = -format_of(dtype).max
    assert function_of(name, "_grad")(np.array([x], dtype))[0] == 0
    cases = [(INF, x, INF), (-INF, x, -INF), (NAN, x, NAN)]
    g, x, expected = zip(*cases, strict=True)
    check(name, "_backward", [g, x], {}, expected, dtype)


def test_nan_g_gives_nan_elsewhere(isa, dtype):
    x = np.array([0.75, 1.0, 3.0, INF], dtype)
    g = np.full_like(x, NAN)
    assert np.isnan(relu_fast.relu_squared_backward(g, x)).all()


def test_relu_squared_backward_rounds_once(isa, dtype):
    """Where 2 x or 2 g overflows, or g * x is subnormal."""
    info = format_of(dtype)
    small, big = info.smallest_subnormal, info.max
    cases = [
        (3 * small, 0.5, 3 * small),
        (big, 0.25, big / 2),
        (small, big, small * 2 * big),
        (3 * small, 0.25, 2 * small),  # 1.5 of the smallest, to even
        (big, 0.5, big),
        (big, 1, INF),
        (1, big, INF),
        (0.25, big, big / 2),
    ]
    g, x, expected = (numbers(column, dtype) for column in zip(*cases, strict=True))
    assert (bits(relu_fast.relu_squared_backward(g, x)) == bits(expected)).all()


# ---- Far out, and next to zeros ----------------------------------------------


def test_squareplus_neither_cancels_nor_overflows(isa, dtype):
    """(x + sqrt(x * x + 4)) / 2 is 0 for float32 below -6000, and inf above 2**64."""
    if dtype == "float16":
        pytest.skip("of the compute types")
    exponents = range(30, format_of(dtype).maxexp)  # from where on b/(4 x) does not show beside x
    x = np.array([2.0**e for e in exponents], dtype)
    assert (bits(relu_fast.squareplus(x)) == bits(x)).all()
    quarter = np.array([2.0**-e for e in exponents]).astype(dtype)
    assert (bits(relu_fast.squareplus(-x)) == bits(quarter)).all()


@pytest.mark.parametrize("b", [1e-300, 1e300])
def test_squareplus_of_any_b(isa, b):
    """Whose root alone is left at 0."""
    x = np.zeros(9)
    assert np.allclose(relu_fast.squareplus(x, b), math.sqrt(b) / 2, rtol=1e-15, atol=0)
    assert (relu_fast.squareplus_grad(x, b) == 0.5).all()


def test_softsign_of_the_largest_number_is_one(isa, dtype):
    if dtype == "float16":
        pytest.skip("of the compute types")
    x = np.array([format_of(dtype).max, -format_of(dtype).max], dtype)
    assert relu_fast.softsign(x).tolist() == [1, -1]


def test_hardswish_halves_subnormal_numbers(isa, dtype):
    """x/2 and a little more: ties go up."""
    if dtype in HALVES:
        pytest.skip("of the compute types")
    smallest = np.finfo(dtype).smallest_subnormal
    x = smallest * np.arange(2, 1000, 2).astype(dtype)
    assert (relu_fast.hardswish(x) == x / 2).all()
    assert (relu_fast.hardswish(-x) == -x / 2).all()


def test_celu_of_alphas_without_a_reciprocal(isa, dtype):
    """1/alpha is inf for the smallest alpha, and subnormal for the largest."""
    if dtype in HALVES:
        pytest.skip("of the compute types")
    info = np.finfo(dtype)
    x = np.array([-info.max, -1, -info.tiny, -info.smallest_subnormal], dtype)
    small, large = info.smallest_subnormal, info.max
    assert relu_fast.celu(x, small).tolist()[:3] == [-small] * 3
    assert relu_fast.celu_grad(x, small).tolist()[:3] == [0] * 3
    # x = -alpha, then x/alpha too small to matter.
    assert relu_fast.celu(x, large)[1:].tolist() == x[1:].tolist()
    assert relu_fast.celu_grad(x, large)[1:].tolist() == [1] * 3
    assert relu_fast.celu(x[:1], large)[0] == pytest.approx(math.expm1(-1) * float(large), rel=1e-6)
    for alpha in (small, large):  # x = -alpha
        got = relu_fast.celu_grad(np.array([-alpha]), alpha)
        assert got == pytest.approx(math.exp(-1), rel=1e-6)


def test_tails_of_selu_and_celu_are_not_lost(isa, dtype):
    """Down to the last subnormal number: e^x times g, the power of two last."""
    if dtype in HALVES:
        pytest.skip("of the compute types")
    info = np.finfo(dtype)
    lowest = math.log(float(info.smallest_subnormal))
    x = np.array([lowest + 0.1, lowest - 2], dtype)
    assert relu_fast.celu_grad(x).tolist() == [info.smallest_subnormal, 0]
    assert relu_fast.selu_grad(x)[0] >= info.smallest_subnormal
    g = np.full_like(x, 2.0**20)
    for name in ("celu", "selu"):
        assert (function_of(name, "_backward")(g, x) > 0).all()
        assert np.isinf(function_of(name, "_backward")(g * np.inf, x)).all()


# ---- Domains -----------------------------------------------------------------

ANYWHERE = [-INF, -2.0, -0.5, -0.0, 0.0, 0.25, 1.0, 3.0, 7.0, INF, NAN]

# Name, parameters outside of the domain, and the x there.
OUTSIDE = [
    ("threshold", {"threshold": NAN, "value": 1.0}, ANYWHERE),
    ("hardtanh", {"min_val": NAN}, ANYWHERE),
    ("hardtanh", {"max_val": NAN}, ANYWHERE),
    ("hardtanh", {"min_val": NAN, "max_val": NAN}, ANYWHERE),
    *((name, {"lambd": lambd}, ANYWHERE)
      for name in ("hardshrink", "softshrink")
      for lambd in (-1e-3, -0.5, -INF, NAN)),
    *(("celu", {"alpha": alpha}, [x for x in ANYWHERE if not x > 0])
      for alpha in (-1e-3, -1.0, -INF, 0.0, -0.0, INF, NAN)),
    *(("squareplus", {"b": b}, ANYWHERE) for b in (-1e-3, -4.0, -INF, INF, NAN)),
    *(("softplus", {"beta": b}, ANYWHERE) for b in (-1e-3, -1.0, -INF, 0.0, -0.0, INF, NAN)),
    *(("silu", {"beta": beta}, ANYWHERE) for beta in (-INF, INF, NAN)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "parameters", "x"), named(OUTSIDE))
def test_outside_of_a_domain_all_is_nan(some_isa, dtype, name, parameters, x):
    """And nothing is raised."""
    nans = [NAN] * len(x)
    with np.errstate(all="raise"):
        check(name, "", [x], parameters, nans, dtype)
        check(name, "_grad", [x], parameters, nans, dtype)
        for g in GRADIENTS:
            check(name, "_backward", [[g] * len(x), x], parameters, nans, dtype)


def test_domains_are_of_each_element(isa, dtype):
    """One bad parameter spoils one element."""
    x = np.full(5, 2, dtype)
    lambd = np.array([0.5, -1, NAN, 3, 0], dtype)
    assert np.array_equal(relu_fast.hardshrink(x, lambd), [2, NAN, NAN, 0, 2], equal_nan=True)
    assert np.array_equal(relu_fast.softshrink_grad(x, lambd), [1, NAN, NAN, 0, 1], equal_nan=True)


@pytest.mark.parametrize("alpha", [-1.0, -INF, 0.0, INF, NAN])
def test_celu_of_positive_x_does_not_need_alpha(some_isa, dtype, alpha):
    x = [2.0**-20, 0.5, 3.0, INF]
    check("celu", "", [x], {"alpha": alpha}, x, dtype)
    check("celu", "_grad", [x], {"alpha": alpha}, [1.0] * len(x), dtype)
    check("celu", "_backward", [[-7.0] * len(x), x], {"alpha": alpha}, [-7.0] * len(x), dtype)


@pytest.mark.parametrize("alpha", [-1.0, -INF, 0.0, -0.0, INF, NAN])
@pytest.mark.parametrize("name", ["elu_backward_from_result", "celu_backward_from_result"])
def test_the_gradient_from_a_result_raises_nothing(some_isa, dtype, way, name, alpha):
    """Of no alpha, though it is only defined for positive ones."""
    y = np.array([-2, -1, -0.0, 0, 2], dtype)
    with np.errstate(all="raise"):
        got = way(function_of(name), [np.ones_like(y), y], {"alpha": alpha})
    assert got[-1] == 1


def test_every_domain_is_tested_here():
    with_domain = {row.name for row in ACTIVATIONS.values() if row.domain}
    assert {name for name, *_ in OUTSIDE} == with_domain


# ---- Several parameters ------------------------------------------------------


def test_defaults_and_keywords():
    x = np.array([-3.0, -1.5, 0.25, 1.5, 3.0])
    for call in (
        relu_fast.hardtanh(x, max_val=2),
        relu_fast.hardtanh(x, -1, 2),
        relu_fast.hardtanh(x, max_val=2, min_val=-1),
        relu_fast.hardtanh(x, -1, max_val=2),
        relu_fast.hardtanh_(x.copy(), max_val=2),
    ):
        assert call.tolist() == [-1, -1, 0.25, 1.5, 2]
    for call in (
        relu_fast.threshold(x, 0.5, -2.0),
        relu_fast.threshold(x, 0.5, value=-2.0),
        relu_fast.threshold(x, value=-2.0, threshold=0.5),
        relu_fast.threshold_(x.copy(), 0.5, -2.0),
    ):
        assert call.tolist() == [-2, -2, -2, 1.5, 3]


@pytest.mark.parametrize("keywords", [{}, {"where": True}], ids=["fast path", "numpy's way"])
@pytest.mark.parametrize(
    ("name", "positional", "given", "message"),
    [
        ("threshold", (), {}, "missing required argument: 'threshold'"),
        ("threshold", (0.5,), {}, "missing required argument: 'value'"),
        ("threshold", (), {"value": 0.5}, "missing required argument: 'threshold'"),
        ("threshold", (0.5,), {"threshold": 0.5}, "got threshold both by position and by keyword"),
        ("threshold", (0.5, 1), {"value": 1}, "got value both by position and by keyword"),
        ("hardtanh", (-1,), {"min_val": -1}, "got min_val both by position and by keyword"),
        ("hardtanh", (-1, 1), {"max_val": 1}, "got max_val both by position and by keyword"),
        ("hardtanh_grad", (-1,), {"min_val": -1}, "got min_val both by position and by keyword"),
    ],
)
def test_wrong_parameters_are_named(keywords, name, positional, given, message):
    x = np.array([-1.0, 2.0])
    with pytest.raises(TypeError) as raised:
        function_of(name)(x, *positional, **given, **keywords)
    assert str(raised.value) == f"{name}() {message}"
    if name in ACTIVATIONS and not keywords:
        with pytest.raises(TypeError) as raised:
            function_of(name, "_")(x, *positional, **given)
        assert str(raised.value) == f"{name}_() {message}"
    assert x.tolist() == [-1, 2]
