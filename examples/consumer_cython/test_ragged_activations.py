"""The same bits as from Python, with sequences of all lengths, and on any number of threads."""

import numpy as np
import pytest
import ragged_activations

import relu_fast as rf

rng = np.random.default_rng(0)
LENGTHS = [0, 1, 2, 7, 8, 9, 15, 16, 17, 1000, 0, 33, 100_003]


@pytest.fixture(params=[np.float32, np.float64])
def ragged(request):
    """Values, offsets, and an alpha for each sequence."""
    offsets = np.concatenate([[0], np.cumsum(LENGTHS)]).astype(np.intp)
    values = rng.normal(0, 3, offsets[-1]).astype(request.param)
    values[:9] = [np.nan, np.inf, -np.inf, 0.0, -0.0, 1e-40, -1e-40, -200, 200]
    return values, offsets, rng.uniform(0.5, 2, len(LENGTHS)).astype(request.param)


def one_by_one(function, *arrays, offsets, alpha):
    """The same, from Python."""
    pieces = [np.split(array, offsets[1:-1]) for array in arrays]
    return np.concatenate([function(*piece) for piece in zip(*pieces, alpha, strict=True)])


def same_bits(a, b):
    return a.dtype == b.dtype and a.tobytes() == b.tobytes()


@pytest.mark.parametrize("threads", [1, 2])
def test_elu(ragged, threads):
    values, offsets, alpha = ragged
    with rf.num_threads(threads):
        found = ragged_activations.elu(values, offsets, alpha)
    assert same_bits(found, one_by_one(rf.elu, values, offsets=offsets, alpha=alpha))


def test_elu_backward(ragged):
    values, offsets, alpha = ragged
    g = rng.normal(size=values.shape).astype(values.dtype)
    found = ragged_activations.elu_backward(g, values, offsets, alpha)
    assert same_bits(found, one_by_one(rf.elu_backward, g, values, offsets=offsets, alpha=alpha))


@pytest.mark.parametrize("ufunc", [rf.elu, rf.leaky_relu, rf.softplus_grad, np.copysign])
def test_any_ufunc(ragged, ufunc):
    values, offsets, alpha = ragged
    found = ragged_activations.apply(ufunc, values, offsets, alpha)
    assert same_bits(found, one_by_one(ufunc, values, offsets=offsets, alpha=alpha))


def test_bad_offsets(ragged):
    values, offsets, alpha = ragged
    for wrong in (offsets[:-1], offsets + 1, offsets[::-1].copy()):
        with pytest.raises(ValueError, match="offsets must rise from 0"):
            ragged_activations.elu(values, wrong, alpha)
