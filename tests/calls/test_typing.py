"""The stubs say what the run time does."""

import ast
import importlib.metadata
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


def test_methods_that_a_ufunc_lacks_do_not_return(tmp_path):
    """Such as reduce, which NumPy has for two operands and one result alone."""
    names = stubs.namespace()
    lacking = {}
    for function in FUNCTIONS:
        if not function.is_ufunc:
            continue
        for method, operands in stubs.METHODS.items():
            if method == "at" and len(function.arguments) == 1:
                operands = "(x_float32, [0])"
            expression = f"relu_fast.{function.name}.{method}"
            try:
                eval(expression + operands, names)
                lacking[expression] = False
            except ValueError:
                lacking[expression] = True
    said = stubs.revealed(lacking, tmp_path)
    assert {expression: "-> Never" in said[expression] for expression in lacking} == lacking


BAD = [
    "relu_fast.set_num_threads('2')",
    "relu_fast.num_threads(None)",
    "relu_fast.config()['nonsense']",
    "relu_fast.no_such_function(x_float64)",
]


def test_bad_calls_are_errors(tmp_path):
    functions = stubs.first_of_each_kind(FUNCTIONS)
    expressions = [expression for function in functions for expression in stubs.bad_calls(function)]
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


def test_an_array_keeps_its_class_and_shape(tmp_path):
    """Python numbers change neither; in place nothing does, whatever it is that holds the array."""
    lines = ["Table = np.ndarray[tuple[int, int], np.dtype[np.float32]]"]
    for function in FUNCTIONS:
        required = list(map(repr, function.activation.required))
        if function.is_ufunc:
            for class_, array in (("Mine", "x_mine"), ("Table", "x_table")):
                several = f"tuple[{', '.join([class_] * len(function.form.outputs))}]"
                type_ = several if len(function.form.outputs) > 1 else class_
                called = stubs.call(function.name, *[array] * len(function.form.inputs), *required)
                lines.append(f"{function.name}{array}: {type_} = {called}")
        if function.form.kind == "in_place":
            lines.append(
                f"{function.name}wrapped: Wrapped = "
                + stubs.call(function.name, "x_wrapped", *required)
            )
            lines.append(f"assert {function.name}wrapped is x_wrapped")
            lines.append(
                f"{function.name}result: Mine = {stubs.call(function.name, 'x_mine', *required)}"
            )
            lines.append(f"assert {function.name}result is x_mine")
    program = stubs.HEAD + "\n".join(lines) + "\n"
    assert stubs.mypy(tmp_path / "classes.py", program) == ""
    exec(program, {"__name__": "classes"})


def has(distribution):
    try:
        return bool(importlib.metadata.version(distribution))
    except importlib.metadata.PackageNotFoundError:
        return False


@pytest.mark.skipif(not has("pandas-stubs"), reason="to mypy, pandas is Any")
def test_containers_of_pandas(tmp_path):
    lines = ["import pandas as pd", "series = pd.Series([0.5, 1.5])"]
    lines.append('frame = pd.DataFrame({"a": [0.5, 1.5]})')
    for function in FUNCTIONS:
        required = list(map(repr, function.activation.required))
        series = stubs.call(function.name, *["series"] * len(function.form.inputs), *required)
        frame = stubs.call(function.name, *["frame"] * len(function.form.inputs), *required)
        if function.is_ufunc:
            several = f"tuple[{', '.join(['pd.Series[float]'] * len(function.form.outputs))}]"
            type_ = several if len(function.form.outputs) > 1 else "pd.Series[float]"
            lines += [f"{function.name}series: {type_} = {series}", frame]
        if function.form.kind == "in_place":
            lines.append(f"{function.name}series: pd.Series[float] = {series}")
            lines.append(f"{function.name}frame: pd.DataFrame = {frame}")
    program = stubs.HEAD + "\n".join(lines) + "\n"
    assert stubs.mypy(tmp_path / "containers.py", program) == ""
    exec("from __future__ import annotations\n" + program, {"__name__": "containers"})
