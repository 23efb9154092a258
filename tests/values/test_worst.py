"""The worst inputs that the proofs found, on every ISA: none has got worse."""

from pathlib import Path

import numpy as np
import pytest
from support import reference
from support.functions import made

from relu_fast._catalog import FUNCTIONS

LINES = [
    line
    for line in (Path(__file__).parents[1] / "data" / "worst_inputs.txt").read_text().splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize("line", LINES)
def test_worst_inputs(isa, line):
    """Among copies of itself, and alone in the remainder."""
    name, dtype, *operands, stated, unit = line.split()
    function, kind = FUNCTIONS[name], np.dtype(dtype).type
    numbers = dict(operand.split("=") for operand in operands)
    given = [kind(float.fromhex(numbers[argument])) for argument in function.arguments]
    arrays, parameters = given[: len(function.form.inputs)], given[len(function.form.inputs) :]
    exact = reference.exact(name, [np.array([number]) for number in arrays], parameters)
    for length in (1, 37):
        got = made(function)(*(np.full(length, number) for number in arrays), *parameters)
        assert (reference.bits(got) == reference.bits(got[:1])).all()
        worst = reference.worst if unit == "ULP" else reference.worst_in_halves
        error, _ = worst(got[:1], exact)
        # Stated in four digits; NumPy's float64, by which a proof counts, is off by less.
        assert error <= float(stated) + 1e-4
