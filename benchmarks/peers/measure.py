"""The times of a cell: every contender in turn, in several rounds."""

from __future__ import annotations

import math
import random
import time
import timeit

import numpy as np

from . import data as arrays
from . import machine
from .cells import SIMPLEST, TINY
from .forms import GIVEN, OWN
from .limit import STORES
from .peer import NotOfferedError
from .results import DISAGREES, DISTURBED

SAMPLE = 1e-3  # seconds that a sample of short calls should take
LONG = 0.02  # a call that takes longer needs no other one before it
FAR_BEHIND = 4.0  # times as slow as ours; a few samples show that well enough
FEW, MANY = 3, 31

# Where other processes disturb, the measurement is repeated, and the quietest counts.
TRIES = 3  # of a sample; a cell has two

TOLERANCES = {"float32": {"rtol": 1e-4, "atol": 1e-6}, "float64": {"rtol": 1e-6, "atol": 1e-12}}
COMPARED = 50_000  # elements at each end


class Contender:
    """Something that is timed: `run(number)` gives the seconds that `number` calls took."""

    def __init__(self, run, before=None, refresh=None, calls=1):
        self._run = run
        self._before = before or (lambda: None)
        self._refresh = refresh
        self._calls = calls  # of one run; not 1 in place

    @classmethod
    def of_statement(cls, statement, names, before, data, in_place):
        if in_place:
            timer = timeit.Timer(f"for x in xs: {statement}", globals=names)
            return cls(timer.timeit, before, data.refresh, len(data.xs))
        return cls(timeit.Timer(statement, globals=names).timeit, before)

    def estimate(self):
        """Start anew: the time of one call, roughly, decides how many make a sample."""
        self.samples = []
        self._prepare()
        self._run(1)
        self._number = 1
        for _ in range(3):  # the first calls are slow: threads start, caches are cold
            self._prepare()
            seconds = self._run(self._number) / self._number
            if self._refresh is None:  # a second call in place would find no negatives
                self._number = math.ceil(SAMPLE / seconds)
        self.seconds = seconds / self._calls

    def sample(self):
        """Take a sample; of those in which our threads had to wait for a CPU, the best."""
        tries = []
        while len(tries) < TRIES:
            settle()
            self._warm_up()
            waited = machine.waiting_for_cpu()
            seconds = self._run(self._number)
            waited = machine.waiting_for_cpu() - waited
            tries.append((waited / seconds, seconds))
            if waited < DISTURBED * seconds:
                break
        _, seconds = min(tries)
        self.samples.append(seconds / self._number / self._calls)

    def _warm_up(self):
        self._prepare()
        if self.seconds < LONG:
            self._run(1 + self._number // 10)
            if self._refresh:
                self._refresh()

    def _prepare(self):
        self._before()
        if self._refresh:
            self._refresh()

    def result(self):
        low, median, high = np.quantile(self.samples, (0.25, 0.5, 0.75))
        return {"median": median, "low": low, "high": high, "samples": len(self.samples)}


def settle():
    """Wait until the threads of the last contender sleep.

    OpenMP's and others' spin for a while after a call, on the cores of the next one.
    """
    for _ in range(100):
        start = time.process_time()
        time.sleep(0.001)
        if time.process_time() - start < 0.0003:
            return


def measure(cell, ours, peers, limit, seconds, patience):
    """The record of a cell: what each contender took, and who was left out and why."""
    data = arrays.data(cell.layout, cell.dtype, cell.n)
    record = {**cell._asdict(), "elements": data.n, "statements": {}, "left_out": {}}
    contenders = {}
    expected = None
    for peer in (ours, *peers):
        try:
            statement = peer.statement(cell)
            peer.set_threads(cell.threads)
            names = peer.namespace(cell, data)
            result = first_result(cell, statement, names, data)
            if peer is ours:
                expected = result
            elif not agree(expected, result, cell.dtype):
                raise NotOfferedError(DISAGREES)
        except NotOfferedError as reason:
            record["left_out"][peer.name] = str(reason)
            continue
        record["statements"][peer.name] = statement
        contenders[peer.name] = Contender.of_statement(
            statement,
            names,
            lambda peer=peer: peer.set_threads(cell.threads),
            data,
            cell.result == OWN,
        )
    contenders |= yardsticks(cell, data, ours, record["statements"], limit)
    attempts = [alternate(contenders, ours.name, seconds)]
    if attempts[0]["others"] > DISTURBED and patience.wait():
        attempts.append(alternate(contenders, ours.name, seconds))
    return record | min(attempts, key=lambda attempt: attempt["others"])


def yardsticks(cell, data, ours, statements, limit):
    """What is timed beside the peers, to compare with."""
    found = {}
    if limit and limit.offers(cell):
        for streaming, name in enumerate(STORES):
            found[name] = Contender(
                limit.run(cell, data, streaming),
                refresh=data.refresh_dense if cell.result == OWN else None,
            )
    if cell.threads > 1:
        found["one thread"] = Contender.of_statement(
            statements[ours.name],
            ours.namespace(cell, data),
            lambda: ours.set_threads(1),
            data,
            cell.result == OWN,
        )
    if cell.n <= TINY and cell.form in SIMPLEST:
        names = {"np": np, "x": data.x, "y": data.y}
        statement = SIMPLEST[cell.form]
        found["np.negative"] = Contender.of_statement(statement, names, None, data, False)
    return found


def alternate(contenders, ours, seconds):
    """Time all in turn, in another order in each round, for about so many seconds.

    The result also has what other processes took of the CPUs meanwhile: with two threads
    on two CPUs, a call waits milliseconds for the scheduler where another process runs.
    """
    for contender in contenders.values():
        contender.estimate()
    too_slow = FAR_BEHIND * contenders[ours].seconds
    order = list(contenders.values())
    shuffle = random.Random(0).shuffle
    start, busy = time.perf_counter(), machine.busy_elsewhere()
    for done in range(MANY):
        if done >= FEW and time.perf_counter() > start + seconds:
            break
        shuffle(order)
        for contender in order:
            if done < FEW or contender.seconds < too_slow:
                contender.sample()
    busy, elapsed = machine.busy_elsewhere() - busy, time.perf_counter() - start
    return {
        "times": {name: contender.result() for name, contender in contenders.items()},
        "others": round(busy / elapsed, 3),
    }


def first_result(cell, statement, names, data):
    """What a statement computes, as NumPy arrays; the first call also compiles."""
    if cell.result == OWN:
        data.refresh()
        exec(f"for x in xs: {statement}", dict(names))
        return [_ends(data.xs[0])]
    if cell.result == GIVEN:
        data.y.fill(np.nan)
        exec(statement, dict(names))
        return [_ends(data.y)]
    result = eval(statement, dict(names))
    results = result if isinstance(result, list | tuple) else [result]
    return [_ends(np.asarray(array)) for array in results]


def _ends(array):
    return np.concatenate([array.flat[:COMPARED], array.flat[-COMPARED:]])


def agree(expected, result, dtype):
    """Whether a peer computes about what we do: else it must not be compared."""
    return len(expected) == len(result) and all(
        ours.dtype == theirs.dtype and np.allclose(theirs, ours, **TOLERANCES[dtype])
        for ours, theirs in zip(expected, result, strict=True)
    )
