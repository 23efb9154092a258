"""benchmarks/compare_gated.py times statements that compute the same.  Not how fast."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

import relu_fast

pytestmark = pytest.mark.build_independent

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "compare_gated.py"
if not SCRIPT.exists():
    pytest.skip("the benchmarks are not here", allow_module_level=True)
spec = importlib.util.spec_from_file_location("compare_gated", SCRIPT)
compare_gated = importlib.util.module_from_spec(spec)
spec.loader.exec_module(compare_gated)


@pytest.fixture(autouse=True)
def _as_a_script(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPT.parent))


@pytest.fixture
def names():
    special = pytest.importorskip("scipy.special")
    found = {"rf": relu_fast, "np": np, "special": special}
    return found | compare_gated.arrays_of("float64", 1000, None)


@pytest.mark.parametrize("pair", compare_gated.GATES)
def test_all_compute_the_same(names, pair):
    a, b, g, y, d, e = (names[name] for name in "abgyde")
    for title, text in compare_gated.statements(pair, None).items():
        exec(text, names)
        if not title.endswith("alone"):
            np.testing.assert_allclose(y, getattr(relu_fast, pair)(a, b), rtol=1e-9, atol=1e-12)
    ours, halves = compare_gated.gradients(pair, None).values()
    exec(ours, names)
    wanted = getattr(relu_fast, f"{pair}_backward")(g, a, b)
    assert all((one == other).all() for one, other in zip((d, e), wanted, strict=True))
    exec(halves, names)
    gate = compare_gated.GATES[pair]
    assert (d == getattr(relu_fast, gate)(a)).all()
    assert (e == getattr(relu_fast, f"{gate}_backward")(g, a)).all()


def test_as_pytorch(names):
    torch = pytest.importorskip("torch")
    names |= {"torch": torch} | {n.upper(): torch.from_numpy(names[n]) for n in "abg"}
    for pair in compare_gated.GATES:
        y = eval(compare_gated.statements(pair, torch)["PyTorch"], names)
        np.testing.assert_allclose(y, getattr(relu_fast, pair)(names["a"], names["b"]), atol=1e-12)
        both = eval(compare_gated.gradients(pair, torch)["PyTorch"], names)
        wanted = getattr(relu_fast, f"{pair}_backward")(*(names[n] for n in "gab"))
        for theirs, ours in zip(both, wanted, strict=True):
            np.testing.assert_allclose(theirs, ours, atol=1e-12)


def test_ratios(names):
    """Of the first one's time; the arrays begin with a cache line."""
    from peers.turns import ratios

    assert all(names[name].ctypes.data % 64 == 0 for name in "abgyde")
    slow = "for _ in range(200): rf.relu(a, out=y)"
    texts = {"once": "rf.relu(a, out=y)", "often": slow}
    seconds, found = ratios(texts, names, 3)
    assert 0 < seconds < 1
    assert list(found) == ["often"]
    assert found["often"] > 2
