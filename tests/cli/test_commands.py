"""The commands that show, measure and draw: info, bench, plot."""

import errno
import functools
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import numpy as np
import pytest
from support.command_line import command, failed, here, on_a_terminal, python, succeeded

import relu_fast
from relu_fast.cli import bench, comparison, plot

pytestmark = [pytest.mark.build_independent, pytest.mark.coverage]


def test_entry_point():
    """The same program under the name that pip installs."""
    script = shutil.which("relu-fast", path=sysconfig.get_path("scripts"))
    assert script
    ran = subprocess.run(
        [script, "info", "--json"], capture_output=True, text=True, timeout=60, check=True
    )
    assert json.loads(ran.stdout)["version"] == relu_fast.__version__
    wrong = subprocess.run([script, "no"], capture_output=True, text=True, timeout=60, check=False)
    assert wrong.returncode == 2
    assert "see relu-fast --help" in wrong.stderr


def test_every_command_has_help(tmp_path, capfd):
    shown = succeeded(here(capfd, "--help", cwd=tmp_path)).stdout
    for name in ("info", "bench", "apply", "plot", "verify"):
        assert f"\n    {name} " in shown
        assert len(succeeded(here(capfd, name, "--help", cwd=tmp_path)).stdout.splitlines()) > 7


@pytest.mark.parametrize("name", ["bench", "apply", "plot", "verify"])
def test_an_unknown_function(tmp_path, name, capfd):
    """The line says what was called, what is near, and all there is."""
    words = ["unknown function 'geluu'", "did you mean gelu?", *plot.ACTIVATIONS]
    failed(here(capfd, name, "geluu", cwd=tmp_path), 2, *words)


@pytest.mark.parametrize(
    ("name", "function", "near"),
    [
        ("apply", "relu_backward", "relu"),
        ("plot", "elu_value_and_grad", "elu"),
        ("verify", "prelu_alpha_backward", "prelu"),
    ],
)
def test_a_function_of_another_kind(tmp_path, name, function, near, capfd):
    words = [f"'{function}' is none of the functions", f"did you mean {near}?", "expected one of"]
    failed(here(capfd, name, function, cwd=tmp_path), 2, *words)


# ---- info --------------------------------------------------------------------


def test_info(tmp_path):
    found = json.loads(succeeded(command("info", "--json", cwd=tmp_path)).stdout)
    assert found.items() >= relu_fast.config().items()
    assert found["numpy"] == np.__version__
    assert found["python"] == sys.version.split()[0]
    assert found["compiler"].split()[0] in ("GCC", "Clang", "Debian", "Ubuntu", "Apple")
    assert Path(found["path"]) == Path(relu_fast.__file__).parent
    shown = succeeded(command("info", cwd=tmp_path)).stdout
    assert "\x1b" not in shown
    for name, value in found.items():
        line = next(
            line for line in shown.splitlines() if line.startswith(f" {name}".replace("_", " "))
        )
        assert line.endswith(", ".join(value) if isinstance(value, list) else str(value))


# ---- bench -------------------------------------------------------------------


def test_bench(tmp_path, capfd):
    arguments = ["elu", "relu_", "elu_value_and_grad", "--size", 10, "--size", 5000, "--seconds", 0]
    shown = succeeded(here(capfd, "bench", *arguments, cwd=tmp_path)).stdout
    assert "\x1b" not in shown
    rows = {line.split()[0]: line.split() for line in shown.splitlines() if line[1:2] in "er"}
    for name in ("elu", "relu_", "elu_value_and_grad"):
        times = rows[name][1::3]
        units = rows[name][2::3]
        speeds = rows[name][3::3]
        assert len(times) == len(units) == len(speeds) == 2
        assert all(float(time) > 0 for time in times)
        assert set(units) <= {"ns", "\N{MICRO SIGN}s", "ms"}
        assert all(speed.endswith("\N{MULTIPLICATION SIGN}") for speed in speeds)


def test_bench_json(tmp_path):
    arguments = ["--size", 100, "--dtype", "float64", "--threads", 1, "--seconds", 0, "--json"]
    found = json.loads(succeeded(command("bench", *arguments, cwd=tmp_path)).stdout)
    assert found["threads"] == 1
    assert [result["function"] for result in found["results"]] == bench.DEFAULT
    for result in found["results"]:
        assert (result["size"], result["dtype"]) == (100, "float64")
        assert 0 < result["seconds"] < 1
        assert result["seconds_per_element"] == result["seconds"] / 100
        assert result["speed"] > 0


