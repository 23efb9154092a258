"""examples/training_step.py: all ways learn the same, and what is printed of them is right.

That each has a process of its own is in test_examples.py, which runs the script.
"""

import importlib.util
import itertools
import sys
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("matplotlib")
pytest.importorskip("rich")
pytest.importorskip("sklearn")
pytest.importorskip("threadpoolctl")

from sklearn.neural_network import _base
from threadpoolctl import threadpool_limits

from relu_fast.sklearn import unpatch_sklearn

pytestmark = pytest.mark.build_independent

FOLDER = Path(__file__).resolve().parents[2] / "examples"
if not FOLDER.exists():
    pytest.skip("the examples are not here", allow_module_level=True)
sys.path.append(str(FOLDER))  # as Python does for a script
training_step = importlib.import_module("training_step")
training_ways = importlib.import_module("training_ways")

HIDDEN, BATCH = [12, 8], 32
CASES = [(name, way) for name in training_ways.CHOICES for way in training_ways.ways_of(name)]


@pytest.fixture(autouse=True, scope="module")
def _one_thread():
    """As in the processes of the script."""
    if importlib.util.find_spec("torch"):
        importlib.import_module("torch").set_num_threads(1)
    with threadpool_limits(1):
        yield


@pytest.fixture(autouse=True)
def _as_it_was():
    """Leaves scikit-learn's activations as they were."""
    tables = _base.ACTIVATIONS, _base.DERIVATIVES
    before = [table.copy() for table in tables]
    yield
    unpatch_sklearn()
    for table, entries in zip(tables, before, strict=True):
        table.clear()
        table.update(entries)


def turns_of(way, problem, rounds=3, steps=4):
    worker = training_ways.Worker(way, problem, 1)
    return training_step.Measured.of([worker.turn(steps) for _ in range(rounds)])


def here(problem, threads, rounds, steps):
    """Be `measure` in this process: one way after the other."""
    ways = training_ways.ways_of(problem.activation)
    return {way: turns_of(way, problem, rounds, steps) for way in ways}


@pytest.fixture
def run(monkeypatch, capsys, tmp_path):
    """Runs main with measuring in this process; returns the lines it printed."""

    def run(*arguments, measure=here):
        monkeypatch.chdir(tmp_path)
        monkeypatch.setattr(training_step, "measure", measure)
        monkeypatch.setattr(sys, "argv", ["training_step.py", "--quick", *arguments])
        training_step.main()
        return capsys.readouterr().out.splitlines()

    return run


@pytest.mark.parametrize(("activation", "way"), CASES)
def test_losses_are_those_of_numpy(activation, way):
    """At each step: with other gradients they would go other ways."""
    problem = training_step.make_problem(activation, HIDDEN, BATCH)
    expected = turns_of(training_ways.FIRST, problem).losses
    found = turns_of(way, problem).losses
    assert found.shape == (3, 1 + 4)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert len(set(found.flat)) == found.size
    assert found[-1].mean() < found[0].mean()


@pytest.mark.parametrize(("activation", "way"), CASES)
def test_the_clock_runs_in_all_activations_and_nowhere_else(activation, way, monkeypatch):
    """With a clock that goes on by one each time it is read."""
    monkeypatch.setattr(training_ways, "process_time", itertools.count().__next__)
    found = turns_of(way, training_step.make_problem(activation, HIDDEN, BATCH))
    assert (found.in_activations == 2 * len(HIDDEN)).all()  # forward and backward
    assert (found.seconds == 4 * len(HIDDEN) + 1).all()


def test_several_threads_are_timed_by_the_wall():
    problem = training_step.make_problem("relu", HIDDEN, BATCH)
    clocks = [training_ways.Worker("NumPy", problem, n).clock.now.__name__ for n in (1, 2)]
    assert clocks == ["process_time", "perf_counter"]


