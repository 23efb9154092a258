"""Tools see every name of the package, though most are made at their first use."""

import ast
import pydoc
import subprocess
import sys
from pathlib import Path

import pytest
from support.programs import run

import relu_fast
from relu_fast import _catalog

pytestmark = pytest.mark.build_independent

TEST_ONLY = {f.name for f in _catalog.FUNCTIONS.values() if f.activation.is_test_only}
NAMES = sorted(set(relu_fast.__all__) - TEST_ONLY)


def test_dir_and_help():
    assert set(NAMES) <= set(dir(relu_fast))
    text = pydoc.plaintext.document(relu_fast)
    assert [name for name in NAMES if name not in text] == ["__version__"]  # has a section


def test_nothing_that_runs_imports_the_names():
    program = "import sys, relu_fast; relu_fast.relu; print('relu_fast._names' in sys.modules)"
    assert run("-c", program).stdout == "False\n"


def test_the_names_are_those_of_the_functions():
    tree = ast.parse(Path(relu_fast.__file__).with_name("_names.py").read_text())
    declared = {node.target.id for node in tree.body if isinstance(node, ast.AnnAssign)}
    assert declared == set(_catalog.FUNCTIONS) - TEST_ONLY


def pylint(folder, *lines):
    """What pylint says to a program: errors alone, each by its name."""
    (folder / "program.py").write_text("\n".join(["import relu_fast", *lines, ""]))
    command = [sys.executable, "-m", "pylint", "--rcfile=", "--errors-only"]
    command += ["--msg-template={symbol} {msg}", "program.py"]
    ran = subprocess.run(
        command, capture_output=True, text=True, cwd=folder, timeout=300, check=False
    )
    assert ran.returncode in (0, 2), ran.stderr  # 2: there are errors
    return [line for line in ran.stdout.splitlines() if not line.startswith("*")]


def test_pylint(tmp_path):
    pytest.importorskip("pylint")
    imports = [f"from relu_fast import {name} as imported_{name.strip('_')}" for name in NAMES]
    assert pylint(tmp_path, *imports, *(f"print(relu_fast.{name})" for name in NAMES)) == []
    (said,) = pylint(tmp_path, "from relu_fast import no_such_name")
    assert said.startswith("no-name-in-module")


@pytest.mark.parametrize("start", ["import relu_fast\nrelu_fast.", "from relu_fast import "])
def test_jedi(start):
    """Which completes names in IPython, Jupyter and several editors."""
    jedi = pytest.importorskip("jedi")
    found = {completion.name for completion in jedi.Script(start).complete()}
    assert [name for name in NAMES if name not in found and not name.startswith("__")] == []
