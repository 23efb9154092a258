"""The same bits as from Python."""

import numpy as np
import pytest
import reservoir

import relu_fast as rf

rng = np.random.default_rng(0)


@pytest.mark.parametrize("n", [1, 7, 64])
def test_run(n):
    weights = rng.normal(0, 0.9 / np.sqrt(n), (n, n))
    inputs = rng.normal(size=(20, n))
    states = np.full_like(inputs, np.nan)
    reservoir.run(weights, inputs, states)
    state = np.zeros(n)
    for u, found in zip(inputs, states, strict=True):
        for k in range(n):  # from left to right, as the C loop adds
            u = u + weights[:, k] * state[k]
        # A compiler may contract products and sums, so not the bits, but nearly.
        np.testing.assert_allclose(found, rf.tanh(u), rtol=1e-12, atol=1e-14)
        state = found


def test_one_step_has_the_same_bits():
    inputs = rng.normal(0, 3, (1, 1003))
    inputs[0, :4] = [np.nan, np.inf, -0.0, 1e-310]
    states = np.empty_like(inputs)
    reservoir.run(np.zeros((1003, 1003)), inputs, states)
    assert states.tobytes() == rf.tanh(inputs).tobytes()


@pytest.mark.parametrize("view", [np.s_[:, :], np.s_[::-2, ::3], np.s_[:0]])
@pytest.mark.parametrize("order", ["C", "F"])
def test_rectify_columns(view, order):
    array = np.array(rng.normal(size=(40, 60)), order=order)
    alpha = rng.uniform(size=array[view].shape[1] * 2)[::2]
    expected = rf.leaky_relu(array[view], alpha)
    reservoir.rectify_columns(array[view], alpha)
    assert array[view].tobytes() == expected.tobytes()


def test_bad_input():
    array = np.zeros((3, 3))
    with pytest.raises(ValueError, match="array of float64 with 2 dimensions"):
        reservoir.rectify_columns(array.astype(np.float32), array[0])
    with pytest.raises(ValueError, match="array and alpha overlap"):
        reservoir.rectify_columns(array, array[0])
    with pytest.raises(ValueError, match=r"weights must be \(n, n\)"):
        reservoir.run(array, np.zeros((2, 2)), np.zeros((2, 2)))
    array.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        reservoir.rectify_columns(array, np.zeros(3))
