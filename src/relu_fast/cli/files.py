"""Files that appear as a whole or not at all, and .npy files a chunk at a time.

They are read and written, not mapped into memory: in a map a file that shrinks is SIGBUS, some
file systems refuse maps, and pipes have none.
"""

from __future__ import annotations

import contextlib
import errno
import io
import math
import os
import secrets
import select
import stat
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.lib import format as npy

from .command import CommandError, naming

Array = np.ndarray[Any, np.dtype[Any]]

STANDARD = "-"  # instead of a file: standard input, standard output
LONGEST_HEADER = 10_000  # bytes: NumPy reads none that is longer
DISK_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


class File:
    """An open file, whose errors name its argument; `expected` says what it should have been."""

    def __init__(self, raw: io.RawIOBase, argument: str, path: str, expected: str):
        self._raw = raw
        self.argument = argument
        self.path = path
        self.expected = expected
        self.header_size = 0  # of what `read` has read

    def _naming(self) -> contextlib.AbstractContextManager[None]:
        return naming(self.argument, self.path, self.expected)

    def read(self, size: int = LONGEST_HEADER, /) -> bytes:
        """As NumPy reads a header: no byte more than that has, because the rest is not ours."""
        if size > LONGEST_HEADER:
            raise ValueError(f"a header of {size:,} bytes is too long")
        buffer = bytearray(size)
        found = self._read_into(memoryview(buffer))
        self.header_size += found
        return bytes(buffer[:found])

    def read_elements(self, elements: Array) -> None:
        data = bytes_of(elements)
        if (size := self._read_into(data)) < len(data):
            raise CommandError(
                f"argument {self.argument}: {self.path!r} ends {len(data) - size:,} bytes before "
                f"the end of these {len(elements):,} elements; expected all that its header says"
            )

    def _read_into(self, data: memoryview) -> int:
        """Fill all of `data`, unless the file ends before; return the size of what is filled."""
        done = 0
        with self._naming():
            while done < len(data):
                size = self._raw.readinto(data[done:])
                if size is None:  # a pipe that does not block, as another program made it
                    select.select([self._raw], [], [])
                elif size == 0:
                    break
                done += size or 0
        return done

    def write_elements(self, elements: Array) -> None:
        self.write(bytes_of(elements))

    def write(self, data: bytes | memoryview) -> None:
        data = memoryview(data)
        with self._naming():
            while data:
                size = self._raw.write(data)
                if size is None:
                    select.select([], [self._raw], [])
                data = data[size or 0 :]

    def seek(self, position: int) -> None:
        with self._naming():
            self._raw.seek(position)

    def tell(self) -> int:
        with self._naming():
            return self._raw.tell()

    def size(self) -> int | None:
        """None for a stream, which tells at its end."""
        status = os.fstat(self._raw.fileno())
        return status.st_size if self.path != STANDARD else None

    def allocate(self, size: int) -> None:
        """Fail now, and not after an hour, if the disk has no room for `size` bytes."""
        if self.path == STANDARD or not hasattr(os, "posix_fallocate"):  # macOS, Windows
            return
        with self._naming(), unless_refused():
            if size > sys.maxsize:
                raise OSError(errno.EFBIG, os.strerror(errno.EFBIG))
            os.posix_fallocate(self._raw.fileno(), 0, size)

    def sync(self) -> None:
        with self._naming(), unless_refused():
            os.fsync(self._raw.fileno())


def bytes_of(elements: Array) -> memoryview:
    return elements.view(np.uint8).data


@contextlib.contextmanager
def unless_refused() -> Iterator[None]:
    """Go on without what some file systems and sandboxes refuse; stop at what a disk says."""
    try:
        yield
    except OSError as error:
        if error.errno in DISK_ERRORS:
            raise


@contextlib.contextmanager
def opened(path: str, mode: Literal["rb", "r+b"]) -> Iterator[File]:
    """The file IN.npy."""
    expected = f"a .npy file that can be {'read and written' if '+' in mode else 'read'}"
    is_stream = path == STANDARD
    place = sys.stdin.fileno() if is_stream else path
    with naming("IN.npy", path, expected):
        # Opening a pipe would wait for ever.
        if not is_stream and not stat.S_ISREG(os.stat(path).st_mode):
            raise CommandError(f"argument IN.npy: expected a regular file, not {path!r}")
        raw = open(place, mode, buffering=0, closefd=not is_stream)  # noqa: SIM115 - see close
        try:
            yield File(raw, "IN.npy", path, expected)
        except BaseException:
            with contextlib.suppress(OSError):  # the first error is the one to tell
                raw.close()
            raise
        raw.close()  # which may tell of errors, on network shares


