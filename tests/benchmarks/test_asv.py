"""The asv suite: it measures every function, and its statements run.  asv itself is not needed."""

import importlib
import itertools
import sys
from pathlib import Path

import pytest

import relu_fast
from relu_fast import _catalog

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "benchmarks").glob("bench_*.py"))
if not FILES:
    pytest.skip("the benchmarks are not here", allow_module_level=True)


@pytest.fixture(scope="module")
def suite():
    """The modules of the suite, by name."""
    sys.path.insert(0, str(ROOT))
    try:
        modules = {f.stem: importlib.import_module(f"benchmarks.{f.stem}") for f in FILES}
    finally:
        sys.path.remove(str(ROOT))
    threads = relu_fast.get_num_threads()
    yield modules
    relu_fast.set_num_threads(threads)


def classes(module):
    return [
        found
        for name, found in vars(module).items()
        if isinstance(found, type) and hasattr(found, "params") and not name.startswith("_")
    ]


def statements(benchmark):
    """All that it times."""
    if hasattr(benchmark, "statements"):
        return set(benchmark.statements.values())
    if "statement" not in benchmark.param_names:
        return set()
    params = benchmark.params
    return set(params[0] if isinstance(params[0], tuple) else params)


def test_every_function_is_measured(suite):
    measured = set()
    for module in suite.values():
        for benchmark in classes(module):
            for statement in statements(benchmark):
                measured |= set(compile(statement, "statement", "exec").co_names)
    functions = {f.name for f in _catalog.FUNCTIONS.values() if not f.activation.is_test_only}
    assert functions <= measured


@pytest.mark.parametrize("name", ["Value", "Alpha", "Backward", "ValueAndGrad", "PerChannel"])
def test_statements_run(suite, name):
    benchmark = getattr(suite["bench_calls"], name)
    for parameters in itertools.product(*benchmark.params):
        instance = benchmark()
        instance.setup(*parameters)
        instance.measure()
        assert instance.timer() > 0


def test_statements_of_arrays_run(suite):
    """Those of all other files, of arrays so small that it takes no time."""
    common = importlib.import_module("benchmarks.common")
    for module in suite.values():
        for benchmark in classes(module):
            for statement in statements(benchmark):
                parameters = common.np.full(4, 0.25, "float32")
                arrays = common.operands(statement, (4, 4), parameters=parameters)
                common.Statement().prepare(statement, calls=1, **arrays)


def test_what_a_commit_lacks_is_left_out(suite):
    common = importlib.import_module("benchmarks.common")
    for statement in ("no_such_function(x)", "relu(x, no_such_keyword=1)"):
        with pytest.raises(NotImplementedError, match="no_such"):
            common.Statement().prepare(statement, x=common.normal(4))
