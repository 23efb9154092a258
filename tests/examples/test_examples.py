"""examples/: they learn, their gradients are right, their errors are clear."""

import functools
import importlib
import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import relu_fast
from relu_fast import _catalog

ml_dtypes = pytest.importorskip("ml_dtypes")
pytest.importorskip("rich")
pytest.importorskip("sklearn")
mpmath = pytest.importorskip("mpmath")
threadpoolctl = pytest.importorskip("threadpoolctl")

pytestmark = pytest.mark.build_independent
matplotlib_image = pytest.importorskip("matplotlib.image")

FOLDER = Path(__file__).resolve().parents[2] / "examples"
if not FOLDER.exists():
    pytest.skip("the examples are not here", allow_module_level=True)
sys.path.append(str(FOLDER))  # as Python does for a script
cnn_digits, compare_activations, deep_network, dying_relu = map(
    importlib.import_module, ["cnn_digits", "compare_activations", "deep_network", "dying_relu"]
)
mixed_precision, nn, recurrent, train_digits, workbench = map(
    importlib.import_module,
    ["mixed_precision", "nn", "recurrent", "train_digits", "workbench"],
)

LEARNED = {f"learned {name}": f for name, f in nn.LEARNED.items() if name != "prelu"}
ACTIVATIONS = {**nn.ACTIVATIONS, **LEARNED}
FAST = ("relu", "leaky_relu", "prelu", "elu")  # to learn
OPTIONS = {  # of each script, for a run of a second or two
    "cnn_digits": ["--epochs", 1],
    "compare_activations": ["--epochs", 1, "--runs", 2, "--activation", "relu", "silu"],
    "deep_network": ["--epochs", 1, "--depth", 3, "--width", 8, "--activation", "tanh", "relu"],
    "dying_relu": ["--epochs", 1],
    "mixed_precision": ["--epochs", 1, "--hidden", 32],
    "recurrent": ["--epochs", 1, "--pixels", 8],
    "train_digits": ["--epochs", 1],
    "training_step": ["--activation", "elu", "--layers", 8, "--batch", 8, "--quick"],
}


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    """Runs a script's main; returns the lines it printed."""

    def run(module, *arguments):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(sys, "argv", [f"{module.__name__}.py", *map(str, arguments)])
        module.main()
        output = capsys.readouterr()
        assert output.err == ""
        return output.out.splitlines()

    return run


def accuracy(lines):
    match = re.fullmatch(r"test accuracy (\d+\.\d) %", lines[-1])
    assert match, lines
    return float(match[1])


def numbers(lines):
    """The printed table: what stands in front of the numbers -> the numbers."""
    rows = [line.replace("%", "").replace("He, Glorot", "He").split() for line in lines[3:-2]]
    table = {}
    for row in rows:
        names = [word for word in row if re.fullmatch(r"[A-Za-z_]+", word)]
        table[" ".join(names)] = [float(word) for word in row[len(names) :]]
    return table


def assert_is_a_picture(path):
    data = path.read_bytes()
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", data[16:24])
    assert 1200 <= width <= 4000
    assert 400 <= height <= 3000
    assert matplotlib_image.imread(path).std() > 0.05  # not blank; also decodes all of it


# ---- The scripts -------------------------------------------------------------