@contextlib.contextmanager
def created(path: str, size: int) -> Iterator[File]:
    """The file OUT.npy, for `size` bytes of elements."""
    if path == STANDARD:
        expected = f"standard output that takes {size:,} bytes"
        with open(sys.stdout.fileno(), "wb", buffering=0, closefd=False) as raw:
            yield File(raw, "OUT.npy", path, expected)
    else:
        expected = f"an existing directory, with room for {size:,} bytes"
        with replacing("OUT.npy", path, expected) as file:
            yield File(file.raw, "OUT.npy", path, expected)


def check_replaceable(argument: str, path: str) -> None:
    """Let nothing be replaced that is no file, such as a device, nor a file for a folder."""
    if not os.path.basename(path) or (os.path.exists(path) and not os.path.isfile(path)):
        raise CommandError(
            f"argument {argument}: expected a regular file or a new name, not {path!r}"
        )


@contextlib.contextmanager
def replacing(argument: str, path: str, expected: str) -> Iterator[Any]:
    """A new file that takes its place as `path` when it is complete, and vanishes otherwise."""
    check_replaceable(argument, path)
    place = os.path.realpath(path)  # a link stays, and what it points to is replaced
    temporary = os.path.join(os.path.dirname(place), f".relu_fast-{secrets.token_hex(8)}.tmp")
    with naming(argument, path, expected):
        try:
            with open(temporary, "xb") as file:
                yield file
                file.flush()
                with unless_refused():
                    os.fsync(file.fileno())
            os.replace(temporary, place)
        except BaseException:
            with contextlib.suppress(OSError):  # the first error is the one to tell
                os.unlink(temporary)
            raise


@dataclass(frozen=True)
class Header:
    """What a .npy file says in front of its elements, and where these begin."""

    shape: tuple[int, ...]
    fortran_order: bool
    dtype: np.dtype[Any]
    offset: int

    @classmethod
    def read(cls, file: File, stated: np.dtype[Any] | None) -> Header:
        """The header of IN.npy, all elements of which are there, unless it is a stream.

        `stated` is the type of elements that the file gives no more than a size: void.
        """
        header = cls._parsed(file)
        path = file.path
        if stated is not None:
            if header.dtype != f"V{stated.itemsize}":
                raise CommandError(
                    f"argument --dtype: {path!r} is of {str(header.dtype)!r}; expected elements "
                    f"of {stated.itemsize} bytes without a type, as NumPy writes {stated}"
                )
            header = replace(header, dtype=stated)
        size = file.size()
        if min(header.shape, default=0) < 0 or (size is not None and size < header.end):
            raise CommandError(
                f"argument IN.npy: expected {header.end:,} bytes for {header.dtype} "
                f"{header.shape}, but {path!r} has {size or 0:,}"
            )
        return header

    @classmethod
    def _parsed(cls, file: File) -> Header:
        # Version 3 is version 2 with other characters in the names of fields, and arrays
        # with fields are refused anyway.
        readers = {
            (1, 0): npy.read_array_header_1_0,
            (2, 0): npy.read_array_header_2_0,
            (3, 0): npy.read_array_header_2_0,
        }
        try:
            version = npy.read_magic(file)
            if version not in readers:
                raise ValueError(f"version {version} of the format is unknown")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # NumPy's, of files that Python 2 wrote
                header = cls(*readers[version](file), offset=file.header_size)
            if max(header.end, *map(abs, header.shape), 0) > sys.maxsize:
                raise ValueError("no array is so large")
        except CommandError:
            raise
        except Exception as error:  # Python's parser reads it: RecursionError, TokenError, KeyError
            raise CommandError(
                f"argument IN.npy: expected a .npy file, not {file.path!r}: {error}"
            ) from None
        return header

    def written_as(self, dtype: np.dtype[Any], file: File) -> Header:
        """Begin a file of the same elements in another dtype; return its header."""
        fields = {
            "descr": npy.dtype_to_descr(dtype),
            "fortran_order": self.fortran_order,
            "shape": self.shape,
        }
        text = io.BytesIO()
        npy.write_array_header_1_0(text, fields)
        header = Header(self.shape, self.fortran_order, dtype, text.tell())
        file.allocate(header.end)
        file.write(text.getvalue())
        return header

    @property
    def count(self) -> int:
        return math.prod(self.shape)

    @property
    def end(self) -> int:
        """The size of the file."""
        return self.position(self.count)

    def position(self, start: int) -> int:
        """Of an element, in bytes of the file."""
        return self.offset + start * self.dtype.itemsize
