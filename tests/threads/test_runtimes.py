"""Other libraries with threads in the same process: imported before and after, used in turns.

Each pair is a process of its own, `python test_runtimes.py ORDER LIBRARY`: a crash, at exit too,
must not end the tests, and the order of imports is the point.
"""

import re
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from support.programs import needs, run

THREADS = 2
TURNS = 5
X = np.linspace(-8, 8, 1 << 20)
SCRIPT = Path(__file__).parents[2] / "benchmarks" / "compare_turns.py"


# ---- The libraries: each imports one and returns a function that computes with it, on its
# ---- threads, an array from X


def sklearn():
    from sklearn.metrics import pairwise_distances_argmin

    points = X.reshape(-1, 8)[::4]
    return lambda: pairwise_distances_argmin(points, points[::500])


def torch():
    import torch

    torch.set_num_threads(THREADS)
    x = torch.from_numpy(X)
    return lambda: torch.nn.functional.elu(x).numpy()


def numba():
    import numba

    numba.config.THREADING_LAYER = "omp"  # libgomp, as we use it
    numba.set_num_threads(THREADS)

    @numba.njit(parallel=True)
    def elu(x):
        y = np.empty_like(x)
        for i in numba.prange(x.size):
            y[i] = x[i] if x[i] > 0 else np.expm1(x[i])
        return y

    return lambda: elu(X)


def jax():
    import jax

    elu = jax.jit(jax.nn.elu)
    return lambda: np.asarray(elu(X))


def onnxruntime():
    import onnxruntime
    from onnx import TensorProto, helper

    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [X.size]) for name in "xy")
    graph = helper.make_graph([helper.make_node("Elu", ["x"], ["y"])], "elu", [x], [y])
    opset = helper.make_opsetid("", 18)
    model = helper.make_model(graph, opset_imports=[opset], ir_version=9)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = THREADS
    session = onnxruntime.InferenceSession(model.SerializeToString(), options)
    inputs = {"x": X.astype(np.float32)}
    return lambda: session.run(None, inputs)[0]


def ours():
    import relu_fast

    relu_fast.set_num_threads(THREADS)
    return lambda: relu_fast.elu(X)


# ---- The tests ---------------------------------------------------------------


@pytest.mark.parametrize(
    "library",
    [
        pytest.param("jax", marks=needs("jax")),
        pytest.param("numba", marks=needs("numba")),
        pytest.param("onnxruntime", marks=needs("onnx", "onnxruntime")),
        pytest.param("sklearn", marks=needs("sklearn")),
        pytest.param("torch", marks=needs("torch")),
    ],
)
@pytest.mark.parametrize("order", ["before", "after"])
def test_other_runtimes(order, library):
    ran = run(__file__, order, library)
    assert ran.returncode == 0, ran.stderr


@needs("rich")
@pytest.mark.skipif(not SCRIPT.exists(), reason="needs the source tree")
def test_what_turns_cost_is_measured():
    ran = run(str(SCRIPT), "--peers", "numpy", "--rounds", "1")
    assert ran.returncode == 0, ran.stderr
    assert len(re.findall(r"^numpy .* ours .* theirs .* both", ran.stdout, re.MULTILINE)) == 3


def main(order, library):
    """`order`: whether the library is imported, and used, before or after us."""
    makers = {"ours": ours, "theirs": globals()[library]}
    if order == "before":
        makers = dict(reversed(makers.items()))
    computes, expected = {}, {}
    for name, maker in makers.items():
        computes[name] = maker()
        expected[name] = computes[name]()
        if expected[name].shape == X.shape:
            exact = np.where(X > 0, X, np.expm1(X))
            tolerances = (1e-5, 1e-6) if name == "theirs" else (1e-15, 0)
            np.testing.assert_allclose(expected[name], exact, *tolerances)

    def check(name):
        np.testing.assert_array_equal(computes[name](), expected[name])
        checked.append(name)

    checked = []
    for _ in range(TURNS):  # in turns
        for name in computes:
            check(name)
    for _ in range(TURNS):  # at once
        threads = [threading.Thread(target=check, args=[name]) for name in computes]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(checked) == 4 * TURNS


if __name__ == "__main__":
    main(*sys.argv[1:])
