"""Standard streams: closed ones, full ones, and pipes whose reader has gone."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import TextIO


class OutputError(Exception):
    """Standard output did not take a result; the message is why."""


def open_closed() -> None:
    """Put what cannot be used in the place of each standard stream that is closed.

    Otherwise the next file opened would get its number, and be written what is printed.
    """
    for name, mode, wrong_way in (
        ("stdin", "r", os.O_WRONLY),
        ("stdout", "w", os.O_RDONLY),
        ("stderr", "w", os.O_RDONLY),
    ):
        if getattr(sys, name) is None:  # as under pythonw, too
            number = os.open(os.devnull, wrong_way)  # the lowest that is free
            setattr(sys, name, os.fdopen(number, mode, errors="replace", closefd=False))


def show(text: str, stream: TextIO) -> None:
    """Write a message: where nobody can see it, the work is done all the same."""
    try:
        stream.write(text)
        stream.flush()
    except OSError:
        discard(stream)


@contextlib.contextmanager
def results() -> Iterator[None]:
    """What is printed in the `with` block is what the command is for: it fails if that does."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        discard(sys.stdout)
        raise
    except OSError as error:
        discard(sys.stdout)
        raise OutputError(error.strerror or str(error)) from None


def discard(stream: TextIO) -> None:
    """Let the flush at the end of the process do no harm."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
