"""thinc: its own tests of activations, with ours; and networks that train with them."""

import inspect
import subprocess
import sys

import numpy as np
import pytest

import relu_fast

thinc = pytest.importorskip("thinc")
api = pytest.importorskip("thinc.api")

from relu_fast.thinc import ReluFastOps  # noqa: E402

VALUES = {
    "gelu": "gelu",
    "gelu_approx": "gelu_tanh",
    "hard_swish_mobilenet": "hardswish",
    "hard_tanh": "hardtanh",
    "mish": "mish",
    "relu": "relu",
    "relu_k": "relu6",
    "sigmoid": "sigmoid",
    "swish": "silu",
}
OURS = [name for name, member in vars(ReluFastOps).items() if inspect.isfunction(member)]


def test_all_that_is_ours_is_tested():
    assert {*OURS} == {*VALUES} | {f"backprop_{name}" for name in VALUES}


def test_thincs_own_tests_pass(tmp_path):
    """Its module of tests, in which ours are the operations on NumPy's arrays."""
    program = tmp_path / "conftest.py"
    program.write_text(
        "import thinc.api\nfrom relu_fast.thinc import ReluFastOps\n"
        "stock, thinc.api.NumpyOps = thinc.api.NumpyOps, ReluFastOps\n"
        "import thinc.tests.backends.test_ops as tests\n"
        "tests.NumpyOps = thinc.api.NumpyOps = stock\n"
        "assert type(tests.NUMPY_OPS) is ReluFastOps\n"
    )
    (tmp_path / "test_thinc.py").write_text("from thinc.tests.backends.test_ops import *\n")
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "ignore"),
            *("-k", "relu or gelu or mish or swish or sigmoid or tanh or eltwise or ops"),
            str(tmp_path),
        ],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-5000:]
    assert "passed" in ran.stdout


@pytest.mark.parametrize("name", VALUES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_values_and_gradients(name, dtype):
    ops, stock = ReluFastOps(), api.NumpyOps()
    x = np.linspace(-7.9, 7.7, 60, dtype=dtype).reshape(5, 12)
    g = np.linspace(-1, 2, 60, dtype=dtype).reshape(5, 12)
    y = getattr(ops, name)(x)
    assert np.array_equal(y, getattr(relu_fast, VALUES[name])(x))
    assert np.allclose(y, getattr(stock, name)(x), atol=1e-3)
    kept = y if name in ("relu", "sigmoid") else x
    more = (y,) if name == "swish" else ()
    gradient = getattr(ops, f"backprop_{name}")
    d_x = gradient(g, kept, *more)
    assert np.allclose(d_x, getattr(relu_fast, f"{VALUES[name]}_backward")(g, x), atol=1e-6)
    assert np.allclose(d_x, getattr(stock, f"backprop_{name}")(g, kept, *more), atol=1e-2)
    changed = kept.copy() if name == "sigmoid" else g.copy()
    found = (
        gradient(g, changed, *more, inplace=True)
        if name == "sigmoid"
        else gradient(changed, kept, *more, inplace=True)
    )
    assert found is changed
    assert np.array_equal(found, d_x)
    twin = x.copy()
    assert getattr(ops, name)(twin, inplace=True) is twin
    assert np.array_equal(twin, y)
    if name != "sigmoid":
        with pytest.raises(ValueError, match="incompatible shapes"):
            gradient(g[:1], kept, *more)


def test_other_parameters_are_thincs():
    ops, stock = ReluFastOps(), api.NumpyOps()
    x = np.linspace(-8, 8, 30).reshape(5, 6)
    assert np.array_equal(ops.relu_k(x, n=2.0), stock.relu_k(x, n=2.0))
    assert np.array_equal(ops.backprop_relu_k(x, x, n=2.0), stock.backprop_relu_k(x, x, n=2.0))
    assert np.array_equal(ops.mish(x, threshold=1.0), stock.mish(x, threshold=1.0))
    assert np.array_equal(
        ops.backprop_mish(x, x, threshold=1.0), stock.backprop_mish(x, x, threshold=1.0)
    )


@pytest.mark.parametrize("layer", ["Relu", "Mish", "Gelu", "Swish", "HardTanh", "ReluK"])
def test_networks_learn(layer):
    from sklearn.datasets import load_digits

    x, labels = load_digits(return_X_y=True)
    x, labels = (x[:400] / 16).astype("f4"), labels[:400]
    with api.use_ops("relu_fast"):
        assert type(api.get_current_ops()) is ReluFastOps
        api.fix_random_seed(0)
        make = getattr(api, layer)
        model = api.chain(make(nO=32), make(nO=32), api.Softmax())
        model.initialize(X=x[:5], Y=api.get_current_ops().asarray2f(np.eye(10)[labels[:5]]))
        optimizer = api.Adam(0.01)
        wanted = np.eye(10, dtype="f4")[labels]
        for _ in range(60):
            found, backprop = model.begin_update(x)
            backprop((found - wanted) / len(x) * 10)
            model.finish_update(optimizer)
        assert (model.predict(x).argmax(axis=1) == labels).mean() > 0.9
