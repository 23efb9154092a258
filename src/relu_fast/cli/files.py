"""Files that appear as a whole or not at all, and .npy files a chunk at a time."""

from __future__ import annotations

import contextlib
import math
import os
import secrets
import stat
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, BinaryIO, Literal

import numpy as np
from numpy.lib import format as npy

from .command import CommandError, naming

Array = np.ndarray[Any, np.dtype[Any]]


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


@dataclass(frozen=True)
class Header:
    """What a .npy file says in front of its elements, and where these begin."""

    shape: tuple[int, ...]
    fortran_order: bool
    dtype: np.dtype[Any]
    offset: int

    @classmethod
    def read(cls, file: BinaryIO, path: str, stated: np.dtype[Any] | None) -> Header:
        """The header of IN.npy, all elements of which are there.

        `stated` is the type of elements that the file gives no more than a size: void.
        """
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
        if stated is not None:
            if header.dtype != f"V{stated.itemsize}":
                raise CommandError(
                    f"argument --dtype: {path!r} is of {str(header.dtype)!r}; expected elements "
                    f"of {stated.itemsize} bytes without a type, as NumPy writes {stated}"
                )
            header = replace(header, dtype=stated)
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

        A map of the whole file would keep what it has touched in memory.  It comes as a plain
        array: with a subclass NumPy would round parameters to half types first.
        """
        offset = self.offset + start * self.dtype.itemsize
        return np.asarray(np.memmap(file, self.dtype, mode, offset, (stop - start,)))
