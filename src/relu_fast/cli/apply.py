"""``relu-fast apply``: a function of a .npy file of any size.

The files are read and written a chunk at a time, so that the memory in use does not depend
on their size.  The order of the chunks is that of the file, C or Fortran alike, because the
functions work on each element by itself.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any, Self

import numpy as np

import relu_fast

from .. import _catalog
from . import command
from .command import CommandError, function_type, named_dtype, whole_number
from .files import STANDARD, Array, File, Header, bytes_of, check_replaceable, created, opened
from .output import Progress
from .streams import show

# Elements: enough for all threads, and few enough to be in a cache still when they are written.
# In place, 1 << 20 takes up to 1.7 times as long, and 1 << 22 up to 2.2 times (Zen 5, 2 CPUs).
CHUNK = 1 << 18
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
        f"       %(prog)s FUNCTION IN.npy --in-place {parameters} [--from N]",
        description="Apply a function to each element of a .npy file. The file may be larger "
        "than the memory. Shape and order (C or Fortran) stay; float32 stays float32, and "
        "other types become what the function returns for them. NumPy writes bfloat16 without "
        "its name, as 2 bytes: for such a file give --dtype bfloat16.",
        epilog="OUT.npy appears when it is complete, and not at all if anything fails. Work in "
        "place needs a file of the type that the function returns. Stopped by a signal or an "
        "error, it says how many elements are done, and --from that number goes on. After SIGKILL "
        "or a power cut nobody knows: where that may come, write OUT.npy.",
    )
    parser.add_argument(
        "function",
        metavar="FUNCTION",
        type=function_type(FUNCTIONS),
        help=f"one of {', '.join(FUNCTIONS)}",
    )
    parser.add_argument(
        "source", metavar="IN.npy", help="the file to read; - is standard input, up to its array"
    )
    parser.add_argument(
        "out",
        metavar="OUT.npy",
        nargs="?",
        help="the file to write; one of that name is replaced; - is standard output",
    )
    parser.add_argument(
        "--in-place", action="store_true", help="change IN.npy itself, instead of writing OUT.npy"
    )
    parser.add_argument(
        "--from",
        dest="start",
        metavar="N",
        type=functools.partial(whole_number, least=0),
        help="with --in-place: leave the first N elements alone, because they are done",
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
            header = apply_in_place(function, options.source, stated, options.start or 0)
        else:
            header = apply(function, options.source, options.out, stated)
    if options.out != STANDARD:
        target = options.out or options.source
        target = target if target.isprintable() else repr(target)
        count = f"{header.count:,}"
        text = f"{target}: {options.function} of {count} elements, {header.dtype} {header.shape}"
        show(f"{text}\n", sys.stdout)


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
    if options.start is not None and not options.in_place:
        error("argument --from: expected it with --in-place alone, which it continues")
    if options.in_place and options.source == STANDARD:
        error("argument IN.npy: expected a file with --in-place, not standard input")
    if options.source == STANDARD and sys.stdin.isatty():
        error("argument IN.npy: standard input is a terminal; expected a file or a pipe")
    if options.out == STANDARD and sys.stdout.isatty():
        error("argument OUT.npy: standard output is a terminal; expected a file or a pipe")
    if options.out is not None and is_same_file(options.source, options.out):
        error(
            f"argument OUT.npy: {options.out!r} is the same file as IN.npy; expected another, "
            "or --in-place to change the file itself"
        )


def is_same_file(a: str, b: str) -> bool:
    if STANDARD in (a, b):
        return False
    return os.path.exists(a) and os.path.exists(b) and os.path.samefile(a, b)


# ---- The work ----------------------------------------------------------------


def apply(
    function: Applied, source_path: str, out_path: str, stated: np.dtype[Any] | None
) -> Header:
    """Write the result for one file to another; return the header of that.

    `stated` is the type of the elements where the file does not name it.
    """
    if out_path != STANDARD:
        check_replaceable("OUT.npy", out_path)
    with Signals() as signals, opened(source_path, "rb") as source:
        try:
            with signals.raised():
                header = Header.read(source, stated)
            dtype = result_dtype(function, header.dtype)
            with created(out_path, header.count * dtype.itemsize) as target:
                result = header.written_as(dtype, target)
                transform(function, source, header, target, result, signals)
        except StoppedError as error:
            state = "complete" if out_path == STANDARD else "written"
            raise CommandError(f"{error}; {out_path!r} is not {state}", error.status) from None
    return result


def transform(
    function: Applied,
    source: File,
    header: Header,
    target: File,
    result: Header,
    signals: Signals,
) -> None:
    """Apply `function` to all elements; raise `StoppedError` at a signal."""
    xs, ys = buffer(header), buffer(result)
    with Progress(header.count) as progress:
        for start in range(0, header.count, CHUNK):
            progress.update(start, source.path)
            count = min(CHUNK, header.count - start)
            x, y = xs[:count], ys[:count]
            with signals.raised():
                source.read_elements(x)
            function(x, out=y)
            with signals.raised():
                target.write_elements(y)


def buffer(header: Header) -> Array:
    return np.empty(min(CHUNK, header.count), header.dtype)


def apply_in_place(
    function: Applied, path: str, stated: np.dtype[Any] | None, start: int
) -> Header:
    """Replace the elements of a file from `start` on by the result for them; return its header."""
    with Signals() as signals, opened(path, "r+b") as file:
        header = Header.read(file, stated)
        count = header.count
        dtype = result_dtype(function, header.dtype)
        if header.dtype.newbyteorder("=") != dtype:
            raise CommandError(
                f"argument --in-place: {path!r} is of {header.dtype}, and the result of {dtype}; "
                "expected a file of the result's dtype, or OUT.npy"
            )
        if start > count:
            raise CommandError(
                f"argument --from: {path!r} has {count} elements; expected no more, not {start}"
            )
        file.expected += f", and room for all {header.end:,} bytes of the file"
        file.allocate(header.end)
        xs, ys = buffer(header), buffer(header)
        done = start
        try:
            with Progress(count) as progress:
                while done < count:
                    signals.check()
                    progress.update(done, path)
                    done += replace_chunk(function, file, header, done, xs, ys)
        except LostError:
            raise
        except CommandError as error:
            raise CommandError(
                f"{error}; {done:,} of {count:,} elements of {path!r} are done, and the others as "
                f"they were: the same command with --from {done} goes on",
                error.status,
            ) from None
        file.sync()
    return header


def replace_chunk(
    function: Applied, file: File, header: Header, start: int, xs: Array, ys: Array
) -> int:
    """Replace the elements of a chunk, all or none; return how many they are.

    `xs` and `ys` are buffers.
    """
    count = min(CHUNK, header.count - start)
    x, y = xs[:count], ys[:count]
    position = header.position(start)
    file.seek(position)
    file.read_elements(x)
    function(x, out=y)
    file.seek(position)
    try:
        file.write_elements(y)
    except CommandError as error:
        try:
            written = file.tell() - position
            file.seek(position)
            file.write(bytes_of(x)[:written])
        except CommandError:
            raise LostError(
                f"{error}; {start:,} elements are done, of the {count:,} after them some are lost"
            ) from None
        raise
    return count


class LostError(CommandError):
    """Neither could a chunk be written nor what it was before."""


def result_dtype(function: Applied, dtype: np.dtype[Any]) -> np.dtype[Any]:
    if dtype.kind in "biuf" or dtype.name == "bfloat16":
        with contextlib.suppress(TypeError):  # long double has no loop
            return function(np.empty(0, dtype)).dtype
    bfloat16 = "; for one of bfloat16 give --dtype bfloat16" if dtype == "V2" else ""
    raise CommandError(
        f"argument IN.npy: its dtype is {str(dtype)!r}; expected one that fits into float64: "
        f"bool, an integer, {DTYPES}{bfloat16}"
    )


# ---- Signals -----------------------------------------------------------------

ASKING_TO_STOP = [
    getattr(signal, name)
    for name in ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2", "SIGXCPU")
    if hasattr(signal, name)
]


class StoppedError(CommandError):
    """A signal asked to stop."""

    def __init__(self, number: int):
        super().__init__(f"stopped by {signal.Signals(number).name}", status=128 + number)


class Signals:
    """Holds the signals that ask to stop, while the `with` block lasts.

    So none cuts in half what is being written.
    """

    def __init__(self) -> None:
        self._handlers: dict[int, Any] = {}
        self._received: int | None = None
        self._is_waiting = False

    def __enter__(self) -> Self:
        if threading.current_thread() is not threading.main_thread():
            return self  # Python tells it alone of signals
        for number in ASKING_TO_STOP:
            handler = signal.getsignal(number)
            if handler is not signal.SIG_IGN:  # as under nohup: stays ignored
                self._handlers[number] = handler
                signal.signal(number, self._receive)
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)

    def _receive(self, number: int, frame: Any) -> None:
        if self._received is None:
            self._received = number
            if self._is_waiting:
                self.check()

    def check(self) -> None:
        """Raise `StoppedError` if a signal has been received."""
        if self._received is not None:
            raise StoppedError(self._received)

    @contextlib.contextmanager
    def raised(self) -> Iterator[None]:
        """Raise it at once: what is done in this block may wait for ever, as pipes do."""
        self._is_waiting = True
        try:
            self.check()
            yield
        finally:
            self._is_waiting = False
