"""``src/relu_fast/__init__.pyi``: the types of all functions.

Ufuncs that are called alike share a class: one for each number of arrays and outputs, and
names of parameters that have, or have not, a default.
"""

from __future__ import annotations

import pathlib
from typing import NamedTuple

from relu_fast._catalog import Function

from . import functions

MADE_BY = "# Made by tools/update.py from the tables and tools/generate/stubs.pyi.in.\n\n"
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


class Overloads:
    """The ways to call a ufunc, those that say more first."""

    def __init__(self, call: Call, arrays: tuple[str, ...]):
        self.call = call
        self.arrays = arrays
        self.lines: list[str] = []
        several = call.outputs > 1
        anything = self.parameters("ArrayLike")
        kept = "_Real" if call.keeps_integers else "_Floating"  # the type that comes back
        like_arrays = self.parameters(f"float | {kept} | NDArray[{kept}]")
        outs = self.together([f"_Out{i + 1}" for i in range(call.outputs)])
        like_them = self.each(f"NDArray[{kept}]")
        if several:
            some_out = Argument("out", outs)
            no_out = Argument("out", self.each("None"), "...")
            any_out = Argument("out", self.each("_SomeOut"), "...")
        else:
            some_out = Argument("out", "_Out1 | tuple[_Out1]")
            no_out = Argument("out", "None", "None")
            any_out = Argument("out", "_SomeOut | tuple[_SomeOut]", "None")
            self.add("ArrayLike", [*_required(anything), Argument("out", "_Out1")], outs)
        self.add("ArrayLike", anything, outs, some_out)
        # Where out may be left out: a single one may also come by position.
        outs_by_position, outs_by_keyword = ([], [no_out]) if several else ([no_out], [])
        dtype = Argument("dtype", f"type[{kept}] | np.dtype[{kept}]")
        arguments = [*anything, *outs_by_position]
        self.add("NDArray[Any]", arguments, like_them, *outs_by_keyword, dtype)
        arguments = [*like_arrays, *outs_by_position]
        for i, parameter in enumerate(like_arrays):
            promoting = list(arguments)
            promoting[i] = Argument(parameter.name, "np.float64")
            ways = [promoting]
            if _required(promoting[:i]) != promoting[:i]:
                # By position, too: then those before it are given.
                ways.append([*_required(promoting[:i]), *promoting[i:]])
            for way in ways:
                double = self.each("NDArray[np.float64]")
                self.add(f"NDArray[{kept}]", way, double, *outs_by_keyword, overlaps=True)
        self.add(f"NDArray[{kept}]", arguments, like_them, *outs_by_keyword)
        arguments = [*self.parameters("float"), *outs_by_position]
        for integers, number in self.integers():
            # To mypy, arrays of int8 and of int64 overlap.
            self.add(
                f"NDArray[{integers}]",
                arguments,
                self.each(f"NDArray[{number}]"),
                *outs_by_keyword,
                overlaps=integers in ("_Integers8", "_Integers16"),
            )
        if call.parameters and all(has_default for _, has_default in call.parameters):
            # The defaults are no integers.
            double = self.each("NDArray[np.float64]")
            self.add("NDArray[_Integers8 | _Integers16]", [], double, no_out)
        if several:
            self.add("ArrayLike", anything, "Any", any_out)
        else:
            self.add("ArrayLike", [*anything, any_out], "Any")

    def integers(self) -> list[tuple[str, str]]:
        """Types of arrays of integers, and of what comes back where they do not."""
        if self.call.keeps_integers:
            return [("np.bool", "np.int8")]
        # A number that is no integer makes float64 of all; one that is leaves it to the arrays,
        # and type checkers cannot tell it from a float.
        narrow = [("_Integers8", "np.float16"), ("_Integers16", "np.float32")]
        return [*narrow * (not self.call.parameters), ("_Integers32And64", "np.float64")]

    def together(self, types: list[str]) -> str:
        """The type of what is returned, or of out=, whose parts have these types."""
        return f"tuple[{', '.join(types)}]" if self.call.outputs > 1 else types[0]

    def each(self, type_: str) -> str:
        return self.together([type_] * self.call.outputs)

    def parameters(self, type_: str) -> list[Argument]:
        return [
            Argument(name, type_, "..." if has_default else None)
            for name, has_default in self.call.parameters
        ]

    def add(
        self,
        arrays: str,
        arguments: list[Argument],
        result: str,
        *only: Argument,
        overlaps: bool = False,
    ) -> None:
        """A way whose `arguments` may come by position, and `only` by keyword."""
        by_position: list[Argument] = []
        by_keyword = list(only)
        for i, argument in enumerate(arguments):
            # Python wants what must be given before what need not be.
            if argument.default is None and any(other.default for other in by_position):
                by_keyword = [*arguments[i:], *only]
                break
            by_position.append(argument)
        ignored = "  # type: ignore[overload-overlap]" if overlaps else ""
        self.lines += ["    @overload", f"    def __call__({ignored}", "        self,"]
        self.lines += [f"        {name}: {arrays}," for name in self.arrays]
        self.lines.append("        /,")
        self.lines += [_declared(argument) for argument in by_position]
        self.lines += ["        *,"] if by_keyword else []
        self.lines += [_declared(argument) for argument in by_keyword]
        # dtype and signature decide the type, whatever the arrays are.
        keywords = "_AllKeywords" if arrays == "ArrayLike" else "_Keywords"
        self.lines.append(f"        **keywords: Unpack[{keywords}],")
        self.lines.append(f"    ) -> {result}: ...")


