"""Calls of every function, and what mypy and the run time say of them."""

import os
import re
import subprocess
import sys

import numpy as np
import pytest

import relu_fast
from relu_fast import _catalog

ml_dtypes = pytest.importorskip("ml_dtypes")

INTEGERS = ["bool", "int8", "uint8", "int16", "uint32", "int64"]
TYPES = {dtype: f"np.{dtype}" for dtype in (*_catalog.DTYPES, *INTEGERS)}
TYPES["bfloat16"] = "ml_dtypes.bfloat16"  # Any, to mypy
HEAD = """\
import ml_dtypes
import numpy as np
import relu_fast
""" + "".join(f"x_{dtype} = np.ones(2, {type_})\n" for dtype, type_ in TYPES.items())


def mypy(path, program, stubs=None):
    """What ``mypy --strict`` reports about a program, with the stubs in a folder."""
    path.write_text(program)
    return subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", path.name],
        capture_output=True,
        text=True,
        cwd=path.parent,
        env=os.environ | ({"MYPYPATH": str(stubs)} if stubs else {}),
        timeout=300,
        check=False,
    ).stdout


def call(name, *arguments):
    return f"relu_fast.{name}({', '.join(arguments)})"


def good_calls(function, dtype):
    """Expressions whose types the stubs know."""
    return integer_calls(function, dtype) if dtype in INTEGERS else floating_calls(function, dtype)


def integer_calls(function, dtype):
    x = f"x_{dtype}"
    arrays = [x] * len(function.form.inputs)
    parameters = function.activation.parameters
    if function.parameter:  # which is learned: no integer
        return [call(function.name, *arrays, "x_float32")]
    if function.form.kind == "in_place":  # int8 does not fit into bool
        return [call(function.name, x)] if function.takes_integers and dtype != "bool" else []
    found = []
    if all(p.default is not None for p in parameters):
        found.append(call(function.name, *arrays))
    if not parameters:
        found.append(call(function.name, *arrays, "dtype=np.float32"))
    elif dtype[-2:] in ("32", "64"):  # of others a Python integer makes another type
        for value in ("2", "0.5", "np.float64(0.5)"):
            found.append(call(function.name, *arrays, *[value] * len(parameters)))
    if function.takes_integers:
        found.append(call(function.name, *arrays, "dtype=np.int64", "casting='unsafe'"))
    return found


def floating_calls(function, dtype):
    x = f"x_{dtype}"
    arrays = [x] * len(function.form.inputs)
    parameters = function.activation.parameters
    required = [repr(value) for value in function.activation.required]
    if function.parameter:
        values = [x, "0.5", f"{TYPES[dtype]}(0.5)", "np.float64(0.5)", "x_float64"]
        return [call(function.name, *arrays, value) for value in values]
    keywords = [f"{p.name}=0.5" for p in parameters]
    found = [call(function.name, *arrays, *required), call(function.name, *arrays, *keywords)]
    if not function.is_ufunc:
        return [*found, call(function.name, "x_float64", *[x] * len(parameters))]
    for value in (x, f"{TYPES[dtype]}(0.5)"):
        found.append(call(function.name, *arrays, *[value] * len(parameters)))
    for i, parameter in enumerate(parameters):
        others = [f"{p.name}=0.5" for p in parameters if p.default is None and p != parameter]
        found.append(call(function.name, *arrays, *others, f"{parameter.name}=np.float64(0.5)"))
        others = ["0.5" for p in parameters[i + 1 :] if p.default is None]
        found.append(call(function.name, *arrays, *["0.5"] * i, "np.float64(0.5)", *others))
    if dtype == "bfloat16":
        return found  # what comes back is none below
    outs = ["x_float64", "x_float32"][: len(function.form.outputs)]
    out = f"out=({', '.join(outs)},)"
    found.append(call(function.name, *arrays, *required, out))
    found.append(call(function.name, *arrays, *required, out, "where=x_float32 > 0"))
    if len(outs) == 1:
        found.append(call(function.name, *arrays, *required, "out=x_float64"))
        found.append(call(function.name, *arrays, *["0.5"] * len(parameters), "x_float64"))
    for type_ in ("np.float32", "np.dtype(np.float64)"):
        found.append(call(function.name, *arrays, *required, f"dtype={type_}"))
    return found


def bad_calls(function):
    """Expressions that the stubs refuse, as the run time does."""
    arrays = ["x_float64"] * len(function.form.inputs)
    required = [repr(value) for value in function.activation.required]
    if function.parameter:
        return [call(function.name, *arrays)]
    found = [call(function.name, *[*arrays, *required][:-1])]
    found.append(call(function.name, *arrays, *required, "no_such_parameter=0.5"))
    if function.form.kind == "in_place":
        found += [call(function.name, value, *required) for value in ("[1.0]", "np.float64(1)")]
    return found


def namespace():
    names = {"ml_dtypes": ml_dtypes, "np": np, "relu_fast": relu_fast}
    return names | {f"x_{dtype}": np.ones(2, eval(type_, names)) for dtype, type_ in TYPES.items()}


def types_of(result):
    """The types of a result, or of each of several."""
    results = result if isinstance(result, tuple) else (result,)
    return [("ndarray" if isinstance(r, np.ndarray) else "scalar", r.dtype.name) for r in results]


def types_in(revealed):
    """The same from what mypy reveals, in which a float32 may be a floating of 32 bits."""
    named = re.sub(r"numpy\.(floating\[[\w.]*_(\d+)Bit\]|float(\d+))", r"float\2\3", revealed)
    named = re.sub(r"numpy\.(u?)n?signed(int)eger\[[\w.]*_(\d+)Bit\]", r"\1\2\3", named)
    array = r"ndarray\[(?:tuple\[[^]]*\]|Any), (?:numpy\.dtype\[)?(\w+)\]"
    found = re.findall(rf"{array}|(float\d+)", named)
    return [("ndarray", array) if array else ("scalar", scalar) for array, scalar in found]


def says(said, actual, expression):
    """Whether mypy has revealed these types; what comes of bfloat16 it may leave open."""
    found = types_in(said)
    if "bfloat16" in expression and found != actual:
        return found == [(kind, "Any") for kind, _ in actual] or said.endswith(' is "Any"')
    return found == actual


def disagreements(functions, folder, stubs=None):
    """What the stubs and the run time say differently, for all calls of these functions."""
    expressions = [
        expression
        for function in functions
        for dtype in TYPES
        for expression in good_calls(function, dtype)
    ]
    first = HEAD.count("\n") + 1
    program = HEAD + "".join(f"reveal_type({expression})\n" for expression in expressions)
    reported = mypy(folder / "calls.py", program, stubs)
    lines = dict(re.findall(r"^calls\.py:(\d+): (.*)$", reported, re.MULTILINE))
    found = []
    for number, expression in enumerate(expressions, first):
        said = lines.get(str(number), "nothing")
        actual = types_of(eval(expression, namespace()))
        if not says(said, actual, expression):
            found.append(f"{expression}: {actual}, mypy: {said}")
    return found


def accepted(expressions, folder, stubs=None):
    """Those of the expressions in which mypy finds no error."""
    first = HEAD.count("\n") + 1
    reported = mypy(folder / "bad.py", HEAD + "\n".join(expressions) + "\n", stubs)
    return [
        expression
        for number, expression in enumerate(expressions, first)
        if f"bad.py:{number}: error" not in reported
    ]
