"""Formulas for ranges of x: an element's result does not depend on its neighbours' ranges."""

import itertools

import numpy as np
from support.functions import SINGLE, arrays, each, made, parameters
from support.reference import bits

# In every range of every formula, by the thousand: near 0, where exponentials are normal
# numbers, subnormal, 0; and what has no range.
SIZES = {"float32": (1, 20, 95, 150), "float64": (1, 20, 725, 1000)}
SHARES = (0.0, 0.01, 0.3, 0.9, 1.0)  # of elements that are not near 0


@each(SINGLE)
def test_neighbours_do_not_matter(isa, dtype, function):
    random = np.random.default_rng(0)
    for share, length in itertools.product(SHARES, (16, 33, 48, 200)):
        far = random.choice(SIZES[dtype], length) * random.uniform(-1.2, 1.2, length)
        x = np.where(random.random(length) < share, far, random.normal(size=length))
        x = np.where(random.random(length) < share / 50, random.choice([np.nan, -np.inf]), x)
        g, x = random.normal(size=length).astype(dtype), x.astype(dtype)
        call, rest = made(function), parameters(function, 0.5)
        operands = arrays(function, x, g)
        together = call(*operands, *rest)
        alone = [call(*one, *rest) for one in zip(*operands, strict=True)]
        assert (bits(together) == bits(np.array(alone, dtype))).all()