def test_race_tells_the_slower_side():
    """NumPy's side made many times slower, and ours."""
    ours = comparison.COMPARISONS["relu"]
    data = comparison.ordinary_data(ours.function.activation, np.float32, 1000)

    class Slow(comparison.Comparison):
        statement = "[np.maximum(x, 0) for _ in range(200)]"

    assert comparison.race(ours, data, 0, 5).speed < 50
    assert comparison.race(Slow(ours.function), data, 0, 5).speed > 50


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nosuch"], "unknown function 'nosuch'"),
        (["rellu"], "did you mean relu?"),
        (["--size", "0"], "expected a whole number from 1 to 9223372036854775807, not '0'"),
        (["--size", "many"], "expected a whole number from 1 to 9223372036854775807, not 'many'"),
        (["--seconds", "-1"], "expected a number of seconds, not '-1'"),
        (["--threads", "100000"], "argument --threads"),
        (["--dtype", "int8"], "invalid choice"),
    ],
)
def test_bench_refuses(tmp_path, arguments, message, capfd):
    failed(here(capfd, "bench", *arguments, cwd=tmp_path), 2, message)


# ---- plot --------------------------------------------------------------------


def test_plot(tmp_path, capfd):
    pytest.importorskip("matplotlib")
    arguments = ["elu", "relu", "--alpha", 0.25, "--alpha", 1, "--out", "two.svg"]
    shown = succeeded(here(capfd, "plot", *arguments, cwd=tmp_path)).stdout
    assert shown == "wrote two.svg\n"
    drawn = (tmp_path / "two.svg").read_text()
    for text in ("elu_grad", "relu_grad", "alpha = 0.25", "alpha = 1"):
        assert f"<!-- {text} -->" in drawn
    assert "leaky" not in drawn
    succeeded(here(capfd, "plot", "relu", cwd=tmp_path))
    assert (tmp_path / "relu_fast.png").read_bytes().startswith(b"\x89PNG")


def test_plot_of_all_has_bands(tmp_path, capfd):
    """Every activation in one picture of a shape that a screen can show."""
    pytest.importorskip("matplotlib")
    succeeded(here(capfd, "plot", "--out", "all.svg", cwd=tmp_path))
    drawn = (tmp_path / "all.svg").read_text()
    width, height = map(float, re.search(r'<svg .*width="(.*)pt" height="(.*)pt"', drawn).groups())
    assert 2 / 3 < width / height < 3 / 2
    for name in plot.ACTIVATIONS:
        assert drawn.count(f"<!-- {name} -->") == drawn.count(f"<!-- {name}_grad -->") == 1


def test_plot_together(tmp_path, capfd):
    pytest.importorskip("matplotlib")
    arguments = ["relu", "gelu", "silu", "mish", "--together", "--beta", 1, "--beta", 2]
    succeeded(here(capfd, "plot", *arguments, "--out", "four.svg", cwd=tmp_path))
    drawn = (tmp_path / "four.svg").read_text()
    for text in ("relu", "gelu", "silu, beta = 1", "silu, beta = 2", "mish", "value", "derivative"):
        assert drawn.count(f"<!-- {text} -->") == 1
    assert "_grad" not in drawn
    assert drawn.count('id="axes_') == 2


@pytest.mark.parametrize(
    ("call", "gaps"),
    [
        (lambda x: relu_fast.relu_grad(x), 1),
        (lambda x: relu_fast.hardshrink(x), 2),
        (lambda x: relu_fast.threshold(x, 0.5, -2), 1),
        (lambda x: relu_fast.threshold(x, -8, 3), 1),  # at the edge
        (lambda x: relu_fast.relu(x), 0),
        (lambda x: relu_fast.relu_squared(x), 0),  # steeper than any jump
        (lambda x: relu_fast.leaky_relu(x, 100), 0),
        (lambda x: relu_fast.sigmoid(8 * x), 0),
        (lambda x: relu_fast.softplus(x, -1), 0),  # nothing but NaN
    ],
)
def test_plot_draws_no_line_across_a_jump(call, gaps):
    y = call(np.linspace(-8, 8, 1200))
    drawn = plot.without_jumps(y)
    assert np.count_nonzero(np.isnan(drawn) & ~np.isnan(y)) == gaps


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["no"], 2, "unknown function 'no'"),
        (["--range", "1", "1"], 2, "argument --range: expected two numbers LOW < HIGH"),
        (["--range", "0", "inf"], 2, "argument --range: expected two numbers LOW < HIGH"),
        (["--range", "-1e301", "0"], 2, "argument --range: expected two numbers LOW < HIGH"),
        (["--range", "nan", "nan"], 2, "argument --range: expected two numbers LOW < HIGH"),
        (["relu", "--out", "a.xyz"], 2, "argument --out: expected a name that ends in ."),
        (["relu", "--out", "a"], 2, "argument --out: expected a name that ends in ."),
        (["relu", "--out", ""], 2, "argument --out: expected a name that ends in ."),
        (["relu", "--out", "nosuch/a.png"], 1, "argument --out: 'nosuch/a.png': No such file"),
        (["relu", "--out", f"{'a' * 300}.png"], 1, "File name too long"),
        (["relu", "--out", "/proc/a.png"], 1, "argument --out: '/proc/a.png': "),
    ],
)
def test_plot_refuses(tmp_path, arguments, status, message, capfd):
    pytest.importorskip("matplotlib")
    failed(here(capfd, "plot", *arguments, cwd=tmp_path), status, message)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["folder", "pipe", "device"])
