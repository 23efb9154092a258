"""``python -m relu_fast apply``: a function of a .npy file of any size.

The files are mapped into memory a chunk at a time, so that the memory in use does not
depend on their size.  The order of the chunks is that of the file, C or Fortran alike, as
the functions work on each element by itself.
"""

from __future__ import annotations

import argparse
import contextlib
import math
import os
import secrets
import signal
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, Literal

import numpy as np
from numpy.lib import format as npy

import relu_fast

from ._command import CommandError, function_type, naming
from ._terminal import Progress

Array = np.ndarray[Any, np.dtype[Any]]

CHUNK = 1 << 22  # elements: long enough for all threads, a few tens of MB of memory
FUNCTIONS = [
    name
    for name in relu_fast.__all__
    if name.endswith("_grad") or f"{name}_grad" in relu_fast.__all__
]


# ---- The command line --------------------------------------------------------


def add_command(commands: argparse._SubParsersAction[Any]) -> None:
    parser = commands.add_parser(
        "apply",
        help="apply a function to a .npy file of any size",
        usage="%(prog)s FUNCTION IN.npy OUT.npy [--alpha A]\n"
        "       %(prog)s FUNCTION IN.npy --in-place [--alpha A]",
        description="Apply a function to each element of a .npy file. The file may be larger "
        "than the memory. Shape and order (C or Fortran) stay; float32 stays float32, and "
        "other types become what the function returns for them.",
        epilog="OUT.npy appears when it is complete, and not at all if anything fails. Work in "
        "place needs a file of float32 or float64; interrupted, it says how many elements are "
        "done.",
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
        "--alpha",
        metavar="A",
        type=float,
        help="the parameter of all but relu; prelu needs it, the others have defaults "
        "(a negative one: --alpha=-0.5)",
    )
    parser.set_defaults(run=run, parser=parser)


def run(options: argparse.Namespace) -> None:
    check_usage(options)
    function = Function(options.function, () if options.alpha is None else (options.alpha,))
    if options.in_place:
        header = apply_in_place(function, options.source)
    else:
        header = apply(function, options.source, options.out)
    target = options.source if options.in_place else options.out
    print(f"{target}: {function.name} of {header.count:,} elements, {header.dtype} {header.shape}")


def check_usage(options: argparse.Namespace) -> None:
    error = options.parser.error
    ufunc = getattr(relu_fast, options.function)
    if ufunc.nin == 1 and options.alpha is not None:
        error(f"argument --alpha: {options.function} has no parameter; expected no --alpha")
    if options.alpha is None and not works_without_alpha(ufunc):
        error(f"argument --alpha: {options.function} needs it; expected --alpha A")
    if options.in_place and options.out is not None:
        error(f"argument OUT.npy: expected none with --in-place, got {options.out!r}")
    if not options.in_place and options.out is None:
        error("argument OUT.npy: expected the file to write, or --in-place")
    if options.out is not None and is_same_file(options.source, options.out):
        error(
            f"argument OUT.npy: {options.out!r} is the same file as IN.npy; expected another, "
            "or --in-place to change the file itself"
        )


def works_without_alpha(ufunc: np.ufunc) -> bool:
    try:
        ufunc(0.0)
    except TypeError:
        return False
    return True


def is_same_file(a: str, b: str) -> bool:
    return os.path.exists(a) and os.path.exists(b) and os.path.samefile(a, b)


# ---- The work ----------------------------------------------------------------


@dataclass(frozen=True)
class Function:
    """A ufunc of one array, and its alpha if one was given."""

    name: str
    alpha: tuple[float, ...]

    def __call__(self, x: Array, out: Array | None = None) -> Array:
        with np.errstate(all="ignore"):  # an alpha beyond float32 is inf there
            result: Array = getattr(relu_fast, self.name)(x, *self.alpha, out=out)
        return result

    def result_dtype(self, dtype: np.dtype[Any]) -> np.dtype[Any]:
        if dtype.kind in "biuf":
            with contextlib.suppress(TypeError):  # long double has no loop
                return self(np.empty(0, dtype)).dtype
        raise CommandError(
            f"argument IN.npy: its dtype is {str(dtype)!r}; expected one that fits into float64: "
            "bool, an integer, float16, float32 or float64"
        )


def apply(function: Function, source_path: str, out_path: str) -> Header:
    """Write the result for one file to another; return the header of that."""
    path = os.path.realpath(out_path)  # a link stays, and what it points to is replaced
    if os.path.exists(path) and not os.path.isfile(path):
        raise CommandError(
            f"argument OUT.npy: expected a regular file or a new name, not {out_path!r}"
        )
    with opened(source_path, "rb") as source, held_signals() as received:
        header = Header.read(source, source_path)
        dtype = function.result_dtype(header.dtype)
        room = f"an existing directory, with room for {header.count * dtype.itemsize:,} bytes"
        with naming("OUT.npy", out_path, room), replacing(path) as target:
            result = header.write_as(dtype, target)
            allocate(target, result.end)
            done = transform(function, source, header, target, result, received)
            if done < header.count:
                raise stopped(received, done, header.count, f"{out_path!r} is not written")
    return result


