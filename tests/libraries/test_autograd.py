"""HIPS autograd: the activations are differentiable there."""

import numpy as np
import pytest
from support import functions

import relu_fast
from relu_fast import _catalog

autograd = pytest.importorskip("autograd")

from autograd import numpy as anp  # noqa: E402
from autograd.test_util import check_grads  # noqa: E402

import relu_fast.autograd as rf  # noqa: E402

VALUES = functions.named(*rf.__all__)
LEARNED = [f for f in VALUES if any(p.is_learned for p in f.activation.parameters)]

# Nowhere at a kink: differences of values would be of both its sides.
X = np.linspace(-3.9, 3.8, 24).reshape(4, 6)


def typical(function):
    return function.activation.typical


def test_all_activations_are_there():
    assert dir(rf) == sorted(rf.__all__)
    values = {a.name for a in _catalog.ACTIVATIONS.values()}
    assert set(rf.__all__) == values
    with pytest.raises(AttributeError, match=r"relu_grad.*whose gradients"):
        assert rf.relu_grad


@functions.each(VALUES)
def test_gradients(function):
    """Against differences, of each array operand."""
    call = getattr(rf, function.name)
    arrays = [X + 0.01 * i for i in range(len(function.form.inputs))]
    assert functions.same_bits(
        call(*arrays, *typical(function)), functions.made(function)(*arrays, *typical(function))
    )
    for i in range(len(arrays)):

        def of_one(x, i=i):
            return call(*arrays[:i], x, *arrays[i + 1 :], *typical(function))

        check_grads(of_one, modes=["rev"], order=1)(arrays[i])
        check_grads(of_one, modes=["rev"], order=1)(float(X[1, 1]) if i == 0 else arrays[i])


@functions.each(VALUES)
def test_bits_are_those_of_backward(function):
    backward = next(
        f for f in function.activation.functions() if f.is_ufunc and f.form.inputs[0] == "g"
    )
    for dtype in (np.float16, np.float32, np.float64):
        x = X.astype(dtype)
        arrays = [x] * len(function.form.inputs)
        made = functions.made(backward)(x, *arrays, *typical(function))
        numbers = tuple(range(len(arrays)))
        vjp, _ = autograd.make_vjp(getattr(rf, function.name), numbers)(*arrays, *typical(function))
        assert functions.same_bits(tuple(vjp(x)), made)


@functions.each(LEARNED)
@pytest.mark.parametrize("shape", [(), (1,), (6,), (4, 1), (4, 6), (2, 4, 6)])
def test_learned_parameters(function, shape):
    """Each operand has a gradient in its own shape, whichever is the larger."""
    call = getattr(rf, function.name)
    alpha = np.linspace(0.2, 0.9, max(1, int(np.prod(shape)))).reshape(shape)
    alpha = alpha if shape else 0.3
    check_grads(call, modes=["rev"], order=1)(X, alpha)
    check_grads(lambda a: call(X, alpha=a), modes=["rev"], order=1)(alpha)


def test_types_stay():
    x, alpha = X.astype(np.float32), np.linspace(0.1, 0.6, 6)
    loss = lambda x, alpha: anp.sum(rf.prelu(x, alpha))  # noqa: E731
    d_x, d_alpha = autograd.grad(loss, (0, 1))(x, alpha)
    assert (d_x.dtype, d_alpha.dtype) == (np.float32, np.float64)


@functions.each(functions.of_each_call(VALUES))
def test_second_derivatives_say_so(function):
    call = getattr(rf, function.name)

    def gradient(x):
        return autograd.elementwise_grad(call)(*functions.arrays(function, x), *typical(function))

    with pytest.raises(NotImplementedError, match=f"^{function.name}: second derivatives"):
        autograd.elementwise_grad(gradient)(X)


def test_parameters_that_are_not_learned_say_so():
    with pytest.raises(NotImplementedError, match=r"^leaky_relu: alpha is not learned"):
        autograd.grad(lambda alpha: anp.sum(rf.leaky_relu(X, alpha)))(0.5)


@pytest.mark.parametrize(
    "call",
    [
        lambda: rf.prelu(X),
        lambda: rf.relu(),
        lambda: rf.relu(X, 0.5),
        lambda: rf.relu(X, out=X),
        lambda: rf.elu(X, 0.5, alpha=0.5),
        lambda: rf.elu(X, where=True),
    ],
)
def test_wrong_arguments(call):
    with pytest.raises(TypeError, match=r"^relu_fast\.autograd\.\w+: expected"):
        call()


def test_a_step_of_training():
    """Of two layers, with an alpha for each unit, against the gradients written by hand."""
    rng = np.random.default_rng(0)
    x, w, v = rng.normal(size=(8, 5)), rng.normal(size=(5, 6)), rng.normal(size=(6, 2))
    alpha = np.full(6, 0.25)

    def loss(w, alpha, v):
        return anp.sum(anp.dot(rf.prelu(anp.dot(x, w), alpha), v) ** 2)

    d_w, d_alpha, d_v = autograd.grad(loss, (0, 1, 2))(w, alpha, v)
    h = x @ w
    a = relu_fast.prelu(h, alpha)
    g = 2 * (a @ v)
    back = g @ v.T
    assert np.allclose(d_v, a.T @ g)
    assert np.allclose(d_alpha, relu_fast.prelu_alpha_backward(back, h, alpha))
    assert np.allclose(d_w, x.T @ relu_fast.prelu_backward(back, h, alpha))
