"""What is generated from rows of test builds: two parameters, other names, defaults or none."""

import subprocess
import sys
from pathlib import Path

import pytest
from support import stubs

from relu_fast import _catalog

pytest.importorskip("mypy")
pytest.importorskip("mpmath")

UPDATE = Path(__file__).parents[2] / "tools" / "update.py"
FUNCTIONS = [f for f in _catalog.FUNCTIONS.values() if f.activation.is_test_only]

pytestmark = [
    pytest.mark.build_independent,
    pytest.mark.skipif(not FUNCTIONS, reason="this build has no test rows"),
]


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    folder = tmp_path_factory.mktemp("generated")
    subprocess.run([sys.executable, UPDATE, "--output", folder], check=True)
    return folder


def test_stubs_agree_with_the_run_time(generated, tmp_path):
    assert stubs.disagreements(FUNCTIONS, tmp_path, generated / "src") == []


def test_bad_calls_are_errors(generated, tmp_path):
    expressions = [expression for function in FUNCTIONS for expression in stubs.bad_calls(function)]
    assert stubs.accepted(expressions, tmp_path, generated / "src") == []
    for expression in expressions:
        with pytest.raises(TypeError):
            eval(expression, stubs.namespace())


def test_stubs_have_no_error(generated):
    path = generated / "src" / "relu_fast" / "__init__.pyi"
    program = generated / "program.py"
    assert stubs.mypy(program, "import relu_fast\n", generated / "src") == ""
    assert stubs.mypy(path, path.read_text()) == ""


@pytest.mark.parametrize("name", ["README.md", "benchmarks/functions.json", "tests/data/api.txt"])
def test_texts_name_every_row(generated, name):
    text = (generated / name).read_text()
    for activation in {function.activation.name for function in FUNCTIONS}:
        assert activation in text
