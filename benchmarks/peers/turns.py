"""Statements that take turns, and their times as ratios."""

from __future__ import annotations

import timeit

import numpy as np


def ratios(texts, names, rounds, limit=None):
    """The time of each over that of the first, by title; and the first's in seconds.

    The medians of the rounds: a machine that others use as well changes its speed in between.
    """
    timers = {title: timeit.Timer(text, globals=names).timeit for title, text in texts.items()}
    if limit:
        timers["limit"] = limit
    first = next(iter(timers))
    calls = {title: max(1, round(0.003 / timer(2) * 2)) for title, timer in timers.items()}
    samples = {title: [] for title in timers}
    with np.errstate(all="ignore"):
        for _ in range(rounds):
            for title, timer in timers.items():
                timer(1)  # its arrays are in the cache again
                samples[title].append(timer(calls[title]) / calls[title])
    ours = np.array(samples.pop(first))
    found = {title: float(np.median(times / ours)) for title, times in samples.items()}
    return float(np.median(ours)), found


def table(rows):
    """Print them as Markdown, the first two columns as text."""
    titles = dict.fromkeys(title for row in rows for title in row)
    print(f"\n| {' | '.join(titles)} |")
    print("| --- | --- |" + " ---: |" * (len(titles) - 2))
    for row in rows:
        print(f"| {' | '.join(str(row.get(title, '')) for title in titles)} |")


def aligned(numbers, dtype):
    """A copy that begins with a cache line, as streaming stores want it."""
    memory = np.empty(numbers.size * np.dtype(dtype).itemsize + 64, np.uint8)
    start = -memory.ctypes.data % 64
    found = memory[start : start + memory.size - 64].view(dtype)
    found[:] = numbers
    return found
