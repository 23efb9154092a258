"""What other libraries get wrong, each as a test of ours.

"Seen" says where: PyTorch 2.13, ONNX Runtime 1.32, JAX 0.10, numexpr 2.14, NumPy 2.4, SciPy
1.17, on an x86-64 CPU with AVX-512.
"""

import functools
import importlib.metadata
import json
import math
import subprocess
import sys

import numpy as np
import pytest
from support import reference
from support.functions import FUNCTIONS, SINGLE, SUMS, arrays, each, made, parameters
from support.reference import bits

import relu_fast

INF, NAN = math.inf, math.nan
LENGTHS = range(3 * 64 // 4 + 2)  # to three vectors of 64 bytes of float32, and one more
LENGTHS_FROM_1 = LENGTHS[1:]


def same_bits(got, expected):
    return (bits(got) == bits(np.broadcast_to(expected, got.shape).astype(got.dtype))).all()


def at_each_place(special, ordinary, dtype):
    """Arrays of every length with one special value at each place, and the places."""
    for length in LENGTHS_FROM_1:
        for place in range(length):
            x = np.full(length, ordinary, dtype)
            x[place] = special
            yield x, place


# ---- relu --------------------------------------------------------------------


def test_relu_of_minus_zero_is_plus_zero(isa, dtype):
    """Seen: relu(-0.0) is -0.0 in PyTorch and ONNX Runtime, and so is np.maximum(0, -0.0)."""
    for length in LENGTHS:
        y = relu_fast.relu(np.full(length, -0.0, dtype))
        assert not np.signbit(y).any(), length
    for x, place in at_each_place(-0.0, 3, dtype):
        assert not np.signbit(relu_fast.relu(x)).any(), (len(x), place)


def test_relu_of_nan_is_nan(isa, dtype):
    """`np.where(x > 0, x, 0)`, and a vector maximum with its operands swapped, give 0."""
    for length in LENGTHS:
        assert np.isnan(relu_fast.relu(np.full(length, NAN, dtype))).all(), length
    for x, place in at_each_place(NAN, -3, dtype):
        y = relu_fast.relu(x)
        assert np.flatnonzero(np.isnan(y)).tolist() == [place], len(x)
        assert np.count_nonzero(y) == 1


def test_relu_of_a_negative_subnormal_is_plus_zero(isa, dtype):
    """`x * (x > 0)` gives -0.0, for every other negative x too, and NaN for -inf."""
    info = np.finfo(dtype)
    negative = np.array([-info.smallest_subnormal, -info.tiny / 2, -info.tiny, -1, -INF], dtype)
    for length in LENGTHS:
        y = relu_fast.relu(np.resize(negative, length))
        assert not y.any()
        assert not np.signbit(y).any(), length


# ---- leaky_relu --------------------------------------------------------------


@pytest.mark.parametrize("name", ["leaky_relu", "prelu"])
def test_alpha_0_at_minus_infinity_is_minus_zero(isa, dtype, name):
    """0 * -inf.  Seen: NaN in PyTorch, ONNX Runtime and JAX."""
    for length in LENGTHS:
        x = np.resize(np.array([-INF, -2, -0.0], dtype), length)
        assert same_bits(getattr(relu_fast, name)(x, 0.0), -0.0), length
        assert same_bits(getattr(relu_fast, name)(x, np.zeros_like(x)), -0.0), length


@pytest.mark.parametrize("name", ["leaky_relu", "prelu"])
def test_infinite_alpha_leaves_zeros_as_they_are(isa, dtype, name):
    """inf * 0.  Seen: NaN in PyTorch."""
    for length, alpha in [(length, alpha) for length in LENGTHS for alpha in (INF, -INF)]:
        x = np.resize(np.array([0.0, -0.0, -0.0], dtype), length)
        assert same_bits(getattr(relu_fast, name)(x, alpha), x), length
        assert same_bits(getattr(relu_fast, name)(x, np.full_like(x, alpha)), x), length


@pytest.mark.parametrize("alpha", [1.5, 3.0])
@pytest.mark.parametrize("name", ["leaky_relu", "prelu"])
def test_alpha_above_1_multiplies_what_is_negative(isa, dtype, name, alpha):
    """`np.maximum(alpha * x, x)`, a common definition, gives x there."""
    for length in LENGTHS:
        x = np.resize(np.array([-1, 2, -0.5, -INF, 7, INF], dtype), length)
        expected = np.resize(np.array([-alpha, 2, -alpha / 2, -alpha * INF, 7, INF], dtype), length)
        assert same_bits(getattr(relu_fast, name)(x, alpha), expected), length


# ---- elu ---------------------------------------------------------------------


def test_elu_near_zero_keeps_its_digits(isa, dtype):
    """`exp(x) - 1` cancels.

    Seen in ONNX Runtime: elu(-1e-8) is 0 in float32, as is that expression in numexpr, which
    keeps half the digits in float64.  In JAX elu of a subnormal is 0.
    """
    info = np.finfo(dtype)
    x = [-1e-2, -1e-4, -1e-6, -1e-8, -1e-12, -1e-20, -1e-30, -info.tiny, -info.smallest_subnormal]
    x = np.array([*x, -info.tiny / 8, -info.smallest_subnormal * 5], dtype)
    for length in (1, 2, len(x), 50):
        some = np.resize(x, length)
        y = relu_fast.elu(some)
        assert (y < 0).all()
        error, at = reference.worst(y, reference.exact("elu", [some]))
        assert error <= 1, some[at]
    assert relu_fast.elu(x.dtype.type(-1e-8)) == x.dtype.type(np.expm1(x.dtype.type(-1e-8)))


def test_elu_gradient_in_the_deep_tail(isa, dtype):
    """Taken from the result, as y + alpha, it is 0.

    Seen: 0 at each of these x in JAX, and in PyTorch with inplace=True.
    """
    x = {"float32": [-20, -50, -87, -100], "float64": [-40, -700, -740]}[dtype]
    for length in (1, len(x), 50):
        some = np.resize(np.array(x, dtype), length)
        for got in (relu_fast.elu_grad(some), relu_fast.elu_backward(np.ones_like(some), some)):
            assert (got > 0).all()
            error, at = reference.worst(got, reference.exact("elu_grad", [some]))
            assert error <= 1, some[at]


def test_elu_of_minus_infinity_is_minus_alpha(isa, dtype):
    """An exponential that is clamped, or a polynomial at the end of its range, just misses it."""
    info = np.finfo(dtype)
    some = [0.1, 0.3, 0.7, 1.0, 1.6732632, 3.3, 1e-30, 1e30, -0.3, info.max, info.tiny, 1 / 3]
    for alpha in np.array([*some, 5 * info.smallest_subnormal], dtype):
        for length in LENGTHS:
            x = np.full(length, -INF, dtype)
            assert same_bits(relu_fast.elu(x, alpha), -alpha), (alpha, length)
            assert same_bits(relu_fast.elu(x, np.full_like(x, alpha)), -alpha), (alpha, length)


# ---- Gradients ---------------------------------------------------------------

OF_X = [f for f in SINGLE if "x" in f.form.inputs]
GRADIENTS = [f for f in OF_X if f.form.outputs != ("y",)]


@each(GRADIENTS)
def test_gradient_at_nan_is_nan_at_every_place(isa, dtype, function):
    """Vector body and tail are often written twice, and differ.

    Seen in PyTorch: that of elu at NaN is 1 in an array of 31, NaN in one of 32, and both in
    one of 33 (float32); that of relu is always 1, and of leaky_relu alpha.  In JAX relu's is 0.
    """
    for x, place in at_each_place(NAN, -3, dtype):
        operands = arrays(function, x, np.full_like(x, 2))
        got = made(function)(*operands, *function.activation.typical)
        assert np.flatnonzero(np.isnan(got)).tolist() == [place], len(x)


ZERO_DERIVATIVES = [
    (relu_fast.relu_backward, (), [-INF, -1e30, -3, -1e-40, -0.0, 0.0]),
    (relu_fast.leaky_relu_backward, (0.0,), [-INF, -1e30, -3, -1e-40, -0.0, 0.0]),
    (relu_fast.prelu_backward, (0.0,), [-INF, -1e30, -3, -1e-40, -0.0, 0.0]),
    (relu_fast.elu_backward, (0.0,), [-INF, -1e30, -3, -1e-40, -0.0, 0.0]),
    (relu_fast.elu_backward, (1.0,), [-INF]),
    (relu_fast.elu_backward, (2.0,), [-INF]),
]


@pytest.mark.parametrize("g", [INF, -INF, NAN])
@pytest.mark.parametrize(("backward", "alpha", "x"), ZERO_DERIVATIVES)
def test_zero_derivative_wins_over_any_gradient(isa, dtype, backward, alpha, x, g):
    """A zero that is multiplied gives NaN.

    Seen in PyTorch and JAX for leaky_relu with alpha = 0, elu with alpha = 0, and elu at -inf.
    """
    for length in LENGTHS:
        some = np.resize(np.array(x, dtype), length)
        assert (backward(np.full_like(some, g), some, *alpha) == 0).all(), length
        if alpha:
            each = np.full_like(some, alpha[0])
            assert (backward(np.full_like(some, g), some, each) == 0).all(), length


SQUARE = [
    (shape, tuple(n if i == axis else 1 for i, n in enumerate(shape))[lead:])
    for shape in [(4, 4), (2, 5, 5, 5), (3, 3, 3), (5, 5, 5, 5)]
    for axis in range(len(shape))
    for lead in range(axis + 1)
] + [((4, 4), ()), ((2, 5, 5, 5), (5, 1, 5)), ((2, 5, 5, 5), (1, 5, 5))]


@each(SUMS)
@pytest.mark.parametrize(("shape", "alpha_shape"), SQUARE)
def test_alpha_gradient_of_square_arrays(isa, dtype, function, shape, alpha_shape):
    """Who looks for alpha's axis by its length finds another one that is as long."""
    draws = np.random.default_rng(len(shape))
    g, x = (draws.normal(0, 2, shape).astype(dtype) for _ in range(2))
    got = made(function)(g, x, np.full(alpha_shape, 0.25, dtype))
    assert np.shape(got) == alpha_shape
    aligned = (1,) * (len(shape) - len(alpha_shape)) + alpha_shape
    for index in np.ndindex(aligned):
        mine = tuple(
            slice(None) if n == 1 else slice(i, i + 1) for i, n in zip(index, aligned, strict=True)
        )
        sum_of_one = np.reshape(got, aligned)[index]
        operands = [g[mine].ravel(), x[mine].ravel()]
        exponent = function.activation.sum_bounds[dtype]
        error = reference.error_of_sum(sum_of_one, function.name, operands, exponent)
        assert error <= 1, index


# ---- Everything --------------------------------------------------------------


@each(OF_X)
def test_view_that_is_shifted_by_one_gives_the_same_bits(isa, dtype, function):
    """Elements that change from the vector body to the tail must not change their value.

    Seen in PyTorch and ONNX Runtime: elu of a slice of 1 to 39 elements, float32, is not always
    that slice of elu.
    """
    x = np.random.default_rng(1).normal(0, 3, 200).astype(dtype)
    operands = arrays(function, x, x[::-1].copy())
    given = parameters(function, 1.5)
    whole = made(function)(*operands, *given)
    for length in LENGTHS:
        for start in range(20):
            part = slice(start, start + length)
            assert same_bits(made(function)(*(o[part] for o in operands), *given), whole[part])


# ---- Smooth functions --------------------------------------------------------------
#
# Here the others are asked, where they are installed in the versions seen, each in a process of
# its own: their threads and runtimes must not be in that of other tests.  What ours do all along
# such tails is in test_tails.py.

VERSIONS = {"torch": "2.13", "jax": "0.10", "onnxruntime": "1.32", "numpy": "2.4", "scipy": "1.17"}

PRELUDES = {
    "torch": """
import torch
torch.set_num_threads(1)
F = torch.nn.functional
make = lambda x, dtype: torch.full((33,), x, dtype=getattr(torch, dtype), requires_grad=True)
def grad(f):
    return lambda x: torch.autograd.grad(f(x).sum(), x)[0]
""",
    "jax": """
import jax
jax.config.update("jax_platforms", "cpu")
jnp = jax.numpy
make = lambda x, dtype: jnp.full(33, x, dtype)
grad = lambda f: jax.vmap(jax.grad(f))
""",
    "onnxruntime": """
import onnxruntime
from onnx import helper
def node(kind, **attributes):
    def call(x):
        element = helper.np_dtype_to_tensor_dtype(x.dtype)
        x_info, y_info = (helper.make_tensor_value_info(name, element, None) for name in "xy")
        nodes = [helper.make_node(kind, ["x"], ["y"], **attributes)]
        graph = helper.make_graph(nodes, kind, [x_info], [y_info])
        opset = helper.make_opsetid("", {"Gelu": 20, "Swish": 24}.get(kind, 18))
        model = helper.make_model(graph, opset_imports=[opset], ir_version=9)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        return session.run(None, {"x": x})[0]
    return call
""",
    "numpy": "",
    "scipy": "from scipy import special",
}

ASK = """
import json, sys
import numpy as np
np.seterr(all="ignore")
make = lambda x, dtype: np.full(33, x, dtype)
{prelude}
answers = [
    float((grad(eval(call)) if slope else eval(call))(make(float.fromhex(x), dtype))[0])
    for call, slope, x, dtype in json.load(sys.stdin)
]
print(json.dumps([answer.hex() for answer in answers]))
"""

SEEN = {
    "torch": [
        ("silu", "float32", -90.0, "F.silu", -0.0),
        ("silu", "float64", -720.0, "F.silu", -0.0),
        ("silu_grad", "float32", -90.0, "F.silu", -0.0),
        ("sigmoid", "float32", -90.0, "torch.sigmoid", 0.0),
        ("gelu", "float32", -5.0, "F.gelu", -1.192e-6),
        ("gelu", "float32", -6.0, "F.gelu", -0.0),
        ("gelu", "float64", -8.5, "F.gelu", -0.0),
        ("gelu_grad", "float32", -10.0, "F.gelu", 0.0),
        ("gelu_tanh", "float32", -5.2, "lambda x: F.gelu(x, approximate='tanh')", -0.0),
        ("gelu_tanh_grad", "float32", -6.0, "lambda x: F.gelu(x, approximate='tanh')", 0.0),
        ("mish", "float32", -100.0, "F.mish", -3.924e-42),
        ("mish_grad", "float32", -90.0, "F.mish", 8.194e-40),
        ("tanhshrink", "float32", 1e-3, "F.tanhshrink", 3.492e-10),
        ("tanhshrink", "float32", -1e-4, "F.tanhshrink", 0.0),
        ("tanhshrink_grad", "float32", 1e-4, "F.tanhshrink", 0.0),
        ("softplus", "float64", 20.5, "F.softplus", 20.5),
        ("sigmoid_grad", "float32", 17.0, "torch.sigmoid", 0.0),
        ("tanh_grad", "float32", 9.1, "torch.tanh", 0.0),
        ("silu", "float32", -INF, "F.silu", NAN),
        ("mish", "float32", -INF, "F.mish", NAN),
        ("gelu", "float32", -INF, "F.gelu", NAN),
        ("gelu", "float32", INF, "F.gelu", NAN),
        ("gelu_tanh", "float32", -INF, "lambda x: F.gelu(x, approximate='tanh')", NAN),
        ("silu_grad", "float32", INF, "F.silu", NAN),
        ("mish_grad", "float32", INF, "F.mish", NAN),
        ("gelu_grad", "float32", INF, "F.gelu", NAN),
        ("log_sigmoid", "float32", INF, "F.logsigmoid", 0.0),
    ],
    "jax": [
        ("silu", "float32", -88.0, "jax.nn.silu", -0.0),
        ("silu", "float32", 1e-40, "jax.nn.silu", 0.0),
        ("sigmoid", "float32", -88.0, "jax.nn.sigmoid", 0.0),
        ("softplus", "float32", -88.0, "jax.nn.softplus", 0.0),
        ("gelu_tanh", "float32", -5.0, "jax.nn.gelu", -0.0),
        ("mish", "float32", -88.0, "jax.nn.mish", -0.0),
        ("squareplus", "float32", -6000.0, "jax.nn.squareplus", 2.441e-4),
        ("squareplus", "float32", -1e4, "jax.nn.squareplus", 0.0),
        ("squareplus", "float32", -1e20, "jax.nn.squareplus", INF),
        ("tanhshrink_grad", "float32", 1e-4, "lambda x: x - jnp.tanh(x)", 2.660e-8),
        ("sigmoid_grad", "float32", 17.0, "jax.nn.sigmoid", 0.0),
        ("tanh_grad", "float32", 8.0, "jnp.tanh", 0.0),
        ("silu", "float32", -INF, "jax.nn.silu", NAN),
        ("mish", "float32", -INF, "jax.nn.mish", NAN),
        ("gelu", "float32", -INF, "lambda x: jax.nn.gelu(x, approximate=False)", NAN),
        ("gelu_tanh", "float32", -INF, "jax.nn.gelu", NAN),
        ("silu_grad", "float32", INF, "jax.nn.silu", NAN),
        ("squareplus", "float32", -INF, "jax.nn.squareplus", NAN),
        ("squareplus_grad", "float32", INF, "jax.nn.squareplus", NAN),
    ],
    "onnxruntime": [
        ("sigmoid", "float32", -17.0, "node('Sigmoid')", 8.941e-8),
        ("sigmoid", "float32", -18.0, "node('Sigmoid')", 0.0),
        ("sigmoid", "float64", -37.0, "node('Sigmoid')", 0.0),
        ("silu", "float32", -17.0, "node('Swish')", -1.520e-6),
        ("silu", "float32", -18.0, "node('Swish')", -0.0),
        ("gelu", "float32", -6.0, "node('Gelu')", -0.0),
        ("gelu_tanh", "float32", -5.154228, "node('Gelu', approximate='tanh')", 3.072e-7),
        ("gelu_tanh", "float32", -5.5, "node('Gelu', approximate='tanh')", -0.0),
        ("mish", "float64", -37.0, "node('Mish')", -0.0),
        ("softplus", "float64", -37.0, "node('Softplus')", 0.0),
        ("silu", "float32", -INF, "node('Swish')", NAN),
        ("mish", "float32", -INF, "node('Mish')", NAN),
        ("gelu", "float32", -INF, "node('Gelu')", NAN),
        ("gelu_tanh", "float32", -INF, "node('Gelu', approximate='tanh')", NAN),
    ],
    "numpy": [
        ("silu", "float32", -90.0, "lambda x: x / (1 + np.exp(-x))", -0.0),
        ("silu", "float32", -INF, "lambda x: x / (1 + np.exp(-x))", NAN),
        ("softplus", "float32", 90.0, "lambda x: np.log1p(np.exp(x))", INF),
        ("tanhshrink", "float32", 1e-4, "lambda x: x - np.tanh(x)", 0.0),
        ("squareplus", "float32", -1e4, "lambda x: (x + np.sqrt(x * x + 4)) / 2", 0.0),
    ],
    "scipy": [
        ("sigmoid", "float32", -90.0, "special.expit", 0.0),
        ("gelu", "float64", -38.0, "lambda x: x * special.ndtr(x)", -0.0),
        ("gelu", "float32", -INF, "lambda x: x * special.ndtr(x)", NAN),
    ],
}


@functools.cache
def answers(package):
    if "x86_64_v4" not in relu_fast.config()["isas_supported"]:
        pytest.skip("seen with AVX-512")
    needed = [package, "onnx"] if package == "onnxruntime" else [package]
    for name in needed:
        try:
            version = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            pytest.skip(f"no {name}")
        if name == package and not version.startswith(VERSIONS[name] + "."):
            pytest.skip(f"seen in {package} {VERSIONS[package]}, not {version}")
    questions = [
        (call, name.endswith("_grad"), x.hex(), dtype) for name, dtype, x, call, _ in SEEN[package]
    ]
    ran = subprocess.run(
        [sys.executable, "-c", ASK.format(prelude=PRELUDES[package])],
        input=json.dumps(questions),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return [float.fromhex(answer) for answer in json.loads(ran.stdout)]


@pytest.mark.parametrize(
    ("package", "index"),
    [
        pytest.param(package, i, id=f"{package}-{name}-{dtype}-{x:g}")
        for package, seen in SEEN.items()
        for i, (name, dtype, x, *_) in enumerate(seen)
    ],
)
def test_what_others_return_in_tails_and_limits(package, index):
    """As the docstrings of test_tails.py say; ours is within its bound there."""
    name, dtype, x, _, seen = SEEN[package][index]
    x = np.full(33, x, dtype)
    (exact,) = reference.exact(name, [x[:1]])
    ours = getattr(relu_fast, name)(x)
    assert reference.error_in_ulp(ours[0], exact) <= FUNCTIONS[name].bound(dtype).at_defaults
    assert math.copysign(1, ours[0]) == math.copysign(1, exact)
    theirs = answers(package)[index]
    assert theirs == pytest.approx(seen, rel=1e-3, abs=0, nan_ok=True)
    assert math.isnan(seen) or math.copysign(1, theirs) == math.copysign(1, seen)


def test_normal_distribution_of_scipy():
    """Seen: ndtr in float64 is up to 260 ULP off below -10: it squares what is rounded."""
    special = pytest.importorskip("scipy.special")
    x = np.linspace(-30, -10, 100)
    exact = reference.exact("gelu", [x])
    ours, _ = reference.worst(relu_fast.gelu(x), exact)
    assert ours <= FUNCTIONS["gelu"].bound("float64").at_defaults
    theirs, _ = reference.worst(x * special.ndtr(x), exact)
    assert theirs > ours
