"""What the command line shows: tables and progress bars.

Plain text in aligned columns; on a terminal also colours and progress bars, if rich is
installed.  What the terminal can show, and what NO_COLOR and its like forbid, rich knows.
"""

from __future__ import annotations

import functools
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, Self, TextIO

_STYLES = {"": "", "bold": "bold", "faint": "dim", "good": "green", "bad": "yellow"}


class Cell(NamedTuple):
    """Text, and how it looks: one of "bold", "faint", "good" and "bad", or as usual."""

    text: str
    style: str = ""


Row = Sequence[Cell]


@functools.cache
def _console(stream: TextIO) -> Any:
    """The terminal that `stream` is, as rich sees it; None if it is none, or without rich."""
    if not stream.isatty():
        return None
    try:
        from rich.console import Console  # slow to import
    except ImportError:
        return None
    return Console(file=stream)


def print_line(cells: Row, stream: TextIO) -> None:
    """Print cells one after the other."""
    console = _console(stream)
    if console is None:
        print("".join(cell.text for cell in cells), file=stream)
        return
    from rich.text import Text

    parts = [(cell.text, _STYLES[cell.style]) for cell in cells]
    console.print(Text.assemble(*parts), soft_wrap=True)  # a long line is for the terminal to wrap


class Table:
    """Rows of cells in aligned columns, with a rule after each group of rows.

    `alignment` has a character for each column, "<" or ">".
    """

    def __init__(self, alignment: str, header: Sequence[Row], groups: Iterable[Sequence[Row]]):
        self._alignment = alignment
        self._groups = [header, *groups]
        columns = zip(*[row for group in self._groups for row in group], strict=True)
        self._widths = [max(len(cell.text) for cell in column) for column in columns]

    @property
    def width(self) -> int:
        return sum(self._widths) + 2 * len(self._widths)

    def print(self, stream: TextIO) -> None:
        encoding = stream.encoding or "ascii"
        dash = "─".encode(encoding, "replace").decode(encoding).replace("?", "-")
        for group in self._groups:
            for row in group:
                print_line(self._aligned(row), stream)
            print_line([Cell(dash * self.width, "faint")], stream)

    def _aligned(self, row: Row) -> Row:
        cells = []
        for cell, width, side in zip(row, self._widths, self._alignment, strict=True):
            space = Cell(" " * (width - len(cell.text)))
            cells += [Cell("  "), space, cell] if side == ">" else [Cell("  "), cell, space]
        while not cells[-1].text.strip():
            cells.pop()
        return [Cell(" "), *cells[1:]]


def speed_cell(ratio: float | None) -> Cell:
    """Green for faster, yellow for slower; between the two, noise decides."""
    if ratio is None:
        return Cell("n/a")
    style = "good" if ratio > 1.05 else "bad" if ratio < 0.95 else ""
    return Cell(f"{ratio:.1f}\N{MULTIPLICATION SIGN}", style)


class Progress:
    """A bar on stderr while the `with` block lasts, where that is a terminal and rich is there."""

    _INTERVAL = 0.05  # seconds between two drawings: faster is not seen, and costs time

    def __init__(self, total: int):
        self._total = total
        self._bar: Any = None
        self._due = 0.0

    def __enter__(self) -> Self:
        console = _console(sys.stderr)
        if console is not None:
            from rich import progress

            # Drawn by `update` alone: a thread of rich's would disturb what is measured.
            self._bar = progress.Progress(
                progress.TaskProgressColumn(),
                progress.BarColumn(),
                progress.TextColumn("{task.description}", markup=False),
                console=console,
                auto_refresh=False,
                transient=True,
                redirect_stdout=False,
                redirect_stderr=False,
            )
            self._bar.add_task("", total=self._total)
            self._show(self._bar.start)
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._show(self._bar.stop)

    def update(self, done: int, label: str) -> None:
        """Show that `done` of the total are done, and `label` is being worked on."""
        now = time.monotonic()
        if self._bar is not None and now >= self._due:
            self._due = now + self._INTERVAL
            (task,) = self._bar.task_ids
            self._show(self._bar.update, task, completed=done, description=label, refresh=True)

    def _show(self, draw: Callable[..., None], *args: Any, **options: Any) -> None:
        """Work goes on without a terminal that has gone."""
        try:
            draw(*args, **options)
        except OSError:
            self._bar = None
