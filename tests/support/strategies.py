"""hypothesis strategies: arrays as NumPy users have them, not only contiguous ones."""

import numpy as np
from hypothesis import strategies as st

LENGTHS = st.integers(0, 70)  # more than two vectors and one, of every ISA


def shapes(max_dims=4):
    return st.lists(st.integers(0, 7), max_size=max_dims).map(tuple) | LENGTHS.map(lambda n: (n,))


@st.composite
def arrays(draw, shape, dtype):
    """An array of `shape` with drawn strides, order, byte order and alignment.

    The values come from a drawn seed: they need not shrink, layouts do.
    """
    dtype = np.dtype(dtype)
    steps = draw(st.tuples(*(st.sampled_from([1, 1, 1, 2, -1, 3, -2]) for _ in shape)))
    order = draw(st.permutations(range(len(shape))))
    base_shape = [shape[axis] * abs(steps[axis]) for axis in order]
    offset = draw(st.sampled_from([0, 0, 0, 1, 2, 3, 4]))  # bytes: 1 to 3 are misaligned
    swapped = draw(st.booleans()) and draw(st.booleans())
    size = int(np.prod(base_shape, dtype=np.int64)) * dtype.itemsize
    memory = np.zeros(size + 8, np.uint8)
    base = memory[offset : offset + size].view(dtype.newbyteorder() if swapped else dtype)
    view = base.reshape(base_shape).transpose(np.argsort(order))
    view = view[(*(slice(None, None, step) for step in steps), ...)]
    draws = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    special = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, -1e-40, 1e-40, -88.0, -104.0, -745.0])
    values = draws.normal(0, 3, shape)
    replaced = draws.random(shape) < 0.1
    with np.errstate(all="ignore"):
        view[...] = np.where(replaced, draws.choice(special, shape), values)
    return view