def test_plot_replaces_nothing_but_files(tmp_path, kind, capfd):
    pytest.importorskip("matplotlib")
    place = tmp_path / "a.png"
    if kind == "folder":
        place.mkdir()
    elif kind == "pipe":
        os.mkfifo(place)
    else:
        place.symlink_to("/dev/null")
    before = place.stat()
    line = ["plot", "relu", "--out", "a.png"]
    failed(here(capfd, *line, cwd=tmp_path), 1, "argument --out: expected a regular file")
    assert place.stat() == before
    assert os.listdir(tmp_path) == ["a.png"]


class TooLarge:
    """An error that comes when a part is written."""

    def __init__(self, error):
        self.error = error

    def __call__(self, figure, file, **options):
        file.write(b"half a picture")
        raise self.error


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "argument --out: 'a.png': No space"),
        (MemoryError("Unable to allocate"), "not enough memory: Unable to allocate"),
        (RuntimeError("'xelatex' not found"), "matplotlib cannot draw this: 'xelatex' not found"),
        (OverflowError("infinity"), "matplotlib cannot draw this: infinity"),
        (np.linalg.LinAlgError("Singular"), "matplotlib cannot draw this: Singular"),
    ],
)
def test_plot_leaves_no_half_of_a_picture(tmp_path, error, message, capfd, monkeypatch):
    figure = pytest.importorskip("matplotlib.figure")
    monkeypatch.setattr(figure.Figure, "savefig", functools.partialmethod(TooLarge(error)))
    (tmp_path / "a.png").write_text("as before")
    failed(here(capfd, "plot", "relu", "--out", "a.png", cwd=tmp_path), 1, message)
    assert (tmp_path / "a.png").read_text() == "as before"
    assert os.listdir(tmp_path) == ["a.png"]


@pytest.mark.parametrize("together", [[], ["--together"]])
@pytest.mark.parametrize(
    "numbers",
    [
        "--range -1e300 1e300",
        "--range 1e299 1e300",
        "--range -1e-300 1e-300",
        "--range 0 5e-324",
        "--range 1 1.0000000000000002",
        "--alpha 1e308 --alpha -inf --alpha nan --alpha 0 --alpha 1e-320",
    ],
)
def test_plot_of_extreme_numbers(tmp_path, numbers, together, capfd):
    """A picture, and no warning of what computes with them."""
    pytest.importorskip("matplotlib")
    line = ["plot", "elu", *numbers.split(), *together, "--out", "a.svg"]
    succeeded(here(capfd, *line, cwd=tmp_path))
    assert (tmp_path / "a.svg").read_text().endswith("</svg>\n")


@pytest.mark.parametrize("backend", ["module://matplotlib_inline.backend_inline", "nonsense", ""])
def test_plot_whatever_a_notebook_has_set(tmp_path, backend, monkeypatch):
    pytest.importorskip("matplotlib")
    monkeypatch.setenv("MPLBACKEND", backend)
    succeeded(command("plot", "relu", "--out", "a.svg", cwd=tmp_path))
    assert os.listdir(tmp_path) == ["a.svg"]


def test_plot_without_matplotlib(tmp_path, capfd, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)  # makes its import fail
    failed(here(capfd, "plot", cwd=tmp_path), 1, "plot needs matplotlib: pip install")
    assert not list(tmp_path.iterdir())


def test_plot_where_matplotlib_can_keep_nothing(tmp_path):
    """As where all is read-only."""
    pytest.importorskip("matplotlib")
    (tmp_path / "file").touch()
    variables = dict.fromkeys(("MPLCONFIGDIR", "HOME", "TMPDIR"), str(tmp_path / "file" / "none"))
    code = (
        f"import os, sys, tempfile; os.environ.update({variables})\n"
        "def none(*_, **__): raise FileNotFoundError(2, 'No usable temporary directory')\n"
        "tempfile.mkdtemp = none\n"
        "from relu_fast.cli import main; sys.exit(main.main())"
    )
    process = python("-c", code, "plot", "relu", "--out", "a.svg", cwd=tmp_path)
    failed(process, 1, "plot needs a folder that matplotlib can write to, in MPLCONFIGDIR: ")
    assert os.listdir(tmp_path) == ["file"]


def test_progress_of_bench_on_a_terminal(tmp_path):
    shown = on_a_terminal("bench", "relu", "--seconds", "0", "--size", "9", cwd=tmp_path)
    assert "relu, 9 elements" in shown
