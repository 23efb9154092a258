"""How far a peer's results are from the real numbers: a faster one may be a less exact one."""

from __future__ import annotations

import numpy as np

from relu_fast.accuracy.definitions import near_zero
from relu_fast.accuracy.proof import by_numpy
from relu_fast.accuracy.ulp import errors

from .cells import Cell
from .data import Data
from .forms import FORMS
from .peer import NotOfferedError

DTYPE = "float32"
STEP = 4099  # a prime: numbers of every size, with all kinds of last bits
MEASURED = ("fresh", "backward")  # the derivative is the gradient for g = 1


def inputs():
    """Every STEP-th float32 that is a finite number, and so many of them that are not 0."""
    x = np.arange(0, 2**32, STEP, dtype=np.uint64).astype(np.uint32).view(DTYPE)
    return x[np.isfinite(x) & (x != 0)]


def largest_errors(functions, peers):
    """Those of the peers' calls in ULP, by function of ours and peer."""
    x = inputs()
    found = {}
    for function in functions:
        for form in MEASURED:
            cell = Cell(1, "contiguous", DTYPE, x.size, function, form)
            by_peer = {}
            for peer in peers:
                try:
                    by_peer[peer.name] = largest_error(cell, peer, x)
                except NotOfferedError:
                    continue
            found[cell.ufunc.name] = by_peer
    return found


def largest_error(cell, peer, x):
    data = Data(cell.layout, cell.dtype, cell.n)
    data.x[...] = x
    if "g" in cell.inputs:
        data.g.fill(1)
    statement = peer.statement(cell)
    peer.set_threads(1)
    with np.errstate(all="ignore"):
        result = eval(statement, peer.namespace(cell, data))
        got = np.asarray(result[0] if isinstance(result, list) else result)
        # Of a gradient, not what ours promises, the product with our own derivative.
        function = FORMS["grad" if "g" in cell.inputs else cell.form].ufunc(cell.function)
        operands = {p.name: np.float32(p.typical) for p in (*cell.parameters, *cell.defaults)}
        zone = near_zero(function, {"x": x, **operands})
        far = slice(None) if zone is None else ~zone  # no relative error is small next to a zero
        distance, _ = errors(got[far], by_numpy(function, {"x": x[far], **operands}))
    return round(float(distance.max()), 2)
