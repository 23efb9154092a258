"""float16 comes back as float16, by the types of the parameters; its values: tests/values."""

import itertools

import numpy as np
import pytest
from support.reference import bits

import relu_fast
from relu_fast import _ufuncs
from relu_fast._catalog import FUNCTIONS

pytestmark = [pytest.mark.version, pytest.mark.sanitizer, pytest.mark.coverage]

ALL = np.arange(2**16, dtype=np.uint16).view(np.float16)
SINGLE = [
    f
    for f in FUNCTIONS.values()
    if f.is_ufunc and f.form.inputs == ("x",) and len(f.form.outputs) == 1
]
PARAMETRIC = [f for f in SINGLE if len(f.activation.parameters) == 1]


def ids(functions):
    return [f.name for f in functions]


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize("function", PARAMETRIC, ids=ids(PARAMETRIC))
def test_result_by_the_parameters_type(function, fast):
    """Python numbers keep the type; all else promotes as in NumPy."""
    ufunc = getattr(relu_fast, function.name)
    half, single, double = np.float16, np.float32, np.float64
    table = {
        (half, "float"): half,
        (half, "int"): half,
        (half, half): half,
        (half, single): single,
        (half, double): double,
        (single, "float"): single,
        (single, half): single,
        (single, single): single,
        (single, double): double,
        (double, "float"): double,
        (double, half): double,
        (double, single): double,
    }
    _ufuncs.set_fast_path(fast)
    try:
        for (of_x, of_alpha), wanted in table.items():
            x = np.linspace(-2, 2, 9).astype(of_x)
            if of_alpha in ("float", "int"):
                assert ufunc(x, {"float": 0.5, "int": 2}[of_alpha]).dtype == wanted
                continue
            for alpha in (of_alpha(0.5), np.array(0.5, of_alpha), np.full(9, 0.5, of_alpha)):
                assert ufunc(x, alpha).dtype == wanted
    finally:
        _ufuncs.set_fast_path(True)


@pytest.mark.parametrize("function", PARAMETRIC, ids=ids(PARAMETRIC))
def test_a_number_acts_as_the_nearest_float32_on_both_paths(function):
    ufunc = getattr(relu_fast, function.name)
    x = ALL[np.isfinite(ALL)]
    for alpha in (0.01, 0.1, 1 / 3, 2, -0.7, 1e-3):
        wide = np.float32(alpha)
        # In double, rounded once: an independent way for what only multiplies.
        direct = ufunc(x, alpha)
        masked = ufunc(x, alpha, out=np.empty_like(x), where=np.ones(x.shape, bool))
        keyword = ufunc(x, **{function.activation.parameters[0].name: alpha})
        assert (bits(direct) == bits(masked)).all()
        assert (bits(direct) == bits(keyword)).all()
        if function.name in ("leaky_relu", "prelu"):
            product = np.where(x >= 0, x, x.astype(np.float64) * np.float64(wide))
            with np.errstate(all="ignore"):
                assert (bits(direct) == bits(product.astype(np.float16))).all()


@pytest.mark.parametrize("function", SINGLE, ids=ids(SINGLE))
def test_layouts_and_places(function):
    ufunc = getattr(relu_fast, function.name)
    required = function.activation.required
    whole = ufunc(ALL, *required)
    for length, first in itertools.product(range(71), (0, 1, 3)):
        x = ALL[20000 + first : 20000 + first + length]
        assert (bits(ufunc(x, *required)) == bits(whole[20000 + first :][:length])).all()
    strided = ALL.reshape(256, 256)
    for view in (strided[:, ::2], strided[::-1], strided.T, strided[:, :3], ALL.astype(">f2")):
        wanted = ufunc(np.ascontiguousarray(view, np.float16), *required)
        assert (bits(ufunc(view, *required)) == bits(wanted)).all()
    memory = np.zeros(2 * ALL.size + 1, np.uint8)
    unaligned = memory[1:].view(np.float16)
    unaligned[...] = ALL
    assert (bits(ufunc(unaligned, *required)) == bits(whole)).all()
    in_place = ALL.copy()
    assert ufunc(in_place, *required, out=in_place) is in_place
    assert (bits(in_place) == bits(whole)).all()
    guarded = np.full(80, 9, np.float16)
    ufunc(ALL[:33], *required, out=guarded[20:53])
    assert (guarded[:20] == 9).all()
    assert (guarded[53:] == 9).all()
    out = np.empty(ALL.shape, np.float64)
    ufunc(ALL, *required, out=out)
    assert (bits(out.astype(np.float16)) == bits(whole)).all()
