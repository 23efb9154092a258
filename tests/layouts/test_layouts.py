"""Any shape, stride, byte order, alignment and argument form: the same bits as contiguous."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import functions, strategies
from support.reference import bits

import relu_fast

pytestmark = [pytest.mark.sanitizer, pytest.mark.coverage]


def assert_same_bits(got, expected):
    assert got.shape == expected.shape
    assert got.dtype == expected.dtype
    assert (bits(got) == bits(expected)).all()


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_every_layout(data):
    drawn = data.draw(st.sampled_from(functions.SINGLE))
    dtype = data.draw(st.sampled_from(["float32", "float64"]))
    arrays, parameters = len(drawn.form.inputs), drawn.activation.parameters
    function = functions.made(drawn)
    shape = data.draw(strategies.shapes())
    operands = [data.draw(strategies.arrays(shape, dtype)) for _ in range(arrays)]
    keywords = {p.name: p.typical for p in parameters[1:] if p.default is None}
    if parameters:
        name = parameters[0].name
        alpha = data.draw(
            st.one_of(
                st.floats(-4, 4, width=32),
                strategies.arrays(shape, dtype),
                strategies.arrays(tuple(data.draw(st.sampled_from([1, n])) for n in shape), dtype),
            )
        )
        if data.draw(st.booleans()):
            keywords[name] = alpha
        else:
            operands.append(alpha)
    plain = [np.array(o, dtype, order="C") for o in operands]
    plain_alpha = {key: np.array(value, dtype) for key, value in keywords.items()}
    expected = function(*plain, **plain_alpha)

    assert_same_bits(np.asarray(function(*operands, **keywords)), np.asarray(expected))
    form = data.draw(st.sampled_from(["out", "where", "in place", "dtype"]))
    if form == "out":
        out = data.draw(strategies.arrays(shape, dtype))
        assert function(*operands, out=out, **keywords) is out
        assert_same_bits(out.astype(dtype), np.asarray(expected))
    elif form == "where":
        mask = data.draw(strategies.arrays(shape, "float32")) > 0
        out = data.draw(strategies.arrays(shape, dtype))
        before = out.astype(dtype)
        function(*operands, out=out, where=mask, **keywords)
        assert_same_bits(out.astype(dtype), np.where(mask, expected, before))
    elif form == "in place":
        target = operands[data.draw(st.integers(0, arrays - 1))]
        assert function(*operands, out=target, **keywords) is target
        assert_same_bits(target.astype(dtype), np.asarray(expected))
    else:
        got = function(*operands, dtype="float64", **keywords)
        wide = [o.astype("float64") for o in plain]
        wide_alpha = {key: value.astype("float64") for key, value in plain_alpha.items()}
        if parameters and isinstance(alpha, float):
            wide = [o.astype("float64") for o in plain[:arrays]]
            wide_alpha |= {name: alpha}
        assert_same_bits(np.asarray(got), np.asarray(function(*wide, **wide_alpha)))


@pytest.mark.parametrize("shift", [-5, -1, 1, 3, 16, 40])
@pytest.mark.parametrize("name", ["relu", "leaky_relu", "elu", "elu_grad"])
def test_overlapping_out_gives_what_a_copy_gives(name, shift, dtype):
    memory = np.linspace(-3, 3, 200).astype(dtype)
    x, out = memory[50:150], memory[50 + shift : 150 + shift]
    expected = getattr(relu_fast, name)(x.copy())
    getattr(relu_fast, name)(x, out=out)
    assert (bits(out) == bits(expected)).all()


def test_reversed_and_transposed_onto_itself(dtype):
    x = np.linspace(-3, 3, 144).astype(dtype)
    expected = relu_fast.elu(x[::-1].copy())
    relu_fast.elu(x[::-1], out=x)
    assert (bits(x) == bits(expected)).all()
    square = np.linspace(-3, 3, 144).astype(dtype).reshape(12, 12)
    expected = relu_fast.elu(square.T.copy())
    relu_fast.elu(square.T, out=square)
    assert (bits(square) == bits(expected)).all()


def test_neighbours_of_the_output_are_untouched(dtype):
    """Nothing is written past an array's end, at any length and offset."""
    for length in range(70):
        for offset in (0, 1, 5):
            memory = np.full(120, 9.0, dtype)
            out = memory[offset + 3 : offset + 3 + length]
            relu_fast.elu(np.full(length, -1.0, dtype), out=out)
            assert (out < 0).all()
            rest = np.concatenate([memory[: offset + 3], memory[offset + 3 + length :]])
            assert (rest == 9).all()


def test_broadcast_output_shape():
    x = np.array([[-1.0], [2.0]])
    alpha = np.array([0.5, 0.25, 0.0])
    np.testing.assert_array_equal(relu_fast.prelu(x, alpha), [[-0.5, -0.25, -0.0], [2, 2, 2]])
    assert relu_fast.prelu(np.broadcast_to(-1.0, (3, 4)), 0.5).shape == (3, 4)
