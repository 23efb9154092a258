"""benchmarks/compare_peers.py: measures, reports, and says who is missing.  Not how fast."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("rich")
pytest.importorskip("matplotlib")

pytestmark = pytest.mark.build_independent

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "compare_peers.py"
if not SCRIPT.exists():
    pytest.skip("the benchmarks are not here", allow_module_level=True)


def compare(folder, *options, **environment):
    return subprocess.run(
        [
            sys.executable,
            SCRIPT,
            "--output",
            folder,
            "--seconds",
            "0.01",
            "--patience",
            "0",
            *options,
        ],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
        timeout=300,
        check=False,
    )


def stored(folder):
    return json.loads((folder / "results.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def small_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("results")
    options = "--peers numpy --size 10 5000 --function relu elu --threads 1 --dtype float32"
    result = compare(folder, *options.split())
    assert result.returncode == 0, result.stderr
    return folder, result.stdout


def test_json_has_every_cell_and_contender(small_run):
    folder, _ = small_run
    report = stored(folder)
    assert {cell["n"] for cell in report["cells"]} >= {10, 5000}
    forms = {cell["form"] for cell in report["cells"]}
    assert forms == {"fresh", "out", "inplace", "grad", "backward", "backward-out"}
    for cell in report["cells"]:
        assert cell["left_out"] == {}
        assert {"relu_fast", "NumPy"} <= cell["times"].keys()
        for times in cell["times"].values():
            assert 0 < times["low"] <= times["median"] <= times["high"]


def test_limit_is_measured_where_there_is_a_compiler(small_run):
    folder, _ = small_run
    if not stored(folder)["clock"]:
        pytest.skip("no compiler, or not for x86")
    for cell in stored(folder)["cells"]:
        assert ("streaming stores" in cell["times"]) == (cell["n"] > 4096)


def test_table_page_and_picture(small_run):
    folder, printed = small_run
    page = (folder / "performance.md").read_text(encoding="utf-8")
    assert "cells measured" in printed
    assert "backward-out" in printed
    assert "python benchmarks/compare_peers.py" in page
    assert "`elu_backward(g, x, out=y)`" in page or "`elu(x, out=y)`" in page
    assert "(performance.png)" in page
    assert (folder / "performance.png").read_bytes().startswith(b"\x89PNG")


def test_stored_results_are_shown_again(small_run, tmp_path):
    folder, printed = small_run
    again = compare(tmp_path, "--stored", str(folder / "results.json"))
    assert again.returncode == 0, again.stderr
    assert again.stdout.partition("written")[0] in printed


def test_missing_peers_and_compiler_are_named(tmp_path):
    # Hides the library, whether or not it is installed.
    (tmp_path / "sitecustomize.py").write_text(
        "import importlib.util\n"
        "find = importlib.util.find_spec\n"
        "importlib.util.find_spec = lambda name: None if name == 'numexpr' else find(name)\n"
    )
    options = "--peers numpy numexpr --size 5000 --function relu --form out --threads 1"
    environment = {"PYTHONPATH": str(tmp_path), "CC": "no-such-compiler"}
    result = compare(tmp_path, *options.split(), **environment)
    assert result.returncode == 0, result.stderr
    assert "not installed, left out: numexpr" in result.stdout
    assert "without the limit: no-such-compiler" in result.stdout
    assert stored(tmp_path)["missing"] == ["numexpr"]
    assert "streaming stores" not in stored(tmp_path)["cells"][0]["times"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--function", "softmax"], "invalid choice: 'softmax'"),
        (["--size", "0"], "0 is no whole number from 1 on"),
        (["--size", "many"], "many"),
        (["--layout", "channels", "--function", "elu"], "no cell has all of that"),
    ],
)
def test_clear_errors(tmp_path, options, message):
    result = compare(tmp_path, *options)
    assert result.returncode == 2
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_errors_and_ways_of_waiting_stand_beside_the_times(tmp_path):
    options = ["--peers", "numpy", "--size", "5000", "--function", "elu", "--threads", "2"]
    spinning, passive = tmp_path / "spinning", tmp_path / "passive"
    assert compare(spinning, *options, OMP_WAIT_POLICY="").returncode == 0
    options += ["--beside", str(spinning / "results.json")]
    ran = compare(passive, *options, OMP_WAIT_POLICY="passive")
    assert ran.returncode == 0, ran.stderr
    errors = stored(passive)["errors"]["elu"]
    assert errors["NumPy"] > errors["relu_fast"] > 0.5  # ULP
    page = (passive / "performance.md").read_text(encoding="utf-8")
    assert "OMP_WAIT_POLICY=passive python benchmarks/compare_peers.py" in page
    assert "| elu | as the libraries come |" in page
    assert "| elu | OMP_WAIT_POLICY=passive |" in page
