"""examples/train_digits.py: learns, its gradients are right, its errors are clear."""

import importlib.util
import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn")
matplotlib_image = pytest.importorskip("matplotlib.image")

SCRIPT = Path(__file__).resolve().parents[1] / "examples" / "train_digits.py"
if not SCRIPT.exists():
    pytest.skip("the examples are not here", allow_module_level=True)
ACTIVATIONS = ["relu", "leaky_relu", "prelu", "elu"]


def python(tmp_path, *arguments):
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "MPLBACKEND": "Agg"},
        timeout=120,
        check=False,
    )


def run(tmp_path, *arguments):
    """What the script printed, and the accuracy in the last line."""
    result = python(tmp_path, SCRIPT, *arguments)
    assert result.returncode == 0, result.stderr
    assert "Warning" not in result.stderr
    lines = result.stdout.splitlines()
    match = re.fullmatch(r"test accuracy (\d+\.\d) %", lines[-1])
    assert match, result.stdout
    return lines, float(match[1])


def assert_is_a_picture(path):
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", data[16:24])
    assert 1200 <= width <= 4000
    assert 400 <= height <= 3000
    assert matplotlib_image.imread(path).std() > 0.05  # not blank; also decodes all of it


def load():
    spec = importlib.util.spec_from_file_location("train_digits", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def example():
    return load()


def tiny_network(example, activation):
    """A float64 network with alphas all different, its generator, and a batch."""
    rng = np.random.default_rng(7)
    network = example.Network([5, 4, 3, 3], example.ACTIVATIONS[activation], rng, np.float64)
    for p in network.parameters:
        if p.ndim == 1:  # alphas and biases all start alike
            p += rng.uniform(-0.2, 0.2, p.shape)
    return network, rng.standard_normal((6, 5)), rng.integers(0, 3, 6)


# ---- The script --------------------------------------------------------------


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_learns_in_a_few_epochs(activation, tmp_path):
    picture = tmp_path / "curve.png"
    options = ["--activation", activation, "--epochs", 4, "--output", picture]
    lines, accuracy = run(tmp_path, *options)
    assert [line.split()[:2] for line in lines[:-2]] == [["epoch", f"{n}/4"] for n in range(1, 5)]
    assert accuracy >= 91
    assert_is_a_picture(picture)


def test_reaches_97_percent_by_default(tmp_path):
    lines, accuracy = run(tmp_path)
    assert len(lines) == 42
    assert accuracy >= 97
    assert [path.name for path in tmp_path.iterdir()] == ["train_digits.png"]
    assert_is_a_picture(tmp_path / "train_digits.png")


def test_quiet_hidden_seed(tmp_path):
    options = ["--epochs", 1, "--hidden", 20, 10, 15, "--seed", 3, "--quiet", "--output", "x.svg"]
    lines, _ = run(tmp_path, *options)
    assert len(lines) == 1
    assert "</svg>" in (tmp_path / "x.svg").read_text()


def test_progress_stays_on_one_line_of_a_terminal(example, tmp_path, monkeypatch, capsys):
    options = ["--epochs", "3", "--hidden", "8", "--output", str(tmp_path / "x.png")]
    monkeypatch.setattr(sys, "argv", ["train_digits.py", *options])
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    example.main()
    progress, *rest = capsys.readouterr().out.split("\n")
    assert [line[:9] for line in progress.split("\r")] == ["epoch 1/3", "epoch 2/3", "epoch 3/3"]
    assert len({len(line) for line in progress.split("\r")}) == 1  # each covers the one before
    assert [line[:5] for line in rest] == ["wrote", "test ", ""]


# ---- The network -------------------------------------------------------------


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradients_against_finite_differences(example, activation):
    network, x, labels = tiny_network(example, activation)
    learned = example.ACTIVATIONS[activation].alpha_start is not None
    assert learned == (activation in ("prelu", "elu"))
    # weights and bias of three dense layers, alpha of two activations
    assert len(network.parameters) == len(network.gradients) == 6 + 2 * learned

    _, g = example.cross_entropy(network.forward(x, training=True), labels)
    network.backward(g)

    for layer in network.layers[1::2]:
        assert (layer.x < 0).any()
        assert (layer.x > 0).any()
        assert abs(layer.x).min() > 1e-4  # a step across the kink would prove nothing
    step = 1e-6
    for p, gradient in zip(network.parameters, network.gradients, strict=True):
        expected = np.empty_like(p)
        for index in np.ndindex(p.shape):
            value = p[index]
            losses = []
            for p[index] in (value + step, value - step):
                losses.append(example.cross_entropy(network.forward(x), labels)[0])
            p[index] = value
            expected[index] = (losses[0] - losses[1]) / (2 * step)
        assert abs(expected).max() > 1e-3
        np.testing.assert_allclose(gradient, expected, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_in_place_and_kept_forward_agree(example, activation):
    network, x, _ = tiny_network(example, activation)
    before = x.copy()
    np.testing.assert_array_equal(network.forward(x), network.forward(x, training=True))
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_training_is_float32_and_changes_every_parameter(example, activation):
    rng = np.random.default_rng(0)
    network = example.Network([64, 12, 10], example.ACTIVATIONS[activation], rng)
    before = [p.copy() for p in network.parameters]
    data = example.digits()
    images = data[0].copy()
    assert len(list(example.train(network, data, 2, rng))) == 2
    assert data[0].dtype == np.float32
    np.testing.assert_array_equal(data[0], images)
    assert network.forward(data[1]).dtype == np.float32
    for p, old, gradient in zip(network.parameters, before, network.gradients, strict=True):
        assert p.dtype == gradient.dtype == np.float32
        assert (p != old).mean() > 0.9


@pytest.mark.parametrize(
    ("activation", "gain"),
    [
        ("relu", 2**0.5),
        ("leaky_relu", (2 / (1 + 0.01**2)) ** 0.5),
        ("prelu", (2 / (1 + 0.25**2)) ** 0.5),
        # E[elu(z)**2] = 1 / 2 + e**2 Phi(-2) - 2 e**(1 / 2) Phi(-1) + 1 / 2
        ("elu", 1.2452),
    ],
)
def test_gain(example, activation, gain):
    assert example.gain(example.ACTIVATIONS[activation]) == pytest.approx(gain, rel=1e-4)


def test_cross_entropy_of_extreme_logits(example):
    logits = np.array([[1e4, 0, -1e4], [-1e4, 0, 1e4]], np.float32)
    loss, g = example.cross_entropy(logits, np.array([0, 1]))
    assert loss == 5e3
    np.testing.assert_array_equal(g, np.array([[0, 0, 0], [0, -0.5, 0.5]], np.float32))


# ---- Errors ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--activation", "gelu"], "argument --activation: invalid choice: 'gelu'"),
        (["--epochs", "0"], "argument --epochs: must be at least 1, not 0"),
        (["--epochs", "many"], "argument --epochs: invalid int value: 'many'"),
        (["--seed", "-1"], "argument --seed: must be at least 0, not -1"),
        (["--hidden", "64", "0"], "argument --hidden: must be at least 1, not 0"),
        (["--hidden"], "argument --hidden: expected at least one argument"),
        (["--output", "curve.txt"], "argument --output: must end in .png, .svg or .pdf: curve.txt"),
    ],
)
def test_bad_arguments(example, arguments, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["train_digits.py", *arguments])
    with pytest.raises(SystemExit) as error:
        example.main()
    assert error.value.code == 2
    output = capsys.readouterr()
    assert output.err.startswith("usage: ")
    assert f"error: {message}" in output.err
    assert output.out == ""
    assert not list(tmp_path.iterdir())


def test_output_that_cannot_be_written_is_refused_before_training(tmp_path):
    (tmp_path / "folder.png").mkdir()
    for path in ("missing/x.png", "folder.png"):
        result = python(tmp_path, SCRIPT, "--output", path)
        assert result.returncode == 1
        assert result.stdout == ""
        assert len(result.stderr.splitlines()) == 1
        assert result.stderr.startswith(f"train_digits.py: cannot write {Path(path)}: ")


@pytest.mark.parametrize("package", ["sklearn", "matplotlib"])
def test_missing_package(package, monkeypatch):
    for name in list(sys.modules):
        if name.partition(".")[0] == package:
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)  # makes its import fail
    with pytest.raises(SystemExit) as error:
        load()
    assert isinstance(error.value.code, str)  # which Python prints, and exits with 1
    assert "\n" not in error.value.code
    assert package in error.value.code
    assert 'pip install "relu_fast[examples]"' in error.value.code
