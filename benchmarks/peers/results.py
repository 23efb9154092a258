"""What follows from the measured times of a cell, and the report that holds them all."""

from __future__ import annotations

import functools
import json

import numpy as np

from .cells import Cell
from .limit import STORES, STREAMS, kind

OURS = "relu_fast"
NOISE = 0.97  # a ratio below this one is no longer noise
DISTURBED = 0.05  # CPUs that other processes kept busy meanwhile
DISAGREES = "its result is another one"


class Result:
    """One measured cell.  Times are medians, in seconds a call."""

    def __init__(self, record):
        self.cell = Cell(*(record[name] for name in Cell._fields))
        self.elements = record["elements"]
        self.statements = record["statements"]
        self.left_out = record["left_out"]
        self.times = record["times"]
        self.others = record["others"]
        self.seconds = {name: times["median"] for name, times in self.times.items()}
        self.ours = self.seconds[OURS]
        self.ratios = {
            name: self.seconds[name] / self.ours for name in self.statements if name != OURS
        }

    @property
    def best_peer(self):
        return min(self.ratios, key=self.ratios.get, default=None)

    @property
    def ratio(self):
        """How many times faster than the best peer."""
        return min(self.ratios.values(), default=None)

    @property
    def limit(self):
        """The time of the faster kind of stores."""
        return min((self.seconds[name] for name in STORES if name in self.seconds), default=None)

    @property
    def share(self):
        """How much of the limit is reached."""
        return self.limit / self.ours if self.limit else None

    @property
    def bytes(self):
        """What a call has to read and write."""
        return STREAMS[kind(self.cell)] * self.elements * np.dtype(self.cell.dtype).itemsize

    @property
    def nanoseconds(self):
        """Of an element."""
        return self.ours / self.elements * 1e9

    @property
    def spread(self):
        """The interquartile range over the median."""
        times = self.times[OURS]
        return (times["high"] - times["low"]) / times["median"]

    @property
    def speedup(self):
        """All threads against one."""
        return self._over_ours("one thread")

    @property
    def against_negative(self):
        """Our time over that of np.negative, NumPy's simplest ufunc."""
        over_ours = self._over_ours("np.negative")
        return 1 / over_ours if over_ours else None

    def _over_ours(self, name):
        return self.seconds[name] / self.ours if name in self.seconds else None


class Report:
    """A whole run, as it is stored."""

    def __init__(self, stored):
        self.stored = stored
        self.results = [Result(record) for record in stored["cells"]]

    @classmethod
    def load(cls, path):
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def save(self, path):
        path.write_text(json.dumps(self.stored, indent=1) + "\n", encoding="utf-8")

    @functools.cached_property
    def peers(self):
        """Those that were timed, in the order of the versions."""
        timed = {name for result in self.results for name in result.ratios}
        return [name for name in self.stored["versions"] if name in timed]

    def lower_accuracy(self, result, peer):
        """The largest error of a peer in ULP, if it is larger than ours."""
        errors = self.stored["errors"].get(result.cell.ufunc.name, {})
        error = errors.get(peer, 0)
        return error if error > errors.get(OURS, 0) else None

    def cycles(self, result):
        """Of an element."""
        clock = self.stored["clock"]
        return result.nanoseconds * clock / 1e9 if clock else None

    def beyond_cache(self, result):
        return result.bytes > 2 * self.stored["last_level_cache"]

    def by_ratio(self):
        """The results that have a peer, the worst first."""
        compared = [result for result in self.results if result.ratio is not None]
        return sorted(compared, key=lambda result: result.ratio)

    def behind(self):
        """Those in which a peer is faster by more than noise."""
        return [result for result in self.by_ratio() if result.ratio < NOISE]

    def disagreements(self):
        """(peer, cell) where a peer computed something else."""
        return [
            (name, result.cell)
            for result in self.results
            for name, reason in result.left_out.items()
            if reason == DISAGREES
        ]
