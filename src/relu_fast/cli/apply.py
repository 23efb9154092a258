"""``relu-fast apply``: a function of a .npy file of any size.

The files are mapped into memory a chunk at a time, so that the memory in use does not
depend on their size.  The order of the chunks is that of the file, C or Fortran alike,
because the functions work on each element by itself.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import os
import signal
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

import numpy as np

import relu_fast

from .. import _catalog
from . import command
from .command import CommandError, function_type, named_dtype, naming
from .files import Array, Header, allocate, opened, replacing
from .output import Progress

CHUNK = 1 << 22  # elements: long enough for all threads, a few tens of MB of memory
FUNCTIONS = {
    name: function
    for name, function in _catalog.FUNCTIONS.items()
    if function.is_ufunc and len(function.form.inputs) == len(function.form.outputs) == 1
}
ACTIVATIONS = {f.activation.name: f.activation for f in FUNCTIONS.values()}.values()
DTYPES = f"{', '.join(_catalog.DTYPES[:-1])} or {_catalog.DTYPES[-1]}"

Applied = Callable[..., Array]  # a function with its parameters, called with x and out


# ---- The command line --------------------------------------------------------


def add_command(commands: argparse._SubParsersAction[Any]) -> None:
    parameters = command.parameters_usage(ACTIVATIONS)
    parser = commands.add_parser(
        "apply",
        help="apply a function to a .npy file of any size",
        usage=f"%(prog)s FUNCTION IN.npy OUT.npy {parameters}\n"
        f"       %(prog)s FUNCTION IN.npy --in-place {parameters}",
        description="Apply a function to each element of a .npy file. The file may be larger "
        "than the memory. Shape and order (C or Fortran) stay; float32 stays float32, and "
        "other types become what the function returns for them. NumPy writes bfloat16 without "
        "its name, as 2 bytes: for such a file give --dtype bfloat16.",
        epilog="OUT.npy appears when it is complete, and not at all if anything fails. Work in "
        "place needs a file of the type that the function returns; interrupted, it says how many "
        "elements are done.",
    )
    parser.add_argument(
        "function",
        metavar="FUNCTION",
        type=function_type(FUNCTIONS),
        help=f"one of {', '.join(FUNCTIONS)}",
    )
    parser.add_argument("source", metavar="IN.npy", help="the file to read")
    parser.add_argument(
        "out", metavar="OUT.npy", nargs="?", help="the file to write; one of that name is replaced"
    )
    parser.add_argument(
        "--in-place", action="store_true", help="change IN.npy itself, instead of writing OUT.npy"
    )
    parser.add_argument(
        "--dtype",
        choices=["bfloat16"],
        help="read elements of 2 bytes as bfloat16, and write them so; needs ml_dtypes: "
        "pip install 'relu_fast[bfloat16]'",
    )
    command.add_parameter_options(parser, ACTIVATIONS)
    parser.set_defaults(run=run, parser=parser)


def run(options: argparse.Namespace) -> None:
    parameters = checked_parameters(options)
    check_files(options)
    stated = named_dtype(options.dtype) if options.dtype else None
    function = functools.partial(getattr(relu_fast, options.function), **parameters)
    with np.errstate(all="ignore"):  # a parameter beyond float32 is inf there
        if options.in_place:
            target, header = options.source, apply_in_place(function, options.source, stated)
        else:
            target, header = options.out, apply(function, options.source, options.out, stated)
    count = f"{header.count:,}"
    print(f"{target}: {options.function} of {count} elements, {header.dtype} {header.shape}")


def checked_parameters(options: argparse.Namespace) -> dict[str, float]:
    """The parameters by name: all that the function needs, and none that it lacks."""
    activation = FUNCTIONS[options.function].activation
    given = command.given_parameters(options, [activation], options.function)
    for parameter in activation.parameters:
        if parameter.default is None and parameter.name not in given:
            options.parser.error(
                f"argument {command.option(parameter.name)}: {options.function} needs it; "
                f"expected {command.option_usage(parameter.name)}"
            )
    return given


def check_files(options: argparse.Namespace) -> None:
    error = options.parser.error
    if options.in_place and options.out is not None:
        error(f"argument OUT.npy: expected none with --in-place, got {options.out!r}")
    if not options.in_place and options.out is None:
        error("argument OUT.npy: expected the file to write, or --in-place")
    if options.out is not None and is_same_file(options.source, options.out):
        error(
            f"argument OUT.npy: {options.out!r} is the same file as IN.npy; expected another, "
            "or --in-place to change the file itself"
        )


def is_same_file(a: str, b: str) -> bool:
    return os.path.exists(a) and os.path.exists(b) and os.path.samefile(a, b)


# ---- The work ----------------------------------------------------------------


def apply(
    function: Applied, source_path: str, out_path: str, stated: np.dtype[Any] | None
) -> Header:
    """Write the result for one file to another; return the header of that.

    `stated` is the type of the elements where the file does not name it.
    """
    path = os.path.realpath(out_path)  # a link stays, and what it points to is replaced
    if os.path.exists(path) and not os.path.isfile(path):
        raise CommandError(
            f"argument OUT.npy: expected a regular file or a new name, not {out_path!r}"
        )
    with opened(source_path, "rb") as source, held_signals() as received:
        header = Header.read(source, source_path, stated)
        dtype = result_dtype(function, header.dtype)
        room = f"an existing directory, with room for {header.count * dtype.itemsize:,} bytes"
        with naming("OUT.npy", out_path, room), replacing(path) as target:
            result = header.write_as(dtype, target)
            allocate(target, result.end)
            done = transform(function, source, header, target, result, received)
            if done < header.count:
                raise stopped(received, done, header.count, f"{out_path!r} is not written")
    return result


def apply_in_place(function: Applied, path: str, stated: np.dtype[Any] | None) -> Header:
    """Replace the elements of a file by the result for them; return its header."""
    with opened(path, "r+b") as file, held_signals() as received:
        header = Header.read(file, path, stated)
        dtype = result_dtype(function, header.dtype)
        if header.dtype.newbyteorder("=") != dtype:
            raise CommandError(
                f"argument --in-place: {path!r} is of {header.dtype}, and the result of {dtype}; "
                "expected a file of the result's dtype, or OUT.npy"
            )
        with naming("IN.npy", path, f"room for all {header.end:,} bytes of the file"):
            allocate(file, header.end)
            done = transform(function, file, header, file, header, received)
            os.fsync(file.fileno())
        if done < header.count:
            rest = f"the others, in the order of {path!r}, are as they were"
            raise stopped(received, done, header.count, rest)
    return header


def result_dtype(function: Applied, dtype: np.dtype[Any]) -> np.dtype[Any]:
    if dtype.kind in "biuf" or dtype.name == "bfloat16":
        with contextlib.suppress(TypeError):  # long double has no loop
            return function(np.empty(0, dtype)).dtype
    bfloat16 = "; for one of bfloat16 give --dtype bfloat16" if dtype == "V2" else ""
    raise CommandError(
        f"argument IN.npy: its dtype is {str(dtype)!r}; expected one that fits into float64: "
        f"bool, an integer, {DTYPES}{bfloat16}"
    )


def transform(
    function: Applied,
    source: BinaryIO,
    source_header: Header,
    target: BinaryIO,
    target_header: Header,
    received: list[int],
) -> int:
    """Apply `function` to all elements, or until a signal is received; return how many are done.

    In place if the target is the source.
    """
    count = source_header.count
    with Progress(count) as progress:
        for start in range(0, count, CHUNK):
            if received:
                return start
            progress.update(start, source.name)
            stop = min(start + CHUNK, count)
            y = target_header.elements(target, "r+", start, stop)
            x = y if source is target else source_header.elements(source, "r", start, stop)
            function(x, out=y)
    return count


# ---- Signals -----------------------------------------------------------------


@contextlib.contextmanager
def held_signals() -> Iterator[list[int]]:
    """Collect the signals that ask to stop, so that none cuts a chunk in half."""
    received: list[int] = []
    asking = [signal.SIGINT, signal.SIGTERM]
    handlers = {number: signal.getsignal(number) for number in asking}
    for number, handler in handlers.items():
        if handler is not signal.SIG_IGN:  # as under nohup: stays ignored
            signal.signal(number, lambda number, frame: received.append(number))
    try:
        yield received
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)


def stopped(received: list[int], done: int, count: int, rest: str) -> CommandError:
    return CommandError(
        f"stopped by {signal.Signals(received[0]).name}: {done:,} of {count:,} elements are "
        f"done; {rest}",
        status=128 + received[0],
    )
