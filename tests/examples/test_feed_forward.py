"""examples/feed_forward.py: its gradients are right, its errors are clear."""

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.build_independent

FOLDER = Path(__file__).resolve().parents[2] / "examples"
if not FOLDER.exists():
    pytest.skip("the examples are not here", allow_module_level=True)
sys.path.append(str(FOLDER))  # as Python does for a script
feed_forward = importlib.import_module("feed_forward")


def made(pair, dtype):
    rng = np.random.default_rng(1)
    block = feed_forward.FeedForward(5, 7, rng, pair, dtype)
    return block, *rng.normal(size=(2, 3, 4, 5)).astype(dtype)


@pytest.mark.parametrize("pair", feed_forward.PAIRS)
def test_gradients(pair):
    """Of x and of the parameters, which the output depends on in the same way."""
    block, x, g = made(pair, np.float64)
    expected = feed_forward.by_differences(block, x, g)
    y = block.forward(x)
    assert feed_forward.largest_difference([block.backward(g)], [expected]) < 1e-7
    gradients = [gradient.copy() for gradient in block.gradients]
    for parameter, gradient in zip(block.parameters, gradients, strict=True):
        step = 1e-6 * np.sin(np.arange(parameter.size)).reshape(parameter.shape)
        parameter += step
        rise = ((block.forward(x) - y) * g).sum()
        parameter -= step
        assert rise == pytest.approx((gradient * step).sum(), rel=1e-4)


@pytest.mark.parametrize("pair", feed_forward.PAIRS)
def test_as_pytorch(pair):
    pytest.importorskip("torch")
    block, x, g = made(pair, np.float32)
    y = block.forward(x)
    ours = [y, block.backward(g), *block.gradients]
    assert feed_forward.largest_difference(ours, feed_forward.with_torch(block, x, g)) < 2e-6


@pytest.mark.parametrize("pair", feed_forward.WITH_NUMPY)
def test_numpys_expressions_are_the_same_functions(pair):
    block, x, _ = made(pair, np.float64)
    block.forward(x)
    g = np.cos(block.up)
    value, backward = feed_forward.WITH_NUMPY[pair]
    np.testing.assert_allclose(value(block.gate, block.up), block.hidden)
    wanted = block.pair_backward(g, block.gate, block.up)
    np.testing.assert_allclose(backward(g, block.gate, block.up), wanted)


def test_script(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["feed_forward.py", "--tokens", "4", "--features", "5"])
    feed_forward.main()
    lines = capsys.readouterr().out.splitlines()
    assert float(lines[0].rpartition(" ")[2]) < 1e-7
    assert "PyTorch" in lines[1]
    assert "the pair" in lines[2]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--pair", "silu"], "argument --pair: invalid choice: 'silu' (choose from "),
        (["--tokens", "0"], "--tokens, --features and --hidden: expected numbers of at least 1"),
    ],
)
def test_bad_options(monkeypatch, capsys, arguments, message):
    monkeypatch.setattr(sys, "argv", ["feed_forward.py", *arguments])
    with pytest.raises(SystemExit) as stopped:
        feed_forward.main()
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err
