"""A whole run: who takes part, cell after cell, a progress bar."""

from __future__ import annotations

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from . import data, machine
from .accuracy import largest_errors
from .libraries import PEERS
from .limit import Limit, NoLimitError
from .measure import measure
from .peer import ReluFast
from .results import Report

SAVE_EVERY = 20


def run(cells, names, seconds, patience, facts, path, console):
    """Measure the cells; the report of those that were done when the user stops it.

    `seconds` is the time for a cell, `patience` how long to wait for a quiet machine in all.
    The report is also saved to `path` now and then: a peer that crashes takes this process along.
    """
    chosen = [PEERS[name] for name in names or PEERS]
    peers = [peer() for peer in chosen if peer.installed()]
    missing = [peer.name for peer in chosen if not peer.installed()]
    if missing:
        console.print(f"[yellow]not installed, left out: {', '.join(missing)}")
    limit = find_limit(console)
    skipped = [cell for cell in cells if not data.fits(cell)]
    for cell in skipped:
        console.print(f"[yellow]skipped, too large for the memory: {cell}")
    ours = ReluFast()
    patience = machine.Patience(patience)
    clock = limit.clock() if limit else None
    records = []
    stored = {
        **facts,
        "complete": False,
        "machine": machine.describe(clock),
        "versions": machine.versions(ours, peers),
        "clock": clock,
        "last_level_cache": machine.last_level_cache(),
        "missing": missing,
        "skipped": list(map(str, skipped)),
        "errors": largest_errors(sorted({cell.function for cell in cells}), [ours, *peers]),
        "cells": records,
    }
    try:
        with progress_bar(console) as bar:
            task = bar.add_task("", total=len(cells) - len(skipped))
            for cell in cells:
                if cell not in skipped:
                    bar.update(task, description=str(cell))
                    records.append(measure(cell, ours, peers, limit, seconds, patience))
                    bar.advance(task)
                    if len(records) % SAVE_EVERY == 0:
                        Report(stored).save(path)
            stored["complete"] = True
    except KeyboardInterrupt:
        console.print(f"[yellow]stopped after {len(records)} cells")
    return Report(stored)


def find_limit(console):
    try:
        limit = Limit()
    except NoLimitError as reason:
        console.print(f"[yellow]without the limit: {reason}")
        return None
    if not limit.openmp:
        console.print("[yellow]the limit of one thread only: the compiler has no OpenMP")
    return limit


def progress_bar(console):
    return Progress(
        BarColumn(bar_width=30),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
        console=console,
        transient=True,
    )
