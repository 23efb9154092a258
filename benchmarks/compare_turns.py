"""What it costs relu_fast and another library to be used in turns in one process.

    pip install ".[peers]"
    python benchmarks/compare_turns.py

Threads that wait for the next call of one library may keep the CPUs from the other. For each
peer, three loops alternate: of calls of ours, of theirs, and of both in turns, each on all
threads. The time of a call in turns is printed as a multiple of the time of that call alone:
the median of the rounds, and the middle half of them.
"""

from __future__ import annotations

import argparse
import timeit
from time import perf_counter

import numpy as np

FUNCTION, FORM, DTYPE = "elu", "out", "float32"
SIZES = (10**5, 10**6, 10**7)
SAMPLE = 0.05  # seconds of each loop


def main(arguments=None):
    # Imported here: asv imports this file too, where the peers' modules may not be found.
    from peers.cells import Cell
    from peers.data import data
    from peers.libraries import PEERS
    from peers.peer import NotOfferedError, ReluFast

    import relu_fast

    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=list(PEERS))
    parser.add_argument("--rounds", type=int, default=15)
    chosen = parser.parse_args(arguments)
    threads = relu_fast.get_num_threads()
    print(f"{FUNCTION} {FORM}, {DTYPE}, {threads} threads; times in turns over times alone")
    for name in chosen.peers:
        if not PEERS[name].installed():
            print(f"{name}: not installed")
            continue
        for n in SIZES:
            cell = Cell(threads, "contiguous", DTYPE, n, FUNCTION, FORM)
            arrays = data(cell.layout, cell.dtype, cell.n)
            try:
                calls = [call(library, cell, arrays) for library in (ReluFast(), PEERS[name]())]
            except NotOfferedError as reason:
                print(f"{name}: {reason}")
                break
            ratios = np.array([compare(*calls) for _ in range(chosen.rounds)])
            low, median, high = np.quantile(ratios, (0.25, 0.5, 0.75), axis=0)
            columns = zip(("ours", "theirs", "both"), low, median, high, strict=True)
            texts = (f"{who} {m:5.2f} ({lo:.2f} to {hi:.2f})" for who, lo, m, hi in columns)
            print(f"{name:12} n = {n:<9,} ", "   ".join(texts))


def call(library, cell, arrays):
    """A call as a user writes it, to be timed."""
    library.set_threads(cell.threads)
    timer = timeit.Timer(library.statement(cell), globals=library.namespace(cell, arrays))
    timer.timeit(3)
    return timer


def compare(ours, theirs):
    """The times in turns over the times alone: of our calls, of theirs, of both together."""
    alone = np.array([loop(timer)[0] for timer in (ours, theirs)])
    turns = loop(ours, theirs)
    return *(turns / alone), turns.sum() / alone.sum()


def loop(*timers):
    """The median time of a call of each, calling them in turns for as long as SAMPLE.

    Not the mean, to which other processes add time slices of theirs.
    """
    from peers.measure import settle

    settle()
    times, end = [], perf_counter() + SAMPLE
    while len(times) < 6 or perf_counter() < end:
        times.append([timer.timeit(1) for timer in timers])
    return np.median(times[1:], axis=0)


if __name__ == "__main__":
    main()
