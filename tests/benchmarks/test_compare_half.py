"""benchmarks/compare_half.py times calls that compute the same.  Not how fast."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

import relu_fast

pytestmark = pytest.mark.build_independent

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "compare_half.py"
if not SCRIPT.exists():
    pytest.skip("the benchmarks are not here", allow_module_level=True)
spec = importlib.util.spec_from_file_location("compare_half", SCRIPT)
compare_half = importlib.util.module_from_spec(spec)
spec.loader.exec_module(compare_half)


@pytest.fixture(autouse=True)
def _as_a_script(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPT.parent))


@pytest.mark.parametrize("dtype", compare_half.HALVES)
@pytest.mark.parametrize("name", compare_half.ATEN)
def test_ours_fill_the_place_of_the_result(dtype, name):
    names = compare_half.names_of(dtype, 1000)
    function = getattr(relu_fast, name)
    for text in compare_half.statements(name).values():
        exec(text, names)
    arrays = ["g", "a"] if name.endswith("_backward") else ["a"]
    assert (names["y"] == function(*(names[a] for a in arrays))).all()
    assert (names["y32"] == function(*(names[f"{a}32"] for a in arrays))).all()
    assert names["y"].dtype == dtype


@pytest.mark.parametrize("dtype", compare_half.HALVES)
@pytest.mark.parametrize("name", compare_half.ATEN)
def test_as_pytorch_and_jax(dtype, name):
    torch = pytest.importorskip("torch")
    jax = compare_half.library("jax")
    names = compare_half.names_of(dtype, 1000, torch, jax)
    texts = compare_half.statements(name, torch, jax)
    exec(texts.pop(name), names)
    ours = names["y"].astype(np.float32)
    exec(texts["PyTorch"], names)
    tolerance = 0.02 if dtype == "bfloat16" else 0.003
    np.testing.assert_allclose(names["Y"].float().numpy(), ours, tolerance, tolerance)
    if "JAX" in texts:
        theirs = np.asarray(eval(texts["JAX"], names)).astype(np.float32)
        np.testing.assert_allclose(theirs, ours, tolerance, tolerance)


def test_rows():
    cells = compare_half.row("relu", "float16", 1000, 1e-6, {"float32": 2.0})
    assert cells == {"function": "`relu`", "dtype": "float16", "ns": "1.000", "float32": "2.00"}