def _required(arguments: list[Argument]) -> list[Argument]:
    return [argument._replace(default=None) for argument in arguments]


def _declared(argument: Argument) -> str:
    default = f" = {argument.default}" if argument.default else ""
    return f"        {argument.name}: {argument.type}{default},"


def _in_place(function: Function) -> list[str]:
    parameters = [
        f", {p.name}: ArrayLike" + ("" if p.default is None else f" = {p.default}")
        for p in function.activation.parameters
    ]
    (x,) = function.form.inputs
    arguments = f"{x}: _Container, /{''.join(parameters)}"
    line = f"def {function.name}({arguments}) -> _Container: ..."
    if len(line) <= _LINE_LENGTH:
        return [line]
    return [f"def {function.name}(", f"    {arguments}", ") -> _Container: ..."]


def _gradient(function: Function) -> list[str]:
    """Of a learned parameter: an array gets an array, a number a number."""
    assert function.parameter is not None
    lines: list[str] = []
    for arrays, parameter, result in (
        ("ArrayLike", "NDArray[_Floating]", "NDArray[_Floating]"),
        ("ArrayLike", "_Floating", "_Floating"),
        ("NDArray[_Floating]", "float", "_Floating"),
        ("ArrayLike", "ArrayLike", "Any"),
    ):
        given = [f"{name}: {arrays}" for name in function.form.inputs]
        given += ["/", f"{function.parameter.name}: {parameter}"]
        lines += ["@overload", f"def {function.name}(", *(f"    {text}," for text in given)]
        lines.append(f") -> {result}: ...")
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
        classes.append(f"class {call.name}(np.ufunc):  # type: ignore[misc]")
        classes += [*Overloads(call, arrays).lines, ""]
    # Formatters want functions apart from variables.
    ufuncs = [line for f in found if f.is_ufunc for line in _LINES[f.form.kind](f)]
    others = [line for f in found if not f.is_ufunc for line in _LINES[f.form.kind](f)]
    template = TEMPLATE.read_text()
    template = template.replace("# classes\n", "\n".join(classes[:-1]) + "\n")
    template = template.replace("# functions\n", "\n".join([*ufuncs, "", *others]) + "\n")
    return MADE_BY + template
