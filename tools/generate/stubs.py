"""``src/relu_fast/__init__.pyi`` and ``_names.py``: the types of all functions, and their names.

Ufuncs that are called alike share a class: one for each number of arrays and outputs, and
names of parameters that have, or have not, a default.
"""

from __future__ import annotations

import pathlib
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from relu_fast._catalog import Function
from relu_fast._signatures import signature

from . import functions

MADE_BY = "# Made by tools/update.py from the tables and tools/generate/stubs.pyi.in.\n\n"
NAMES = """\
# Made by tools/update.py.
\"\"\"The functions, for tools that read no stubs.  Nothing that runs imports this.\"\"\"

from collections.abc import Callable as _Callable
from typing import Any as _Any

import numpy as _np

"""
_LINE_LENGTH = 100  # as formatters wrap it
TEMPLATE = pathlib.Path(__file__).with_name("stubs.pyi.in")


class Argument(NamedTuple):
    """An argument of a call that is given by position or keyword."""

    name: str
    type: str
    default: str | None = None  # None: it must be given


class Call(NamedTuple):
    """What decides the class of a ufunc."""

    arrays: int
    outputs: int
    parameters: tuple[tuple[str, bool], ...]  # the name, and whether there is a default
    keeps_integers: bool

    @classmethod
    def of(cls, function: Function) -> Call:
        parameters = ((p.name, p.default is not None) for p in function.activation.parameters)
        return cls(
            len(function.form.inputs),
            len(function.form.outputs),
            tuple(parameters),
            function.takes_integers,
        )

    @property
    def name(self) -> str:
        """Such as _From2To1OptionalAlpha."""
        words = [
            ("Optional" if has_default else "") + name.title().replace("_", "")
            for name, has_default in self.parameters
        ]
        words += ["KeepingIntegers"] * self.keeps_integers
        return f"_From{self.arrays}To{self.outputs}{''.join(words)}"

    @property
    def bases(self) -> str:
        """Classes without the methods that such a ufunc has not."""
        operands = self.arrays + len(self.parameters)
        lacks = {
            "_NoReduce": operands != 2 or self.outputs > 1,
            "_NoOuter": operands != 2,
            "_NoAt": operands > 2 or self.outputs > 1,
        }
        return ", ".join(name for name, does in lacks.items() if does) or "np.ufunc"