def apply_in_place(function: Function, path: str) -> Header:
    """Replace the elements of a file by the result for them; return its header."""
    with opened(path, "r+b") as file, held_signals() as received:
        header = Header.read(file, path)
        dtype = function.result_dtype(header.dtype)
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


def transform(
    function: Function,
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
            progress.update(start, function.name)
            stop = min(start + CHUNK, count)
            y = target_header.elements(target, "r+", start, stop)
            x = y if source is target else source_header.elements(source, "r", start, stop)
            function(x, out=y)
    return count


# ---- .npy files --------------------------------------------------------------


@dataclass(frozen=True)
class Header:
    """What a .npy file says in front of its elements, and where these begin."""

    shape: tuple[int, ...]
    fortran_order: bool
    dtype: np.dtype[Any]
    offset: int

    @classmethod
    def read(cls, file: BinaryIO, path: str) -> Header:
        # Version 3 is version 2 with other characters in the names of fields, and arrays
        # with fields are refused anyway.
        readers = {
            (1, 0): npy.read_array_header_1_0,
            (2, 0): npy.read_array_header_2_0,
            (3, 0): npy.read_array_header_2_0,
        }
        try:
            with naming("IN.npy", path, "a .npy file that can be read"):
                version = npy.read_magic(file)
                if version not in readers:
                    raise ValueError(f"version {version} of the format is unknown")
                header = cls(*readers[version](file), offset=file.tell())
        except ValueError as error:
            raise CommandError(
                f"argument IN.npy: expected a .npy file, not {path!r}: {error}"
            ) from None
        size = os.fstat(file.fileno()).st_size
        if min(header.shape, default=0) < 0 or size < header.end:
            raise CommandError(
                f"argument IN.npy: expected {header.end:,} bytes for {header.dtype} "
                f"{header.shape}, but {path!r} has {size:,}"
            )
        return header

    def write_as(self, dtype: np.dtype[Any], file: BinaryIO) -> Header:
        """Begin a file of the same elements in another dtype; return its header."""
        fields = {
            "descr": npy.dtype_to_descr(dtype),
            "fortran_order": self.fortran_order,
            "shape": self.shape,
        }
        npy.write_array_header_1_0(file, fields)
        file.flush()
        return Header(self.shape, self.fortran_order, dtype, file.tell())

    @property
    def count(self) -> int:
        return math.prod(self.shape)

    @property
    def end(self) -> int:
        """The size of the file."""
        return self.offset + self.count * self.dtype.itemsize

    def elements(self, file: BinaryIO, mode: Any, start: int, stop: int) -> Array:
        """Elements `start` to `stop`, in the order of the file, as a memory map of their own.

        A map of the whole file would keep what it has touched in memory.
        """
        offset = self.offset + start * self.dtype.itemsize
        return np.memmap(file, self.dtype, mode, offset, (stop - start,))


# ---- Files and signals -------------------------------------------------------


@contextlib.contextmanager
def opened(path: str, mode: Literal["rb", "r+b"]) -> Iterator[BinaryIO]:
    """The file IN.npy."""
    access = "read and written" if "+" in mode else "read"
    with contextlib.ExitStack() as stack:
        with naming("IN.npy", path, f"a .npy file that can be {access}"):
            if not stat.S_ISREG(os.stat(path).st_mode):  # opening a pipe would wait for ever
                raise CommandError(f"argument IN.npy: expected a regular file, not {path!r}")
            file = stack.enter_context(open(path, mode))
        yield file


@contextlib.contextmanager
def replacing(path: str) -> Iterator[BinaryIO]:
    """A new file that takes its place as `path` when it is complete, and vanishes otherwise."""
    temporary = os.path.join(os.path.dirname(path), f".relu_fast-{secrets.token_hex(8)}.tmp")
    try:
        with open(temporary, "x+b") as file:
            yield file
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):  # the first error is the one to tell
            os.unlink(temporary)
        raise


def allocate(file: BinaryIO, size: int) -> None:
    """Make sure that the disk holds the first `size` bytes of the file.

    Writing to a map of what a full disk cannot hold is not an error but SIGBUS.
    """
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(file.fileno(), 0, size)
    elif os.fstat(file.fileno()).st_size < size:  # macOS and Windows: at least the length
        file.truncate(size)


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
