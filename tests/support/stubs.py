"""Calls of every function, and what mypy and the run time say of them."""

import os
import re
import subprocess
import sys

import numpy as np
import pytest

from relu_fast import _catalog

ml_dtypes = pytest.importorskip("ml_dtypes")

INTEGERS = ["bool", "int8", "uint8", "int16", "uint32", "int64"]
TYPES = {dtype: f"np.{dtype}" for dtype in (*_catalog.DTYPES, *INTEGERS)}
TYPES["bfloat16"] = "ml_dtypes.bfloat16"  # Any, to mypy
METHODS = {  # of ufuncs, and how they are called
    "reduce": "(x_float32)",
    "accumulate": "(x_float32)",
    "reduceat": "(x_float32, [0])",
    "outer": "(x_float32, x_float32)",
    "at": "(x_float32, [0], 0.5)",
}
HEAD = """\
from typing import Any

import ml_dtypes
import numpy as np
from numpy.typing import ArrayLike, NDArray

import relu_fast


class Mine(np.ndarray[tuple[int], np.dtype[np.float32]]): ...


class Wrapped:
    def __init__(self, array: NDArray[np.float32]):
        self.array = array

    def __array_ufunc__(self, ufunc: Any, method: str, *operands: Any, **keywords: Any) -> Any:
        arrays = [getattr(x, "array", x) for x in operands]
        results = getattr(ufunc, method)(*arrays, **keywords)
        return tuple(map(Wrapped, results)) if ufunc.nout > 1 else Wrapped(results)

    def __setitem__(self, key: Any, value: Any) -> None:
        self.array[key] = value.array


x_floating: NDArray[np.floating[Any]] = np.ones(2, np.float32)
x_any: NDArray[Any] = np.ones(2, np.float32)
x_like: ArrayLike = np.ones(2, np.float32)
x_table = np.ones((2, 3), np.float32)
x_mine = np.ones(2, np.float32).view(Mine)
x_wrapped = Wrapped(np.ones(2, np.float32))
nothing: NDArray[np.float32] | None = None
""" + "".join(f"x_{dtype} = np.ones(2, {type_})\n" for dtype, type_ in TYPES.items())
# What a type that says less covers.
GENERAL = {"floating": ("bfloat16", "float16", "float32", "float64"), "Any": tuple(TYPES)}