def test_figures():
    first = training_step.Measured(np.full((3, 2), 2.0), np.full((3, 2), 1.0), np.eye(3))
    seconds = np.array([[1, 1], [2, 2], [4, 4]])
    its = training_step.Measured(seconds, seconds / 4, np.eye(3) + 0.001)
    found = training_step.figures(its, first)
    assert found == pytest.approx((1, 0.75, 1.5, 0.5, 0.25))  # step, low, high, alone, share
    (_, row) = training_step.rows_of({"NumPy": first, "other": its})
    assert row == ["other", "1.00", "0.75-1.50", "25.0%", "0.50", "1.0010"]


def test_batches_go_around():
    problem = training_step.make_problem("relu", HIDDEN, 1000)
    batches = [labels for _, labels in itertools.islice(problem.batches(), 2)]
    labels = problem.labels
    np.testing.assert_array_equal(np.concatenate(batches), np.tile(labels, 2)[:2000])
    assert len(labels) < 2000


def test_pictures_are_enlarged():
    x = training_step.digits().train_x[:3]
    large = training_step.enlarged(x).reshape(3, 28, 28)
    np.testing.assert_array_equal(large[:, ::7, ::7], x.reshape(3, 8, 8)[:, ::2, ::2])
    assert set(large[0].flat) == set(x[0])


def test_each_activation_has_a_table_with_a_row_for_each_way(run):
    options = ["--activation", "tanh", "elu", "tanh", "--layers", "8", "6", "--batch", "16"]
    lines = iter(run(*options))
    for activation in "tanh", "elu":
        assert next(lines).startswith(f"{activation}, 784-8-6-10, batches of 16, 1 thread: 3 ")
        assert next(lines).isspace()
        assert next(lines).split() == training_step.HEADER[1:]
        assert set(next(lines)) == set(" ─")
        for way in training_ways.ways_of(activation):
            line = next(lines).strip()
            assert line.startswith(way)
            step, quartiles, share, alone, loss = line.removeprefix(way).split()
            low, high = map(float, quartiles.split("-"))
            assert 0 < low <= float(step) <= high
            assert 0 < float(share.rstrip("%")) < 100
            assert float(alone) > 0
            assert 0 < float(loss) < 10
        assert next(lines).isspace()
        assert float(next(lines).removeprefix("largest difference of a loss: ")) < 1e-5
        assert next(lines) == ""
    assert next(lines) == "picture: training_step.png"
    assert Path("training_step.png").read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


@pytest.mark.parametrize("losses", [[1.0, 0.5, 0.2], [1.0, 0.5, np.nan]])
def test_losses_that_differ_are_an_error(losses, run):
    """The message names the way; a picture would look as if all were well."""

    def measure(problem, *_):
        times = np.ones((3, 2))
        first = training_step.Measured(times, times / 2, np.array([[1.0, 0.5, 0.25]]))
        return {"NumPy": first, "PyTorch": first._replace(losses=np.array([losses]))}

    with pytest.raises(SystemExit) as stopped:
        run("--activation", "relu", measure=measure)
    message = "training_step.py: losses of PyTorch and NumPy differ by "
    assert stopped.value.code.startswith(message)
    assert not Path("training_step.png").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--activation mish", "argument --activation: invalid choice: 'mish' (choose from "),
        ("--activation", "argument --activation: expected at least one argument"),
        ("--layers 8 0", "argument --layers: must be at least 1, not 0"),
        ("--batch 0", "argument --batch: must be at least 1, not 0"),
        ("--batch many", "argument --batch: invalid int value: 'many'"),
        ("--threads 0", "argument --threads: must be at least 1, not 0"),
        ("--picture x.txt", "argument --picture: must end in .png, .svg or .pdf: x.txt"),
        ("--picture missing/x.png", "argument --picture: cannot write missing/x.png: "),
    ],
)
def test_bad_arguments(arguments, message, run, capsys):
    with pytest.raises(SystemExit) as stopped:
        run(*arguments.split())
    assert stopped.value.code == 2
    assert f"error: {message}" in capsys.readouterr().err
    assert not list(Path().iterdir())
