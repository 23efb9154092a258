"""The stubs say what the run time does."""

import ast
from pathlib import Path

import pytest
from support import stubs

import relu_fast
from relu_fast import _catalog

pytest.importorskip("mypy")

pytestmark = pytest.mark.build_independent

STUB = Path(relu_fast.__file__).with_name("__init__.pyi")
# The stubs of rows in test builds only: tests/rows/test_generated.py.
FUNCTIONS = [f for f in _catalog.FUNCTIONS.values() if not f.activation.is_test_only]


def test_stub_names_are_the_run_time_names():
    tree = ast.parse(STUB.read_text())
    declared = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    declared |= {node.target.id for node in tree.body if isinstance(node, ast.AnnAssign)}
    test_only = set(_catalog.FUNCTIONS) - {function.name for function in FUNCTIONS}
    assert {name for name in declared if not name.startswith("_")} | {"__version__"} == set(
        relu_fast.__all__
    ) - test_only


def test_stubs_agree_with_the_run_time(tmp_path):
    """For each function and type, each way to call it: what mypy infers is what comes back."""
    assert stubs.disagreements(FUNCTIONS, tmp_path) == []


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)
def test_the_run_time_refuses_bad_calls(function):
    for expression in stubs.bad_calls(function):
        with pytest.raises(TypeError):
            eval(expression, stubs.namespace())


BAD = [
    "relu_fast.set_num_threads('2')",
    "relu_fast.num_threads(None)",
    "relu_fast.config()['nonsense']",
    "relu_fast.no_such_function(x_float64)",
]


def test_bad_calls_are_errors(tmp_path):
    expressions = [expression for function in FUNCTIONS for expression in stubs.bad_calls(function)]
    assert stubs.accepted([*expressions, *BAD], tmp_path) == []


GOOD = """
with relu_fast.num_threads(1) as limit:
    limit.n
relu_fast.config()["isas_built"][0].upper()
relu_fast.config()["threads"] + 1
relu_fast.set_num_threads(None)
relu_fast.set_num_threads(np.int64(1))
relu_fast.get_num_threads() + 1
"""


def test_control_functions_methods_and_anything_array_like(tmp_path):
    lines = []
    for function in FUNCTIONS:
        if function.is_ufunc:
            arguments = ["[1, 2]"] * len(function.arguments)
            lines.append(stubs.call(function.name, *arguments))
            lines.append(stubs.call(function.name, *arguments, "dtype='float32'"))
            lines.append(f"relu_fast.{function.name}.types[0].upper()")
            lines.append(f"relu_fast.{function.name}.nin + relu_fast.{function.name}.nout")
    program = stubs.HEAD + "\n".join(lines) + GOOD
    assert stubs.mypy(tmp_path / "good.py", program) == ""
    exec(program, {})


def test_an_array_keeps_its_class_in_place(tmp_path):
    """In-place functions return what they were given, of whatever class."""
    lines = ["class Mine(np.ndarray[tuple[int], np.dtype[np.float32]]): ..."]
    lines.append("mine = x_float32.view(Mine)")
    for function in FUNCTIONS:
        if function.form.kind == "in_place":
            required = map(repr, function.activation.required)
            lines.append(
                f"{function.name}result: Mine = {stubs.call(function.name, 'mine', *required)}"
            )
            lines.append(f"assert {function.name}result is mine")
    program = stubs.HEAD + "\n".join(lines) + "\n"
    assert stubs.mypy(tmp_path / "classes.py", program) == ""
    exec(program, {"__name__": "classes"})