@pytest.mark.parametrize("name", OPTIONS)
def test_runs_from_any_folder(name, tmp_path):
    result = subprocess.run(
        [sys.executable, FOLDER / f"{name}.py", *map(str, OPTIONS[name])],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={**os.environ, "MPLBACKEND": "Agg"},
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    assert f"picture: {name}.png" in result.stdout.splitlines()
    assert [path.name for path in tmp_path.iterdir()] == [f"{name}.png"]
    assert_is_a_picture(tmp_path / f"{name}.png")


@pytest.mark.parametrize(
    ("module", "activation"),
    [*((train_digits, name) for name in FAST), (cnn_digits, "relu"), (cnn_digits, "prelu")],
)
def test_learns_in_three_epochs(module, activation, run):
    lines = run(module, "--activation", activation, "--epochs", 3)
    assert len(lines) == 2
    assert accuracy(lines) >= 91


@pytest.mark.parametrize("activation", [name for name in ACTIVATIONS if name not in FAST])
def test_learns_in_two_epochs(activation, run):
    *learn, name = activation.split()
    options = ["--learn"] if learn else []
    assert accuracy(run(train_digits, "--activation", name, "--epochs", 2, *options)) >= 60


def test_train_digits_reaches_97_percent_by_default(run):
    assert accuracy(run(train_digits)) >= 97


def test_cnn_digits_reaches_97_percent_in_a_third_of_the_time(run):
    assert accuracy(run(cnn_digits, "--epochs", 10)) >= 97


def test_gradients_vanish_and_rectifiers_learn_all_the_same(run):
    options = ["--activation", "sigmoid", "tanh", "relu", "elu", "--depth", 50, "--epochs", 2]
    table = numbers(run(deep_network, *options))
    for name, (ratio, _, test) in table.items():
        activation, weights = name.split()
        if weights == "uniform" or activation == "sigmoid":
            assert ratio < 1e-9
            assert test < 25
        else:
            assert 1e-3 < ratio < 1e3
    assert set(table) >= {"sigmoid uniform", "tanh He", "elu mirrored"}
    assert "tanh mirrored" not in table
    assert table["sigmoid He"][0] < 1e-30
    assert table["relu mirrored"][2] > 85
    assert table["elu mirrored"][2] > 75


def test_recurrent_network_learns(run):
    options = ["--pixels", 8, "--epochs", 4, "--activation", "relu", "prelu", "elu", "tanh"]
    table = numbers(run(recurrent, *options))
    assert list(table) == ["relu", "prelu", "elu", "tanh"]
    assert min(test for _, test in table.values()) > 75


def test_relus_die_and_others_do_not(run):
    table = numbers(run(dying_relu, "--epochs", 2, "--rate", 0.04))
    dead, inactive, _ = table.pop("relu")
    assert dead == inactive
    assert 20 < dead < 90
    assert list(table) == ["leaky_relu", "prelu", "elu"]
    for dead, inactive, _ in table.values():
        assert dead == 0
        assert inactive > 0


@pytest.mark.parametrize("module", [train_digits, recurrent])
def test_the_seed_decides_everything(module, run, tmp_path):
    def result(seed):
        options = [*OPTIONS[module.__name__], "--seed", seed, "--plot", "x.png"]
        return run(module, *options), (tmp_path / "x.png").read_bytes()

    assert result(3) == result(3)
    assert result(3) != result(4)


def test_comparison(run, monkeypatch):
    drawn = []
    draw = compare_activations.draw
    monkeypatch.setattr(
        compare_activations, "draw", lambda *given: drawn.append(given) or draw(*given)
    )
    options = ["--epochs", 3, "--runs", 2, "--rate", 0.003, 1e-9, "--activation", "relu", "celu"]
    lines = run(compare_activations, *options)
    ((names, rates, accuracy, times),) = drawn
    assert names == ["relu", "celu", "learned celu"]
    assert rates == [0.003, 1e-9]
    assert accuracy.shape == times.shape == (3, 2, 2)
    assert accuracy[:, 0].min() > 90
    assert accuracy[:, 1].max() < 40  # nothing is learned at this rate
    assert (times[0] == 1).all()
    assert (times > 0).all()
    rows = [re.split(r"\s{2,}", line.strip()) for line in lines[3:-2]]
    expected = (
        f"{accuracy[2, 0].mean():.1f} ({accuracy[2, 0].min():.1f}-{accuracy[2, 0].max():.1f})"
    )
    assert [row[0] for row in rows] == names
    assert rows[2][1] == expected


def test_readme_compares_all_activations():
    readme = (FOLDER / "README.md").read_text()
    section = readme.partition("## `compare_activations.py`")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| ([a-z0-9_ ]+) \| \d", section, re.MULTILINE)
    assert rows == [*compare_activations.variants(nn.ACTIVATIONS.values())]


def test_learn_and_hidden(run, tmp_path, monkeypatch):
    networks = []
    make_network = train_digits.make_network

    def keep(*arguments):
        networks.append(make_network(*arguments))
        return networks[-1]

    monkeypatch.setattr(train_digits, "make_network", keep)
    options = ["--activation", "elu", "--epochs", 1, "--hidden", 20, 10, "--plot", "x.svg"]
    run(train_digits, *options)
    run(train_digits, *options, "--learn")
    shapes = [[p.shape for p in network.parameters] for network in networks]
    dense = [[(64, 20), (20,)], [(20, 10), (10,)], [(10, 10), (10,)]]
    assert shapes[0] == [*dense[0], *dense[1], *dense[2]]
    assert shapes[1] == [*dense[0], (20,), *dense[1], (10,), *dense[2]]
    assert "</svg>" in (tmp_path / "x.svg").read_text()


def test_matrices_are_multiplied_on_one_thread_while_training():
    def threads():
        return {library["num_threads"] for library in threadpoolctl.threadpool_info()}

    during = []

    def epochs():
        during.append(threads())
        yield nn.Epoch(0.5, 90.0, 0.6, 88.0)

    with threadpoolctl.threadpool_limits(2):
        before = threads()
        assert len(list(workbench.watch(epochs(), 1, "relu"))) == 1
        assert threads() == before
    assert during == [{1}]


def test_progress_bar_on_a_terminal_only(monkeypatch, capsys):
    epochs = [nn.Epoch(0.5, 90.0, 0.6, 88.0)] * 3
    assert list(workbench.watch(iter(epochs), 3, "relu")) == epochs
    assert capsys.readouterr() == ("", "")
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert list(workbench.watch(iter(epochs), 3, "relu")) == epochs
    output = capsys.readouterr()
    assert output.out == ""
    assert "3/3" in output.err


# ---- Activations -------------------------------------------------------------


def test_all_activations_of_the_package_are_there():
    activations = {name for name in relu_fast.__all__ if f"{name}_grad" in relu_fast.__all__}
    assert set(nn.ACTIVATIONS) == activations
    assert [name for name, functions in nn.ACTIVATIONS.items() if functions.learned] == ["prelu"]


def test_what_the_package_can_learn_is_there_and_two_more():
    package = {f.activation.name for f in _catalog.FUNCTIONS.values() if f.parameter}
    assert set(nn.LEARNED) == package | {"silu", "celu"}
    assert nn.LEARNED["prelu"].start == 0.25


@pytest.mark.parametrize("name", [name for name in nn.LEARNED if name != "prelu"])
def test_what_is_learned_starts_at_the_default(name):
    x = np.linspace(-3, 3, 101, dtype=np.float32)
    functions = nn.LEARNED[name]
    learned = functions.new_parameters((), np.float32)
    np.testing.assert_array_equal(functions.f(x, *learned), getattr(relu_fast, name)(x))


def test_threshold_is_a_rectifier():
    x = np.array([-1, 0.5, 1, 1.5])
    np.testing.assert_array_equal(nn.ACTIVATIONS["threshold"].f(x), [0, 0, 0, 1.5])
    np.testing.assert_array_equal(nn.ACTIVATIONS["threshold"].grad(x), [0, 0, 0, 1])


def test_a_new_activation_appears_by_itself(monkeypatch):
    def add(name, of, *suffixes):
        for suffix in suffixes:
            monkeypatch.setattr(
                relu_fast, name + suffix, getattr(relu_fast, of + suffix), raising=False
            )
        names = [*relu_fast.__all__, *[name + suffix for suffix in suffixes]]
        monkeypatch.setattr(relu_fast, "__all__", names)

    add("new", "relu", "", "_", "_grad", "_backward")
    add("needs_a_parameter", "prelu", "", "_", "_grad", "_backward")
    add("gated", "relu", "", "_backward")  # of two arrays, which has only these
    assert set(nn.made()) == {*nn.ACTIVATIONS, "new"}
    assert nn.made()["new"].backward is relu_fast.relu_backward


@pytest.mark.parametrize(
    ("activation", "gain"),
    [
        ("relu", 2**0.5),
        ("leaky_relu", (2 / (1 + 0.01**2)) ** 0.5),
        ("prelu", (2 / (1 + 0.25**2)) ** 0.5),
        # E[elu(z)**2] = 1 / 2 + e**2 Phi(-2) - 2 e**(1 / 2) Phi(-1) + 1 / 2
        ("elu", 1.2452),
        ("learned elu", 1.2452),
    ],
)
def test_gain(activation, gain):
    assert nn.gain(ACTIVATIONS[activation]) == pytest.approx(gain, rel=1e-4)


# ---- Recipes for learned parameters ------------------------------------------

DEFINITIONS = {  # of f(x), by what is learned
    "silu": lambda x, beta: x / (1 + mpmath.exp(-beta * x)),
    "celu": lambda x, log: x if x > 0 else mpmath.exp(log) * mpmath.expm1(x * mpmath.exp(-log)),
}


def exact_terms(name, g, x, parameter):
    """g * the derivative of f(x) by the parameter, by differences with 60 digits."""

    @functools.partial(np.vectorize, otypes=[object])
    def term(g, x, parameter):
        of_parameter = functools.partial(DEFINITIONS[name], mpmath.mpf(float(x)))
        return mpmath.mpf(float(g)) * mpmath.diff(of_parameter, mpmath.mpf(float(parameter)))

    with mpmath.workdps(60):
        return term(g, x, parameter).astype(float)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("parameter", [-0.75, 0.0, 1.25])
@pytest.mark.parametrize("name", DEFINITIONS)
def test_recipes_are_exact(name, parameter, dtype):
    sizes = np.array([1e-7, 1e-5, 1e-3, 0.1, 0.7, 1, 3, 10, 30])
    x = np.concatenate([-sizes, [0], sizes]).astype(dtype)
    parameters = np.full(x.shape, parameter, dtype)
    found = nn.LEARNED[name].learned_backward(np.full_like(x, 0.7), x, parameters)
    exact = exact_terms(name, np.full_like(x, 0.7), x, parameters)
    assert found.dtype == dtype
    if name == "silu":
        tolerance = 4 + 2 * abs(x * parameter)  # beta * x is rounded, which counts for the tail
    else:  # near 0, the two terms of celu leave less than they are: in float64, where z > -1e-8
        z = np.minimum(x / np.exp(parameter), -1e-30)
        tolerance = 6 + 4 * np.finfo(np.float64).eps / np.finfo(dtype).eps / abs(z)
    assert (abs(found - exact) <= tolerance * np.finfo(dtype).eps * abs(exact)).all()


@pytest.mark.parametrize("shape", [(), (1,), (3,), (1, 3), (2, 1), (2, 3), (4, 1, 1), (4, 2, 3)])
@pytest.mark.parametrize("name", DEFINITIONS)
def test_recipes_sum_to_the_shape_of_the_parameter(name, shape):
    rng = np.random.default_rng(3)
    g, x = rng.standard_normal((2, 4, 2, 3))
    parameter = rng.uniform(0.5, 1.5, shape)
    found = nn.LEARNED[name].learned_backward(g, x, parameter)
    terms = nn.LEARNED[name].learned_backward(g, x, np.broadcast_to(parameter, x.shape))
    expected = np.zeros(shape)
    for index in np.ndindex(x.shape):
        place = index[3 - len(shape) :]
        expected[tuple(i * (n > 1) for i, n in zip(place, shape, strict=True))] += terms[index]
    assert found.shape == shape
    np.testing.assert_allclose(found, expected, rtol=1e-13)


def test_learned_celu_keeps_alpha_positive():
    layer = nn.Activation(nn.LEARNED["celu"], (1,))
    optimiser = nn.Adam(nn.Network([layer]))
    for _ in range(10):
        y = layer.forward(np.full((4, 1), -1, np.float32), training=True)
        layer.backward(np.full_like(y, -1))  # towards a smaller alpha
        optimiser.step(0.5)
    assert layer.parameters[0] < -3  # alpha itself would be negative after so many steps
    assert (layer.forward(np.full((4, 1), -1, np.float32), training=True) < 0).all()


# ---- Networks ----------------------------------------------------------------

NETWORKS = {
    "dense": lambda f, rng: train_digits.make_network([64, 10, 8, 10], f, rng, np.float64),
    "convolutional": lambda f, rng: cnn_digits.make_network(f, rng, (2, 3, 2), np.float64),
    "recurrent": lambda f, rng: recurrent.Recurrent(f, rng, 16, 5, np.float64),
    "mirrored": lambda f, rng: deep_network.make_network("mirrored", f, 4, 6, rng, np.float64),
}


@pytest.fixture(params=NETWORKS)
def make_network(request):
    """Makes a small float64 network whose alphas and biases are all different."""

    def make(functions):
        rng = np.random.default_rng(7)
        network = NETWORKS[request.param](functions, rng)
        for p in network.parameters:
            if p.ndim != 2:
                p += rng.uniform(-0.2, 0.2, p.shape)
        return network, rng.standard_normal((3, 64)), rng.integers(0, 10, 3)

    return make


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_gradients_against_finite_differences(make_network, activation):
    network, x, labels = make_network(ACTIVATIONS[activation])
    _, g = nn.cross_entropy(network.forward(x, training=True), labels)
    network.backward(g)

    if isinstance(network, nn.Network):
        inputs = [layer.x for layer in network.layers if isinstance(layer, nn.Activation)]
    else:
        inputs = [network.z]
    for z in inputs:
        assert (z < 0).any()
        assert (z > 0).any()
        assert abs(z).min() > 1e-5  # a step across the kink would prove nothing
    step = 1e-6
    tolerance = 1e-3 if activation == "relu_squared" else 1e-5  # whose second derivative jumps
    rng = np.random.default_rng(1)
    for p, gradient in zip(network.parameters, network.gradients, strict=True):
        assert p.shape == gradient.shape
        assert abs(gradient).max() > 1e-4
        for index in rng.permutation(list(np.ndindex(p.shape)))[:40]:
            index = tuple(index)
            value = p[index]
            losses = []
            for p[index] in (value + step, value - step):
                losses.append(nn.cross_entropy(network.forward(x), labels)[0])
            p[index] = value
            expected = (losses[0] - losses[1]) / (2 * step)
            assert gradient[index] == pytest.approx(expected, rel=tolerance, abs=1e-8)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_in_place_and_kept_forward_agree(make_network, activation):
    network, x, _ = make_network(ACTIVATIONS[activation])
    before = x.copy()
    np.testing.assert_array_equal(network.forward(x), network.forward(x, training=True))
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_training_is_float32_and_changes_every_parameter(activation):
    rng = np.random.default_rng(0)
    network = train_digits.make_network([64, 12, 10], ACTIVATIONS[activation], rng)
    before = [p.copy() for p in network.parameters]
    data = workbench.digits()
    images = data.train_x.copy()
    epochs = list(nn.train(network, data, 2, rng, 1e-3, vary=workbench.noise(0.5)))
    assert len(epochs) == 2
    assert data.train_x.dtype == np.float32
    np.testing.assert_array_equal(data.train_x, images)
    assert network.forward(data.test_x).dtype == np.float32
    for p, old, gradient in zip(network.parameters, before, network.gradients, strict=True):
        assert p.dtype == gradient.dtype == np.float32
        assert (p != old).mean() > 0.9


@pytest.mark.parametrize("way", mixed_precision.WAYS)
def test_half_types_are_stored_and_float32_computes(way):
    storage, has_master = mixed_precision.WAYS[way]
    rng = np.random.default_rng(0)
    network = mixed_precision.make_network(way, [64, 12, 10], nn.ACTIVATIONS["gelu"], rng)
    data = workbench.digits()
    for _ in nn.train(network, data, 1, rng, 1e-3):
        pass
    kept = [layer.x for layer in network.layers if hasattr(layer, "x")]
    assert {x.dtype for x in kept} == {np.dtype(storage)}
    assert mixed_precision.kept_bytes(network) == sum(x.size * x.itemsize for x in kept)
    assert network.forward(data.test_x).dtype == np.float32
    for p, gradient in zip(network.parameters, network.gradients, strict=True):
        assert p.dtype == gradient.dtype == np.float32
        assert (p.astype(storage) == p).all() == (storage == np.float32 or not has_master)


def test_small_steps_need_master_weights(run):
    """What bfloat16 loses without a copy, master weights keep."""
    lines = run(mixed_precision, "--epochs", 4, "--hidden", 32, "--rate", 0.001)
    table = {line[:26].strip(): line[26:].split() for line in lines if "KiB" in line}
    assert table.keys() == mixed_precision.WAYS.keys()
    loss = {way: float(words[0]) for way, words in table.items()}
    kept = {way: int(words[3]) for way, words in table.items()}
    assert {way: 2 * size for way, size in kept.items() if way != "float32"} == {
        way: kept["float32"] for way in kept if way != "float32"
    }
    for dtype in ("bfloat16", "float16"):
        assert loss[f"{dtype}, master weights"] == pytest.approx(loss["float32"], rel=0.02)
    assert loss["bfloat16, no copy"] > 1.05 * loss["float32"]


def test_shifted_digits():
    x = workbench.digits().train_x[:200]
    moved = cnn_digits.shifted(x, np.random.default_rng(0)).reshape(-1, 8, 8)
    images = x.reshape(-1, 8, 8)
    assert moved.dtype == np.float32
    still = abs(moved - images)[:, 1:-1, 1:-1].mean(axis=(1, 2)) < 0.4  # the noise is 0.24
    assert 0.1 < still.mean() < 0.4  # 1/4 expected: half stay in each direction


def test_silent_units():
    rng = np.random.default_rng(0)
    network = train_digits.make_network([64, 4, 10], nn.ACTIVATIONS["relu"], rng)
    x = workbench.digits().train_x
    before = x.copy()
    assert dying_relu.silent_units(network, x) == (0, 0)
    network.layers[0].parameters[1][1] = -1e3
    assert dying_relu.silent_units(network, x) == (25, 25)
    network.layers[1].functions = nn.ACTIVATIONS["leaky_relu"]
    assert dying_relu.silent_units(network, x) == (0, 25)
    np.testing.assert_array_equal(x, before)


def test_cross_entropy_of_extreme_logits():
    logits = np.array([[1e4, 0, -1e4], [-1e4, 0, 1e4]], np.float32)
    loss, g = nn.cross_entropy(logits, np.array([0, 1]))
    assert loss == 5e3
    np.testing.assert_array_equal(g, np.array([[0, 0, 0], [0, -0.5, 0.5]], np.float32))


@pytest.mark.parametrize(("clip", "factor"), [(np.inf, 1), (10, 1), (1, 0.2)])
def test_gradients_are_clipped(clip, factor):
    network = nn.Network([nn.Dense(np.zeros((2, 1)))])
    network.gradients[0][:] = [[3], [4]]
    nn.Adam(network, clip).step(0.1)
    np.testing.assert_allclose(network.gradients[0], np.array([[3], [4]]) * factor)
    # Adam's first step is as long as the rate, whatever the gradient.
    np.testing.assert_allclose(network.parameters[0], -0.1, rtol=1e-6)


# ---- Errors ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "arguments", "message"),
    [
        (train_digits, "--activation gelus", "argument --activation: invalid choice: 'gelus'"),
        (train_digits, "--epochs 0", "argument --epochs: must be at least 1, not 0"),
        (train_digits, "--epochs many", "argument --epochs: invalid int value: 'many'"),
        (train_digits, "--seed -1", "argument --seed: must be at least 0, not -1"),
        (train_digits, "--hidden 64 0", "argument --hidden: must be at least 1, not 0"),
        (train_digits, "--hidden", "argument --hidden: expected at least one argument"),
        (cnn_digits, "--plot x.txt", "argument --plot: must end in .png, .svg or .pdf: x.txt"),
        (cnn_digits, "--plot missing/x.png", f"cannot write {Path('missing/x.png')}: "),
        (
            cnn_digits,
            "--activation relu --learn",
            "argument --learn: nothing to learn in relu",
        ),
        (compare_activations, "--runs 0", "argument --runs: must be at least 1, not 0"),
        (
            compare_activations,
            "--rate 0.1 -1",
            "argument --rate: must be a positive number, not '-1'",
        ),
        (compare_activations, "--activation relu swish", "invalid choice: 'swish'"),
        (recurrent, "--pixels 3", "argument --pixels: invalid choice: 3"),
        (recurrent, "--activation relu gelus", "invalid choice: 'gelus'"),
        (deep_network, "--width 7", "argument --width: must be even, not 7"),
        (deep_network, "--depth 0", "argument --depth: must be at least 1, not 0"),
        (dying_relu, "--rate 0", "argument --rate: must be a positive number, not '0'"),
        (dying_relu, "--rate nan", "argument --rate: must be a positive number, not 'nan'"),
        (dying_relu, "--rate fast", "argument --rate: must be a positive number, not 'fast'"),
    ],
)
def test_bad_arguments(module, arguments, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["script.py", *arguments.split()])
    with pytest.raises(SystemExit) as error:
        module.main()
    assert error.value.code == 2
    output = capsys.readouterr()
    assert output.err.startswith("usage: ")
    assert f"error: {message}" in output.err or message in output.err.splitlines()[-1]
    assert output.out == ""
    assert not list(tmp_path.iterdir())


def test_an_unknown_activation_is_named_and_the_known_are_listed(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["script.py", "--activation", "gelus"])
    with pytest.raises(SystemExit):
        train_digits.main()
    message = capsys.readouterr().err.splitlines()[-1]
    called, listed = message.split("(choose from ")
    assert "'gelus'" in called
    assert re.findall(r"\w+", listed) == list(nn.ACTIVATIONS)


@pytest.mark.parametrize(
    ("package", "script"),
    [
        *((package, script) for package in ("matplotlib", "rich", "sklearn") for script in OPTIONS),
        ("ml_dtypes", "mixed_precision"),
    ],
)
def test_missing_package(package, script, monkeypatch):
    for name in list(sys.modules):
        if name.partition(".")[0] in (package, "workbench", *OPTIONS):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)  # makes its import fail
    with pytest.raises(SystemExit) as error:
        importlib.import_module(script)
    assert isinstance(error.value.code, str)  # which Python prints, and exits with 1
    assert "\n" not in error.value.code
    assert package in error.value.code
    assert 'pip install "relu_fast[examples]"' in error.value.code
