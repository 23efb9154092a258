"""benchmarks/compare_compiled.py times calls that compute the same.  Not how fast."""

import importlib.util
import shutil
from pathlib import Path

import pytest

import relu_fast

pytestmark = [
    pytest.mark.build_independent,
    pytest.mark.skipif(not shutil.which("cc"), reason="there is no C compiler"),
]

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "compare_compiled.py"
if not SCRIPT.exists():
    pytest.skip("the benchmarks are not here", allow_module_level=True)
spec = importlib.util.spec_from_file_location("compare_compiled", SCRIPT)
compare_compiled = importlib.util.module_from_spec(spec)
spec.loader.exec_module(compare_compiled)


@pytest.fixture(scope="module")
def library():
    return compare_compiled.compiled()


@pytest.mark.parametrize("name", compare_compiled.FUNCTIONS)
def test_every_way_gives_the_bits_of_python(name, library):
    timers, x, y = compare_compiled.calls(name, compare_compiled.FEW, library)
    expected = getattr(relu_fast, name)(x, compare_compiled.ALPHA)
    for title, timer in timers.items():
        y.fill(-1)
        assert timer(2) > 0
        if title == "`f_scalar`":  # computes in double
            assert abs(y - expected).max() < 1e-6
        else:
            assert y.tobytes() == expected.tobytes(), title