class Overloads:
    """The ways to call a ufunc, those that say more first.

    Where a type contains Any, as NDArray[np.floating[Any]] does, mypy infers Any unless all ways
    that fit return the same.  So those that return Any take no such arrays.
    """

    def __init__(self, call: Call, arrays: tuple[str, ...]):
        self.call = call
        self.arrays = arrays
        self.lines: list[str] = []
        self.add_with_out()
        self.add_with_dtype()
        self.add_of_float64()
        self.add_keeping()
        self.add_of_integers()
        self.add_of_numbers()
        self.add_others()

    def add_with_out(self) -> None:
        """What is given as out comes back."""
        operands, parameters = self.of_all("_Like"), self.parameters("_Like")
        if self.call.outputs > 1:
            outs = "tuple[_O1, _O2]"
            self.add(operands, parameters, outs, [Argument("out", outs)])
            return
        self.add(operands, [*_required(parameters), Argument("out", "_O1")], "_O1")  # by position
        self.add(operands, parameters, "_O1", [Argument("out", "_Out[_O1]")])

    def add_with_dtype(self) -> None:
        """What dtype= or signature= says, whatever the arrays are."""
        kept = "_N" if self.call.keeps_integers else "_F"
        operands, parameters = self.of_all("_Array"), self.parameters("_Plain")
        result = self.each(f"NDArray[{kept}]")
        self.add(operands, parameters, result, [Argument("dtype", f"_DType[{kept}]")])
        operands, parameters = self.of_all("_Like"), self.parameters("_Like")
        for name, type_ in (("dtype", "DTypeLike | None"), ("signature", "_Signature")):
            self.add(operands, parameters, "Any", [Argument(name, type_)])

    def add_of_float64(self) -> None:
        """A parameter of type np.float64, which is a float to type checkers, promotes."""
        result = self.each("NDArray[np.float64]")
        for way, only in self.ways("np.float64", "_Parameter[Any]"):
            self.add(self.of_all("_Floats"), way, result, only)
        if len(self.call.parameters) == 1:
            (parameter,) = _required(self.parameters("_F"))
            self.add(self.of_all("_F"), [parameter], self.each("_F"))
        elif self.call.parameters:
            some = "np.floating[Any]"
            self.add(self.of_all(some), self.parameters(f"float | {some}"), self.each(some))

    def add_keeping(self) -> None:
        """Python numbers leave the type of the arrays, and their class and shape, as it is."""
        same = "_R" if self.call.keeps_integers else "_S"
        no_out = [Argument("out", "_NoOut", "None")] * (self.call.outputs == 1)  # by position
        self.add(self.of_all(same), [*self.parameters("float"), *no_out], self.each(same))

    def add_of_integers(self) -> None:
        """Integers become floating by their size; parameters that are integers promote."""
        has_defaults = all(has_default for _, has_default in self.call.parameters)
        if self.call.parameters and has_defaults:  # which are no integers
            self.add(self.of_all("_Ints"), [], self.each("NDArray[np.float64]"))
        for integers, number in self.integers():
            result = self.each(f"NDArray[{number}]")
            self.add(self.of_all(integers), self.parameters("float"), result)
        if not self.call.keeps_integers:
            for i in range(len(self.arrays)):
                operands = self.of_all("_Array")
                operands[i] = "_Ints"
                self.add(operands, self.parameters("_Plain"), self.each("_Floats"))

    def integers(self) -> list[tuple[str, str]]:
        """Types of arrays of integers, and of what comes back where they do not."""
        if self.call.keeps_integers:
            return [("NDArray[np.bool]", "np.int8")]
        # With a parameter narrow ones are float64 only where it is no integer, and type checkers
        # cannot tell one that is from a float.
        narrow = [("_Ints8", "np.float16"), ("_Ints16", "np.float32")]
        return [*narrow * (not self.call.parameters), ("_Ints32", "np.float64")]

    def add_of_numbers(self) -> None:
        """Of Python's."""
        numbers = [("float", "np.float64")]
        if self.call.keeps_integers:
            numbers = [("bool", "np.int8"), ("int", "np.int64"), *numbers]
        elif not self.call.parameters:
            numbers = [("bool", "np.float16"), *numbers]
        for number, result in numbers:
            self.add(self.of_all(number), self.parameters("float"), self.each(result))

    def add_others(self) -> None:
        """Other arrays are as NumPy promotes them, containers as they do it themselves."""
        if self.call.parameters:
            result = self.each("NDArray[_F]")
            self.add(self.of_all("NDArray[_F]"), self.parameters("_Parameter[_F]"), result)
        self.add(self.of_all("NDArray[_G]"), self.parameters("float"), self.each("NDArray[_G]"))
        self.add(self.of_all("_W"), self.parameters("_Plain | _W"), self.each("_W"))
        for i in range(len(self.arrays)):
            operands = self.of_all("_Like")
            operands[i] = "_Number | _Container"
            self.add(operands, self.parameters("_Like"), "Any")
        for way, only in self.ways("_Container", "_Like"):
            self.add(self.of_all("_Like"), way, "Any", only)
        result = self.each("_Array" if self.call.keeps_integers else "_Floats")
        self.add(self.of_all("ArrayLike"), self.parameters("ArrayLike"), result)
        if self.call.outputs > 1:
            outs = [Argument("out", "tuple[_SomeOut, _SomeOut]")]
            self.add(self.of_all("_Like"), self.parameters("_Like"), "Any", outs)

    def of_all(self, type_: str) -> list[str]:
        return [type_] * len(self.arrays)

    def each(self, type_: str) -> str:
        """The type of all outputs."""
        return (
            f"tuple[{', '.join([type_] * self.call.outputs)}]" if self.call.outputs > 1 else type_
        )

    def parameters(self, type_: str) -> list[Argument]:
        return [
            Argument(name, type_, "..." if has_default else None)
            for name, has_default in self.call.parameters
        ]

    def ways(self, type_: str, others: str) -> Iterator[tuple[list[Argument], list[Argument]]]:
        """Of giving one parameter this type, by position or keyword, and by keyword alone."""
        for i, (name, _) in enumerate(self.call.parameters):
            parameters = self.parameters(others)
            given, rest = Argument(name, type_), parameters[i + 1 :]
            before = parameters[:i]
            if any(parameter.default for parameter in before):
                # Python wants what must be given before what need not be.
                yield before, [given, *rest]
            yield [*_required(before), given, *rest], []

    def add(
        self,
        operands: list[str],
        arguments: list[Argument],
        result: str,
        only: Sequence[Argument] = (),
    ) -> None:
        """A way whose `arguments` may come by position, and `only` by keyword."""
        parts = ["self", *(f"{name}: {t}" for name, t in zip(self.arrays, operands, strict=True))]
        parts += ["/", *map(_declared, arguments)]
        parts += ["*", *map(_declared, only)] if only else []
        outs = {argument.type for argument in (*arguments, *only) if argument.name == "out"}
        keywords = "_Kw" if self.call.outputs == 1 else "_Kw2"
        if outs:
            keywords = "_BaseKw" if outs == {"_NoOut"} else "_OutKw"
        parts.append(f"**kw: Unpack[{keywords}]")
        self.lines += ["    @overload", *_wrapped("    def __call__", parts, result)]


