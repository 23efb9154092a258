"""What the command line shows: a table and a progress bar."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Self, TextIO

_STYLES = {"": "", "bold": "\x1b[1m", "faint": "\x1b[2m", "good": "\x1b[32m", "bad": "\x1b[33m"}
_PLAIN = "\x1b[0m"


def is_terminal(stream: TextIO) -> bool:
    """Whether `stream` is a terminal that knows escape sequences."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def terminal_width() -> int:
    return shutil.get_terminal_size().columns


def styled(text: str, style: str, stream: TextIO) -> str:
    """`text` in a style of this module where `stream` shows colours (https://no-color.org)."""
    if not text or not style or not is_terminal(stream) or os.environ.get("NO_COLOR"):
        return text
    return f"{_STYLES[style]}{text}{_PLAIN}"


def _drawable(preferred: str, fallback: str, stream: TextIO) -> str:
    """`preferred`, or `fallback` where the encoding of `stream` lacks its characters."""
    try:
        preferred.encode(stream.encoding or "ascii")
    except UnicodeEncodeError:
        return fallback
    return preferred


class Cell(NamedTuple):
    text: str
    style: str = ""


Row = Sequence[Cell]


class Table:
    """Rows of cells in aligned columns, with a rule in front of each group of rows.

    `alignment` has a character for each column, "<" or ">".
    """

    def __init__(self, alignment: str, header: Sequence[Row], groups: Iterable[Sequence[Row]]):
        self._alignment = alignment
        self._groups = [header, *groups]
        rows = [row for group in self._groups for row in group]
        self._widths = [
            max(len(cell.text) for cell in column) for column in zip(*rows, strict=True)
        ]

    @property
    def width(self) -> int:
        return sum(self._widths) + 2 * len(self._widths)

    def print(self, stream: TextIO) -> None:
        line = _drawable("─", "-", stream) * self.width
        rule = styled(line, "faint", stream)
        for group in self._groups:
            for row in group:
                print(self._line(row, stream), file=stream)
            print(rule, file=stream)

    def _line(self, row: Row, stream: TextIO) -> str:
        cells = []
        for cell, width, side in zip(row, self._widths, self._alignment, strict=True):
            padding = " " * (width - len(cell.text))
            text = styled(cell.text, cell.style, stream)
            cells.append(padding + text if side == ">" else text + padding)
        return (" " + "  ".join(cells)).rstrip()


class Progress:
    """A bar on `stream` while the `with` block lasts; nothing where that is not a terminal."""

    _INTERVAL = 0.05  # seconds between two drawings: faster is not seen, and costs time

    def __init__(self, total: int, stream: TextIO | None = None):
        self._total = total
        self._stream = sys.stderr if stream is None else stream
        self._shown = is_terminal(self._stream)
        self._due = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._shown:
            self._write("\r\x1b[K")

    def update(self, done: int, label: str) -> None:
        """Show that `done` of the total are done, and `label` is being worked on."""
        now = time.monotonic()
        if not self._shown or now < self._due:
            return
        self._due = now + self._INTERVAL
        fraction = done / self._total if self._total else 1.0
        percent = f"{fraction:4.0%} "
        room = max(terminal_width() - len(percent) - 2, 1)
        length = min(40, room)
        full = _drawable("█", "#", self._stream)
        empty = _drawable("░", ".", self._stream)
        filled = int(length * fraction)
        bar = styled(full * filled, "good", self._stream) + empty * (length - filled)
        self._write(f"\r{percent}{bar} {label[: room - length]}\x1b[K")

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