def mypy(path, program, stubs=None):
    """What ``mypy --strict`` reports about a program, with the stubs in a folder."""
    path.write_text(program)
    cache = path.parent.parent / "mypy"  # of all tests
    return subprocess.run(
        [
            *(sys.executable, "-m", "mypy", "--strict", "--no-error-summary"),
            *("--cache-dir", cache, path.name),
        ],
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
        for value in ("2", "0.5"):
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


def number_calls(function):
    """Numbers of NumPy and of Python."""
    arrays, parameters = len(function.form.inputs), function.activation.parameters
    found = []
    for number in ("1.0", "1"):
        found.append(call(function.name, *[number] * arrays, *["0.5"] * len(parameters)))
    if not parameters or not function.activation.required:
        found.append(call(function.name, *["True"] * arrays))
    return found if len(parameters) > 1 else found + numpy_number_calls(function)


def numpy_number_calls(function):
    arrays, parameters = len(function.form.inputs), len(function.activation.parameters)
    return [
        call(function.name, *[number] * arrays, *[parameter] * parameters)
        for number in ("np.float32(1)", "np.float64(1)")
        for parameter in ("0.5", number)
    ]


def keeping_calls(function):
    """Arrays whose class or shape comes back, and what wraps arrays."""
    required = [repr(value) for value in function.activation.required]
    return [
        call(function.name, *[x] * len(function.form.inputs), *required)
        for x in ("x_table", "x_mine", "x_wrapped")
    ]


def out_calls(function):
    """Results that are stored, or not, into what is given."""
    arrays = ["x_float32"] * len(function.form.inputs)
    parameters = ["0.5"] * len(function.activation.parameters)
    outs = len(function.form.outputs)
    given = [f"out=({'x_mine, ' * outs})", f"out=({'None, ' * outs})"]
    if outs == 1:
        given += ["x_mine", "None", "nothing", "out=x_mine", "out=None", "out=nothing"]
    return [call(function.name, *arrays, *parameters, out) for out in given]


def general_calls(function):
    """Expressions of which the stubs say that they are arrays, and not always of which type."""
    arrays, parameters = len(function.form.inputs), function.activation.parameters
    required = [repr(value) for value in function.activation.required]
    found = numpy_number_calls(function)
    for x in ("x_floating", "x_any", "x_like", "[1.0, 2.0]", "((1.0, 2.0), (3.0, 4.0))"):
        found.append(call(function.name, *[x] * arrays, *required))
        if parameters:
            found.append(call(function.name, *[x] * arrays, *["0.5"] * len(parameters)))
            found.append(call(function.name, *["x_float32"] * arrays, *[x] * len(parameters)))
            found.append(call(function.name, *[x] * (arrays + len(parameters))))
    for parameter in ("x_float64", "x_int64", "np.int64(2)", "np.float64(2)") if parameters else ():
        for x in ("x_float32", "x_int8", "x_int64"):
            found.append(call(function.name, *[x] * arrays, *[parameter] * len(parameters)))
    for i in range(arrays if arrays > 1 else 0):
        for x in ("x_int8", "x_floating", "[1.0, 2.0]"):
            operands = ["x_float32"] * arrays
            operands[i] = x
            found.append(call(function.name, *operands, *required))
    return found


def vague_calls(function):
    """Expressions of which the stubs say nothing, but which are no errors."""
    arrays, parameters = len(function.form.inputs), function.activation.parameters
    required = [repr(value) for value in function.activation.required]
    loop = f"{'d' * len(function.arguments)}->{'d' * len(function.form.outputs)}"
    found = [
        call(function.name, *["x_float32"] * arrays, *required, keyword)
        for keyword in ("dtype=None", f"signature='{loop}'")
    ]
    found.append(call(function.name, *["[1.0, 2.0]"] * arrays, *required, "dtype='float32'"))
    if not function.takes_integers:
        found.append(call(function.name, *["np.int64(1)"] * arrays, *required))
    for i in range(0 if arrays > 1 else arrays, arrays + len(parameters)):
        operands = ["x_float32"] * arrays + ["0.5"] * len(parameters)
        operands[i] = "x_wrapped"
        found.append(call(function.name, *operands))
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
    names = {"__name__": "calls"}
    exec(HEAD, names)
    return names


def types_of(result):
    """The class of a result, or of each of several, and the type of its elements."""
    results = result if isinstance(result, tuple) else (result,)
    return [
        ("scalar", r.dtype.name)
        if isinstance(r, np.generic)
        else (type(r).__name__, r.dtype.name if type(r) is np.ndarray else "")
        for r in results
    ]


def types_in(revealed):
    """The same from what mypy reveals, in which a float32 may be a floating of 32 bits."""
    named = re.sub(r"numpy\.(floating\[[\w.]*_(\d+)Bit\]|float(\d+))", r"float\2\3", revealed)
    named = re.sub(r"numpy\.(u?)n?signed(int)eger\[[\w.]*_(\d+)Bit\]", r"\1\2\3", named)
    named = re.sub(r"numpy\.(floating)\[Any\]", r"\1", named)
    array = r"(ndarray)\[(?:tuple\[[^]]*\]|Any), (?:numpy\.dtype\[)?(\w+)\]"
    found = re.findall(rf"{array}|\b(u?int\d+|float\d+|floating)\b|\bcalls\.(\w+)", named)
    return [
        (kind, array) if kind else ("scalar", scalar) if scalar else (other, "")
        for kind, array, scalar, other in found
    ]


def is_exact(said, actual, expression):
    """Whether mypy has revealed these types; what comes of bfloat16 it may leave open."""
    if "bfloat16" in expression and types_in(said) != actual:
        return said == "Any" or is_general(said, actual, expression)
    return types_in(said) == actual


def is_general(said, actual, _):
    """Whether mypy has revealed these types or more general ones."""
    found = types_in(said)
    if said == "tuple[Any, ...]":
        return len(actual) > 1
    return len(found) == len(actual) and all(
        found_kind == kind and (found_name == name or name in GENERAL.get(found_name, ()))
        for (found_kind, found_name), (kind, name) in zip(found, actual, strict=True)
    )


def is_any(said, _, __):
    return said == "Any"


def calls_of(function):
    """Expressions by what is to be said of them."""
    exact = [e for dtype in TYPES for e in good_calls(function, dtype)]
    if not function.is_ufunc:
        return {is_exact: exact}
    exact += [*number_calls(function), *keeping_calls(function), *out_calls(function)]
    return {is_exact: exact, is_general: general_calls(function), is_any: vague_calls(function)}


def revealed(expressions, folder, stubs=None):
    """What mypy says to each of these expressions."""
    first = HEAD.count("\n") + 1
    program = HEAD + "".join(f"reveal_type({expression})\n" for expression in expressions)
    lines = dict.fromkeys(range(first, first + len(expressions)), "")
    reported = mypy(folder / "calls.py", program, stubs)
    for line, text in re.findall(r"^calls\.py:(\d+): (.*)$", reported, re.MULTILINE):
        lines[int(line)] += text.partition("Revealed type is ")[2].strip('"') or text
    return dict(zip(expressions, lines.values(), strict=True))


def kind(function):
    """What functions have in common that the stubs give the same type."""
    parameters = tuple((p.name, p.default is None) for p in function.activation.parameters)
    operands = len(function.form.inputs), len(function.form.outputs)
    return operands, parameters, function.takes_integers


def disagreements(functions, folder, stubs=None):
    """What the stubs and the run time say differently, for all calls of these functions.

    mypy sees one ufunc of each class that the stubs have for ufuncs, and which ufuncs are of it.
    """
    names = namespace()
    calls = []  # the expression, what comes back, what it is compared by, mypy's expression
    first = {}  # of each class
    for function in functions:
        same = first.setdefault(kind(function), function) if function.is_ufunc else function
        for compare, expressions in calls_of(function).items():
            for expression in expressions:
                seen = expression.replace(f".{function.name}(", f".{same.name}(", 1)
                calls.append((expression, types_of(eval(expression, names)), compare, seen))
    ufuncs = {
        f"relu_fast.{f.name}": f"relu_fast.{first[kind(f)].name}" for f in functions if f.is_ufunc
    }
    said = revealed(dict.fromkeys([*ufuncs, *(call[3] for call in calls)]), folder, stubs)
    return [
        f"{name}: {said[name]}" for name, same in ufuncs.items() if said[name] != said[same]
    ] + [
        f"{expression}: {actual}, mypy: {said[seen]}"
        for expression, actual, compare, seen in calls
        if not compare(said[seen], actual, expression)
    ]


def first_of_each_kind(functions):
    """All functions, but one ufunc of each class that the stubs have for them."""
    return list({kind(f) if f.is_ufunc else f.name: f for f in reversed(functions)}.values())


def accepted(expressions, folder, stubs=None):
    """Those of the expressions in which mypy finds no error."""
    first = HEAD.count("\n") + 1
    reported = mypy(folder / "bad.py", HEAD + "\n".join(expressions) + "\n", stubs)
    return [
        expression
        for number, expression in enumerate(expressions, first)
        if f"bad.py:{number}: error" not in reported
    ]
