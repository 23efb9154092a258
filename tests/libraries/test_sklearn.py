"""scikit-learn: its networks compute with our activations, and can be told to stop."""

import copy
import gc
import warnings

import numpy as np
import pytest

import relu_fast

pytest.importorskip("sklearn")

from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier, MLPRegressor, _base

from relu_fast.sklearn import patch_sklearn, unpatch_sklearn

NEW = ["elu", "gelu", "leaky_relu", "silu"]
OLD = {"relu": "relu", "tanh": "tanh", "logistic": "sigmoid"}
X, LABELS = load_digits(return_X_y=True)
X = X[:600] / 16
LABELS = LABELS[:600]


@pytest.fixture
def _patched():
    patch_sklearn()
    yield
    unpatch_sklearn()


def trained(activation, dtype=np.float64, kind=MLPClassifier, **options):
    options = {"hidden_layer_sizes": (32, 16), "max_iter": 6, "random_state": 0} | options
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it has not converged
        return kind(activation=activation, **options).fit(X.astype(dtype), LABELS)


@pytest.mark.parametrize("solver", ["adam", "sgd", "lbfgs"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_relu_is_that_of_scikit_learn(solver, dtype):
    """Bit for bit, the whole training."""
    stock = trained("relu", dtype, solver=solver)
    patch_sklearn()
    try:
        ours = trained("relu", dtype, solver=solver)
    finally:
        unpatch_sklearn()
    for a, b in zip(stock.coefs_, ours.coefs_, strict=True):
        assert a.dtype == b.dtype
        assert np.array_equal(a, b)
    assert stock.loss_ == ours.loss_


@pytest.mark.usefixtures("_patched")
@pytest.mark.parametrize("kind", [MLPClassifier, MLPRegressor])
@pytest.mark.parametrize("activation", [*NEW, *OLD])
def test_all_choices_learn(activation, kind):
    network = trained(
        activation, kind=kind, hidden_layer_sizes=(32,), max_iter=60, learning_rate_init=0.01
    )
    assert network.score(X, LABELS) > 0.5


@pytest.mark.usefixtures("_patched")
@pytest.mark.parametrize("activation", [*NEW, *OLD])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_gradients_are_ours(activation, dtype):
    name = OLD.get(activation, activation)
    x = np.linspace(-5, 5, 40, dtype=dtype).reshape(5, 8)
    y, delta = x.copy(), np.linspace(-2, 2, 40, dtype=dtype).reshape(5, 8)
    expected = getattr(relu_fast, f"{name}_backward")(delta, x)
    _base.ACTIVATIONS[activation](y)
    assert np.array_equal(y, getattr(relu_fast, name)(x))
    _base.DERIVATIVES[activation](y, delta)
    assert np.allclose(delta, expected, atol=4 * np.finfo(dtype).eps)


@pytest.mark.usefixtures("_patched")
def test_kept_derivatives_go_with_the_results():
    kept = next(
        cell.cell_contents
        for cell in _base.ACTIVATIONS["gelu"].__closure__
        if isinstance(cell.cell_contents, dict)
    )
    network = trained("gelu", max_iter=3)
    network.predict(X)
    gc.collect()
    assert kept == {}


def test_all_can_be_undone():
    before = copy.copy(_base.ACTIVATIONS), copy.copy(_base.DERIVATIVES)
    for _ in range(2):
        patch_sklearn()
        patch_sklearn()
        assert {*NEW} <= {*_base.ACTIVATIONS}
        unpatch_sklearn()
        unpatch_sklearn()
        assert before == (_base.ACTIVATIONS, _base.DERIVATIVES)
        with pytest.raises(ValueError, match="activation"):
            trained("gelu")


def test_another_scikit_learn_is_refused(monkeypatch):
    monkeypatch.delattr(_base, "DERIVATIVES")
    before = dict(_base.ACTIVATIONS)
    with pytest.raises(RuntimeError, match=r"^patch_sklearn: expected scikit-learn"):
        patch_sklearn()
    assert before == _base.ACTIVATIONS
