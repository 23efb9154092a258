"""Numbers on the command line: what float() takes is a value, negative ones among them."""

import glob
import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from support.command_line import failed, here

from relu_fast.cli import apply, command, parser, plot, verify

pytestmark = [pytest.mark.build_independent, pytest.mark.coverage]

NEGATIVE = ["-1", "-1.5", "-.5", "-5.", "-1e-3", "-1E+3", "-.5e1", "-1_0", "-1_0.2_5e1_0"]
NEGATIVE += ["-inf", "-Infinity", "-nan", "-0", "-0.0e0"]
NO_NUMBERS = ["-x", "-e3", "-1e", "-1-1", "--1", "-.", "-_1", "-in", "-1x", "-0x1p3"]
OPTIONS = sorted({p.name for row in apply.ACTIVATIONS for p in row.parameters})


def test_the_lists_are_right():
    assert all(math.copysign(1, float(text)) < 0 for text in NEGATIVE)
    for text in NO_NUMBERS:
        with pytest.raises(ValueError, match="float"):
            float(text)


@pytest.mark.parametrize("text", NEGATIVE)
def test_every_parameter_takes_negative_numbers(text):
    tried = parser.Parser()
    command.add_parameter_options(tried, apply.ACTIVATIONS)
    for name in OPTIONS:
        options = tried.parse_args([command.option(name), text])
        assert str(vars(options)[f"parameter {name}"]) == str(float(text))


@pytest.mark.parametrize("text", NEGATIVE)
def test_apply_takes_them(tmp_path, text, capfd, monkeypatch):
    """In front of the file, too, where they could be taken for names."""
    monkeypatch.chdir(tmp_path)
    np.save("in.npy", np.array([-1.0, 2.0]))
    process = here(capfd, "apply", "prelu", "--alpha", text, "in.npy", "out.npy")
    assert (process.returncode, process.stderr) == (0, "")
    np.testing.assert_array_equal(np.load("out.npy"), [-float(text), 2.0])


@pytest.mark.parametrize("low", ["-1e1", "-.5e1", "-1_0", "-5"])
def test_a_range_takes_them(tmp_path, low, capfd, monkeypatch):
    pytest.importorskip("matplotlib")
    monkeypatch.chdir(tmp_path)
    drawn = []
    monkeypatch.setattr(plot, "curves_of", lambda activation, given, x: drawn.append((given, x)))
    monkeypatch.setattr(plot, "draw_apart", lambda figure, curves: None)
    line = ["plot", "elu", "--range", low, "-1e-1", "--alpha", "-1e-3", "--alpha", "-inf"]
    assert here(capfd, *line, "--out", "a.svg").returncode == 0
    ((given, x),) = drawn
    assert (x[0], x[-1]) == (float(low), -0.1)
    assert given == {"alpha": [-1e-3, -math.inf]}


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_what_is_no_number_is_an_error(tmp_path, text, capfd, monkeypatch):
    monkeypatch.chdir(tmp_path)
    failed(here(capfd, "apply", "elu", "a.npy", "b.npy", "--alpha", text), 2, "argument --alpha")
    assert not list(tmp_path.iterdir())


# ---- Sizes ---------------------------------------------------------------------

NO_SIZES = ["0", "-1", "-1e3", "1.5", "many", "", "9223372036854775808", "9" * 5000]
SIZES = {
    "--size": ["bench", "relu", "--seconds", "0"],
    "--threads": ["bench", "relu", "--seconds", "0", "--size", "9"],
    "--jobs": ["verify", "relu", "--quick"],
    "--from": ["apply", "relu", "x.npy", "--in-place"],
}


@pytest.mark.parametrize("option", SIZES)
def test_what_counts_is_a_whole_number(option, capfd):
    least = 0 if option == "--from" else 1
    for text in NO_SIZES[least == 0 :]:
        expected = f"argument {option}: expected a whole number from {least} to 9223372036854775807"
        failed(here(capfd, *SIZES[option], option, text), 2, expected)


@pytest.mark.parametrize("size", [10**15, 10**18, 2**61, 2**63 - 1])  # no machine has a petabyte
def test_more_elements_than_there_is_memory(size, capfd):
    failed(here(capfd, *SIZES["--size"], "--size", size), 1, f"argument --size: {size} elements: ")


@pytest.mark.parametrize("threads", [2**31, 2**32 + 1, 2**62, 2**63 - 1])
def test_more_threads_than_there_are(threads, capfd):
    failed(here(capfd, *SIZES["--threads"], "--threads", threads), 2, "argument --threads: ")


def test_more_jobs_than_there_are_cores(capfd, monkeypatch):
    """So many processes would be the end of the machine."""
    pytest.importorskip("gmpy2")
    pytest.importorskip("scipy")
    asked = []

    class One(verify.Pools):
        def __init__(self, jobs):
            asked.append(jobs)
            super().__init__(1)

    monkeypatch.setattr(verify, "Pools", One)
    line = ["verify", "relu", "--quick", "--dtype", "float16", "--jobs", 2**63 - 1]
    assert here(capfd, *line).returncode == 0
    assert asked == [os.cpu_count()]


@pytest.mark.parametrize("text", ["-1", "-1e-3", "-inf", "nan", "inf", "soon"])
def test_what_is_no_time(text, capfd):
    line = ["bench", "relu", "--size", "9", "--seconds", text]
    failed(here(capfd, *line), 2, f"argument --seconds: expected a number of seconds, not {text!r}")


# ---- Other Pythons -------------------------------------------------------------

TRIED = """
import json, math, sys
sys.path.insert(0, sys.argv[1])
from cli.parser import Parser
texts = json.loads(sys.argv[2])
parser = Parser()
command = parser.add_subparsers().add_parser("plot")
command.add_argument("names", nargs="*")
command.add_argument("--alpha", type=float, action="append")
command.add_argument("--range", type=float, nargs=2)
for text in texts:
    for line in ("--range {0} 3 --alpha {0}", "x --alpha {0} --range {0} {0}"):
        options, rest = parser.parse_known_args(["plot", *line.format(text).split()])
        assert not rest and repr(options.range[0]) == repr(options.alpha[0]) == repr(float(text))
print("passed", len(texts))
"""


def pythons():
    """Those found on the machine, of a version that is supported."""
    found = {sys.version_info[:2]: sys.executable}
    for minor in range(11, 20):
        places = [shutil.which(f"python3.{minor}")]
        places += glob.glob(os.path.expanduser(f"~/.pyenv/versions/3.{minor}.*/bin/python"))
        for place in filter(None, places):
            works = subprocess.run([place, "-c", ""], capture_output=True, check=False)
            if works.returncode == 0:
                found.setdefault((3, minor), place)
    return found


def test_other_pythons_take_them(tmp_path):
    """Their argparse differs; the parser needs nothing of NumPy or ours."""
    folder = Path(parser.__file__).parent
    (tmp_path / "cli").mkdir()
    (tmp_path / "cli" / "__init__.py").touch()
    for name in ("parser.py", "streams.py"):
        shutil.copy(folder / name, tmp_path / "cli")
    for python in pythons().values():
        line = [python, "-I", "-B", "-c", TRIED, tmp_path, json.dumps(NEGATIVE)]
        process = subprocess.run(line, capture_output=True, text=True, check=False, timeout=60)
        assert process.stdout == f"passed {len(NEGATIVE)}\n", (python, process.stderr)
