"""The in-place twins: what they change, what they return."""

import numpy as np
import pytest
from support.reference import bits, points

import relu_fast

pytestmark = pytest.mark.version

TWINS = {"relu_": (), "leaky_relu_": (0.2,), "prelu_": (0.3,), "elu_": (0.5,)}
twins = pytest.mark.parametrize(("name", "alpha"), TWINS.items())


@twins
def test_equals_out_of_place(isa, dtype, name, alpha):
    x = points(dtype)
    expected = getattr(relu_fast, name[:-1])(x, *alpha)
    assert getattr(relu_fast, name)(x, *alpha) is x
    assert (bits(x) == bits(expected)).all()


@pytest.mark.parametrize("name", ["relu_", "leaky_relu_", "elu_"])
def test_default_alpha(name):
    x = np.array([-1.0, 2.0])
    expected = getattr(relu_fast, name[:-1])(x)
    np.testing.assert_array_equal(getattr(relu_fast, name)(x), expected)


def test_alpha_by_keyword_and_per_channel():
    x = -np.ones((2, 3, 4))
    relu_fast.prelu_(x, alpha=np.array([[0.1], [0.2], [0.3]]))
    np.testing.assert_array_equal(x[0, :, 0], [-0.1, -0.2, -0.3])


@twins
def test_views(name, alpha):
    x = np.linspace(-2, 2, 24).reshape(4, 6)
    expected = x.copy()
    expected[::2, ::-3] = getattr(relu_fast, name[:-1])(x[::2, ::-3], *alpha)
    view = x[::2, ::-3]
    assert getattr(relu_fast, name)(view, *alpha) is view
    np.testing.assert_array_equal(x, expected)


def test_byte_swapped_and_misaligned_arrays():
    swapped = np.array([-1.0, 2.0], ">f8")
    assert relu_fast.leaky_relu_(swapped, 0.5) is swapped
    np.testing.assert_array_equal(swapped, [-0.5, 2.0])
    misaligned = np.zeros(17, np.uint8)[1:].view(np.float64)
    misaligned[:] = [-1.0, 2.0]
    relu_fast.leaky_relu_(misaligned, 0.5)
    np.testing.assert_array_equal(misaligned, [-0.5, 2.0])


def test_zero_dimensional_and_empty():
    x = np.array(-1.0)
    assert relu_fast.relu_(x) is x
    assert x == 0
    empty = np.empty((0, 3))
    assert relu_fast.elu_(empty) is empty


def test_subclasses_stay():
    masked = np.ma.array([-1.0, 2.0], mask=[False, True])
    assert relu_fast.relu_(masked) is masked
    assert masked[0] == 0
