"""PyTorch and JAX: their arrays as operands, and the recipes of docs/guide/other_libraries.md."""

import re
from pathlib import Path

import numpy as np
import pytest

import relu_fast as rf

PAGE = Path(__file__).parents[2] / "docs" / "guide" / "other_libraries.md"
X = np.linspace(-3, 3, 12, dtype=np.float32).reshape(3, 4)


def recipe(beginning, names):
    """The code in the page that has this; run, so that it stays true."""
    if not PAGE.exists():
        pytest.skip("needs the source tree")
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    (code,) = [block for block in blocks if beginning in block]
    exec(code, names)
    return names


@pytest.mark.filterwarnings("ignore:__array_wrap__:DeprecationWarning")  # PyTorch's
def test_tensors_are_operands():
    torch = pytest.importorskip("torch")
    x = torch.tensor(X)
    for made, wanted in (
        (rf.gelu(x), rf.gelu(X)),
        (rf.prelu(x, x[0]), rf.prelu(X, X[0])),
        (rf.elu_backward(x, x), rf.elu_backward(X, X)),
        (rf.elu_value_and_grad(x)[1], rf.elu_grad(X)),
    ):
        assert isinstance(made, torch.Tensor)
        assert np.array_equal(made.numpy(), wanted)
    assert rf.gelu_(x.numpy()).base is not None
    assert np.array_equal(x.numpy(), rf.gelu(X))
    with pytest.raises(RuntimeError, match="detach"):
        rf.gelu(x.requires_grad_())


def test_tensors_of_bfloat16():
    torch, ml_dtypes = pytest.importorskip("torch"), pytest.importorskip("ml_dtypes")
    x = torch.tensor(X).bfloat16()
    rf.gelu_(x.view(torch.int16).numpy().view(ml_dtypes.bfloat16))
    assert np.array_equal(x.float().numpy(), rf.gelu(X.astype(ml_dtypes.bfloat16)).astype("f4"))


def test_recipe_for_pytorch():
    torch = pytest.importorskip("torch")
    x = torch.tensor(X, dtype=torch.float64, requires_grad=True)
    names = recipe("class Gelu", {"torch": torch, "rf": rf, "x": x})
    assert np.array_equal(names["y"].detach().numpy(), rf.gelu(X.astype("f8")))
    assert torch.autograd.gradcheck(names["Gelu"].apply, (x,))


def test_arrays_and_tracers_of_jax():
    jax = pytest.importorskip("jax")
    x = jax.numpy.asarray(X)
    assert np.array_equal(rf.gelu(x), rf.gelu(X))
    for transform in (jax.jit, jax.vmap, lambda f: jax.grad(lambda x: f(x).sum())):
        with pytest.raises(TypeError) as caught:
            transform(lambda x: rf.gelu(x))(x)
        notes = [note for note in caught.value.__notes__ if note.startswith("gelu() is NumPy's")]
        assert "jax.pure_callback" in notes[0]


def test_recipe_for_jax():
    jax = pytest.importorskip("jax")
    gelu = recipe("def callback", {"jax": jax, "np": np, "rf": rf})["gelu"]
    x = jax.numpy.asarray(X)
    for call in (gelu, jax.jit(gelu), jax.vmap(gelu), jax.vmap(jax.jit(gelu))):
        assert np.array_equal(call(x), rf.gelu(X))
    gradient = jax.grad(lambda x: (gelu(x) * x).sum())
    assert np.allclose(jax.jit(gradient)(x), rf.gelu(X) + X * rf.gelu_grad(X), atol=1e-6)


def test_arrow():
    """Arrays of Arrow are read, nulls as NaN; what comes back is NumPy's."""
    arrow = pytest.importorskip("pyarrow")
    for x in (arrow.array([-1.0, None, 2.0]), arrow.chunked_array([[-1.0], [None, 2.0]])):
        assert np.array_equal(rf.leaky_relu(x, 0.5), [-0.5, np.nan, 2.0], equal_nan=True)
    assert rf.relu(arrow.array([-1, 2])).dtype == np.int64
    assert arrow.array(rf.relu(arrow.array([-1.0, 2.0]))).to_pylist() == [0.0, 2.0]
    locked = arrow.array([-1.0, 2.0]).to_numpy()
    with pytest.raises(ValueError, match=r"^relu_: x is read-only"):
        rf.relu_(locked)


def test_memory_maps(tmp_path):
    """In place, the file changes."""
    x = np.memmap(tmp_path / "x", np.float32, "w+", shape=X.shape)
    x[:] = X
    y = rf.gelu(x)
    assert type(y) is np.ndarray  # as np.exp(x) is
    assert np.array_equal(y, rf.gelu(X))
    assert rf.gelu_(x) is x
    x.flush()
    assert np.array_equal(np.fromfile(tmp_path / "x", np.float32), rf.gelu(X).ravel())
    locked = np.memmap(tmp_path / "x", np.float32, "r")
    with pytest.raises(ValueError, match=r"^gelu_: x is read-only"):
        rf.gelu_(locked)