def _required(arguments: list[Argument]) -> list[Argument]:
    return [argument._replace(default=None) for argument in arguments]


def _declared(argument: Argument) -> str:
    default = f" = {argument.default}" if argument.default else ""
    return f"{argument.name}: {argument.type}{default}"


def _wrapped(start: str, parts: list[str], result: str) -> list[str]:
    """A declaration as formatters wrap it."""
    indent = " " * (len(start) - len(start.lstrip()))
    arguments = ", ".join(parts)
    line = f"{start}({arguments}) -> {result}: ..."
    if len(line) <= _LINE_LENGTH:
        return [line]
    inner = f"{indent}    {arguments}"
    lines = [inner] if len(inner) <= _LINE_LENGTH else [f"{indent}    {part}," for part in parts]
    return [f"{start}(", *lines, f"{indent}) -> {result}: ..."]


def _in_place(function: Function) -> list[str]:
    arguments = [
        Argument(p.name, "_Like", None if p.default is None else repr(p.default))
        for p in function.activation.parameters
    ]
    arrays = [f"{name}: _C" for name in function.form.inputs]
    return _wrapped(f"def {function.name}", [*arrays, "/", *map(_declared, arguments)], "_C")


def _gradient(function: Function) -> list[str]:
    """Of a learned parameter: an array gets an array, a number a number."""
    lines: list[str] = []
    for arrays, parameter, result in (
        ("_Plain", "NDArray[_F]", "NDArray[_F]"),
        ("_Plain", "_F", "_F"),
        ("NDArray[_F]", "float", "_F"),
        ("_Like", "_Like", "Any"),
    ):
        parts: list[str] = []
        for argument in signature(function).parameters.values():
            if argument.kind is not argument.POSITIONAL_ONLY and "/" not in parts:
                parts.append("/")
            is_array = argument.name in function.form.inputs
            parts.append(f"{argument.name}: {arrays if is_array else parameter}")
        parts += [] if "/" in parts else ["/"]
        lines += ["@overload", *_wrapped(f"def {function.name}", parts, result)]
    return lines


def _ufunc(function: Function) -> list[str]:
    default = [
        f"{p.name}={p.default}" for p in function.activation.parameters if p.default is not None
    ]
    comment = f"  # {', '.join(default)}" if default else ""
    return [f"{function.name}: {Call.of(function).name}{comment}"]


_LINES = {"elementwise": _ufunc, "in_place": _in_place, "sum": _gradient}


def text(*, test_rows: bool = False) -> str:
    """The file."""
    found = functions(test_rows=test_rows)
    calls: dict[Call, tuple[str, ...]] = {}
    for function in found:
        if function.is_ufunc:
            calls.setdefault(Call.of(function), function.form.inputs)
    classes: list[str] = []
    for call, arrays in sorted(calls.items()):
        classes.append(f"class {call.name}({call.bases}):  # type: ignore[misc]")
        classes += [*Overloads(call, arrays).lines, ""]
    # Formatters want functions apart from variables.
    ufuncs = [line for f in found if f.is_ufunc for line in _LINES[f.form.kind](f)]
    others = [line for f in found if not f.is_ufunc for line in _LINES[f.form.kind](f)]
    template = TEMPLATE.read_text()
    template = template.replace("# classes\n", "\n".join(classes[:-1]) + "\n")
    template = template.replace("# functions\n", "\n".join([*ufuncs, "", *others]) + "\n")
    return MADE_BY + template


def names(*, test_rows: bool = False) -> str:
    """The other file."""
    return NAMES + "".join(
        f"{f.name}: {'_np.ufunc' if f.is_ufunc else '_Callable[..., _Any]'}\n"
        for f in functions(test_rows=test_rows)
    )
