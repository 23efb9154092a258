"""What the inputs do to the time of a call, and to the lead over NumPy and PyTorch.

    pip install ".[peers]"
    python benchmarks/compare_inputs.py --markdown docs/performance_inputs.md    # half a minute
    python benchmarks/compare_inputs.py --function gelu mish --dtype float32

Our calls and those of the libraries take turns, with the inputs of each distribution.
"""

from __future__ import annotations

import argparse
import sys
import timeit
from pathlib import Path

import numpy as np

LENGTHS = {"float32": 65_536, "float64": 32_768}
SAMPLE = 0.002  # seconds of each loop
DISTRIBUTIONS = {
    "N(0, 1)": lambda random, n: random.normal(0, 1, n),
    "N(0, 3²)": lambda random, n: random.normal(0, 3, n),
    "N(0, 10²)": lambda random, n: random.normal(0, 10, n),
    "±20": lambda random, n: random.uniform(-20, 20, n),
    "far": lambda random, n: random.uniform(8, 20, n) * random.choice([-1, 1], n),
}
FORMS = {"out": "", "backward-out": "_backward"}

PAGE = """\
# Time by inputs

A smooth function is computed by a table where x is near 0, and by a longer formula elsewhere:
how long a call takes depends on x. Written by

```sh
pip install ".[peers]"
python benchmarks/compare_inputs.py{options}
```

on one thread ({machine}), with `out=` and arrays in the L2 cache ({lengths}): medians of {rounds}
rounds, in which everybody took turns. The first column of numbers is our time of an element for
normally distributed x; then follow other inputs as multiples of it, where *±20* is uniform
between -20 and 20, and *far* between 8 and 20 with either sign. For each library stands its time
over ours: for N(0, 1), and for the inputs for which it is least. Who computes how exactly is told
in [Accuracy](accuracy.md#other-libraries).

{table}
"""


def main(arguments=None):
    # Imported here: asv imports this file too, where the peers' modules may not be found.
    from peers.array_peers import NumPy
    from peers.tensor_peers import PyTorch

    import relu_fast
    from relu_fast._catalog import ACTIVATIONS
    from relu_fast.cli.info import cpu

    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    of_one_array = [name for name, row in ACTIVATIONS.items() if not row.gate]
    parser.add_argument("--function", nargs="+", choices=of_one_array, default=of_one_array)
    parser.add_argument("--dtype", nargs="+", choices=LENGTHS, default=list(LENGTHS))
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--markdown", type=Path, help="write the table to a page as well")
    chosen = parser.parse_args(arguments)
    libraries = [peer() for peer in (NumPy, PyTorch) if peer.installed()]
    names = [library.name for library in libraries]
    titles = [f"ns, {next(iter(DISTRIBUTIONS))}", *list(DISTRIBUTIONS)[1:]]
    titles += [title for name in names for title in (name, f"{name}, least")]
    lines = [
        f"| function | dtype | {' | '.join(titles)} |",
        "| --- | --- |" + " ---: |" * len(titles),
    ]
    print("\n".join(lines), flush=True)
    for dtype in chosen.dtype:
        for name in chosen.function:
            for form, suffix in FORMS.items():
                times = measured(name, form, dtype, libraries, chosen.rounds)
                cells = columns(times, names, LENGTHS[dtype])
                lines.append(f"| `{name}{suffix}` | {dtype} | {' | '.join(cells)} |")
                print(lines[-1], flush=True)
    if chosen.markdown:
        options = "".join(f" {a}" for a in (sys.argv[1:] if arguments is None else arguments))
        text = PAGE.format(
            options=options,
            machine=f"{cpu()}, {relu_fast.config()['isa']}",
            lengths=", ".join(f"{LENGTHS[dtype]:,} {dtype}" for dtype in chosen.dtype),
            rounds=chosen.rounds,
            table="\n".join(lines),
        )
        chosen.markdown.write_text(text, encoding="utf-8")


def measured(function, form, dtype, libraries, rounds):
    """The times of calls, by library and distribution."""
    from peers.cells import Cell
    from peers.data import Data
    from peers.peer import NotOfferedError, ReluFast

    n = LENGTHS[dtype]
    cell = Cell(1, "contiguous", dtype, n, function, form)
    timers = {}
    for title, draw in DISTRIBUTIONS.items():
        arrays = Data(cell.layout, cell.dtype, cell.n)
        np.copyto(arrays.x, draw(np.random.default_rng(0), n), casting="same_kind")
        for library in (ReluFast(), *libraries):
            library.set_threads(1)
            try:
                statement = library.statement(cell)
            except NotOfferedError:
                continue
            timer = timeit.Timer(statement, globals=library.namespace(cell, arrays))
            timer.timeit(3)
            timers[library.name, title] = timer, max(1, round(SAMPLE / timer.timeit(1)))
    samples = {key: [] for key in timers}
    with np.errstate(all="ignore"):
        for _ in range(rounds):
            for key, (timer, calls) in timers.items():
                timer.timeit(1)  # its arrays are in the cache again
                samples[key].append(timer.timeit(calls) / calls)
    return {key: np.median(times) for key, times in samples.items()}


def columns(times, names, n):
    ours = [times["relu_fast", title] for title in DISTRIBUTIONS]
    texts = [f"{ours[0] / n * 1e9:.2f}", *(f"{time / ours[0]:.2f}" for time in ours[1:])]
    for name in names:
        theirs = [times.get((name, title), np.nan) for title in DISTRIBUTIONS]
        ratios = np.divide(theirs, ours)
        texts += ["", ""] if np.isnan(ratios[0]) else [f"{ratios[0]:.2f}", f"{ratios.min():.2f}"]
    return texts


if __name__ == "__main__":
    main()
