"""A whole run in a few numbers."""

from __future__ import annotations

import math
import statistics

from relu_fast import _catalog

from .cells import FUNCTIONS, LARGE, SIMPLEST, TINY
from .results import DISTURBED, NOISE


def summary(report):
    """(what, value) pairs, of what was measured."""
    results = report.results
    yield "cells measured", str(len(results))
    disturbed = [result for result in results if result.others > DISTURBED]
    if disturbed:
        yield "of these, with other processes at work (believe them less)", str(len(disturbed))
    if report.by_ratio():
        yield (
            f"cells behind a peer (ratio below {NOISE})",
            f"{len(report.behind())} of {len(report.by_ratio())}",
        )
    groups = {
        f"n > {LARGE:,}": [r for r in report.by_ratio() if r.cell.n > LARGE],
        f"n ≤ {TINY}": [r for r in report.by_ratio() if r.cell.n <= TINY],
    }
    for name, group in groups.items():
        if group:
            yield (
                f"times as fast as the best peer, {name} (geometric mean)",
                f"{geometric_mean(r.ratio for r in group):.2f}",
            )
    for form, call in SIMPLEST.items():
        times = [r.against_negative for r in results if r.against_negative and r.cell.form == form]
        if times:
            yield f"our time over that of {call}, n ≤ {TINY}", f"{geometric_mean(times):.2f}"
    for function, errors in report.stored["errors"].items():
        if any(errors.values()):
            text = ", ".join(f"{name} {error:.3g}" for name, error in errors.items())
            yield f"largest error in ULP, float32: {function}", text
    yield from shares(report)
    yield from speedups(report)


def shares(report):
    """Of the limit, where the arrays are in cache and where they are not."""
    usual = [r for r in report.results if r.share and r.cell.layout == "contiguous"]
    groups = {
        "in cache, one thread": [
            r for r in usual if r.cell.threads == 1 and not report.beyond_cache(r)
        ],
        "beyond the last-level cache, all threads": [
            r for r in usual if r.cell.threads > 1 and report.beyond_cache(r)
        ],
    }
    for name, group in groups.items():
        for functions in by_cost():
            values = [r.share for r in group if r.cell.function in functions]
            if values:
                yield (
                    f"share of the limit, {name}: {', '.join(functions)}",
                    f"median {statistics.median(values):.0%}, worst {min(values):.0%}",
                )


def by_cost():
    """The functions that compute next to nothing, and the others."""
    cost = {name: _catalog.ACTIVATIONS[name].picoseconds["float32"] for name in FUNCTIONS}
    cheap = [name for name in FUNCTIONS if cost[name] < 2 * min(cost.values())]
    return cheap, [name for name in FUNCTIONS if name not in cheap]


def speedups(report):
    """Of all threads over one, alternating in the same run."""
    threaded = [r for r in report.results if r.speedup and r.cell.layout == "contiguous"]
    groups = {
        "n ≥ 10⁵, in cache": [
            r for r in threaded if r.cell.n >= 10**5 and not report.beyond_cache(r)
        ],
        "beyond the last-level cache": [r for r in threaded if report.beyond_cache(r)],
        "any n": threaded,
    }
    for name, group in groups.items():
        if group:
            values = [r.speedup for r in group]
            yield (
                f"all threads over one, {name}",
                f"median {statistics.median(values):.2f}, worst {min(values):.2f}",
            )


def geometric_mean(values):
    return math.exp(statistics.fmean(map(math.log, values)))
