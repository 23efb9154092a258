"""Random calls from threads and forked children, for minutes: ``nox -s soak -- --minutes 60``.

Each result must have the bits that its elements have when the baseline kernels compute them one at
a time, which in turn are near enough to the definitions. Memory and the number of threads must
stay what they were after the warm-up. A round that fails prints its seed; ``--seed`` begins there.

2026-11-23, two busy Zen 4 cores, ten minutes: 516,600 calls of 4 threads and 861 rounds of 2 forked
children; 82.8 MiB after the warm-up, 80.1 MiB at the end, 3 threads. In the first minute or two
the allocator settles, so that a short run may fail by its memory.
"""

import argparse
import ctypes
import os
import random
import signal
import statistics
import sys
import threading
import time
import traceback
from pathlib import Path

import numpy as np
from support import reference

import relu_fast
from relu_fast import _catalog, _ufuncs

ROWS = {name: f for name, f in _catalog.FUNCTIONS.items() if len(f.form.outputs) == 1}
FUNCTIONS = list(ROWS)
DTYPES = ["float32", "float64", "float16"]
ALPHAS = np.array([1.0, 0.015625, 2.5, 100.0, -0.5, 0.0])  # exact in each dtype
POSITIVE = 4  # so many of them, for the gradients from a result
SPECIAL = [0.0, -0.0, np.inf, -np.inf, np.nan, -1e-40, 1e-40, -88.0, -104.0, -745.0]
VALUES = 500  # different ones, of each dtype
LENGTHS = 4 * [0, 1, 7, 60, 1000] + [9000, 70_000, 500_000]  # at once, in tiles, on the team

CALLERS = 4  # Python threads that call at once
CALLS = 100  # of each of them in a round
CHILDREN = 2  # forked in each round, in the middle of these calls
CHILD_SECONDS = 300  # after which it hangs
THREADS = 3  # of a call, at most

WARM_UP = 0.2  # of the time
MOST_GROWTH = 4 << 20  # bytes after the warm-up: what comes and goes is less


# ---- What must come out ------------------------------------------------------


def make_operands():
    """g and x of each dtype, of which all arrays are made: pairs that stay together."""
    draws = np.random.default_rng(0)
    with np.errstate(over="ignore"):
        return {
            dtype: [
                np.concatenate([draws.permutation(SPECIAL), draws.normal(0, 4, VALUES)]).astype(
                    dtype
                )
                for _ in "gx"
            ]
            for dtype in DTYPES
        }


def inputs_of(name, g, x):
    return [g, x] if "g" in ROWS[name].form.inputs else [x]


def is_sum(name):
    return ROWS[name].form.kind == "sum"


def alphas_of(name):
    """As many of ALPHAS as the function takes."""
    if not ROWS[name].activation.parameters:
        return ALPHAS[:1]
    return ALPHAS[:POSITIVE] if "y" in ROWS[name].form.inputs else ALPHAS


def make_expected(operands):
    """Function, dtype -> a row for each alpha: the baseline kernels, an element at a time."""
    active = relu_fast.config()["isa"]
    _ufuncs.select_isa(relu_fast.config()["isas_built"][-1])
    expected = {}
    for name in FUNCTIONS:
        if not ROWS[name].is_ufunc:
            continue
        function = getattr(relu_fast, name)
        for dtype, (g, x) in operands.items():
            inputs = inputs_of(name, g, x)
            rows = [
                [
                    function(*(a[i : i + 1] for a in inputs), *arguments_of(name, float(alpha)))[0]
                    for i in range(x.size)
                ]
                for alpha in alphas_of(name)
            ]
            expected[name, dtype] = np.array(rows)
    _ufuncs.select_isa(active)
    return expected


def arguments_of(name, alpha):
    return (alpha,) * len(ROWS[name].activation.parameters)


def check_expected(operands):
    """Some of them against the oracle, so that not all may be wrong alike."""
    for name, function in ROWS.items():
        if not function.is_ufunc or "x" not in function.form.inputs:
            continue
        for dtype in ("float32", "float64"):
            inputs = [a[::7] for a in inputs_of(name, *operands[dtype])]
            for k, alpha in enumerate(alphas_of(name)):
                arguments = reference.as_seen(dtype, arguments_of(name, alpha))
                numbers = reference.exact(name, inputs, arguments)
                error, at = reference.worst(EXPECTED[name, dtype][k, ::7], numbers)
                assert error <= 2.5, (name, inputs[-1][at], alpha)


OPERANDS = make_operands()
EXPECTED = make_expected(OPERANDS)


# ---- One call ----------------------------------------------------------------


def lay_out(draws, values):
    """A view of these values in other memory."""
    layout = draws.integers(7)
    if layout == 0:  # every second
        view = np.empty((*values.shape[:-1], 2 * values.shape[-1]), values.dtype)[..., ::2]
    elif layout == 1:  # backwards
        view = np.empty_like(values)[..., ::-1]
    elif layout == 2:  # transposed
        view = np.empty(values.T.shape, values.dtype).T
    elif layout == 3:  # some columns of a wider array
        view = np.empty((*values.shape[:-1], values.shape[-1] + 3), values.dtype)[..., 3:]
    elif layout == 4:  # misaligned
        view = np.empty(values.nbytes + 1, np.uint8)[1:].view(values.dtype).reshape(values.shape)
    elif layout == 5:  # the other byte order
        view = np.empty(values.shape, values.dtype.newbyteorder())
    else:
        view = np.empty_like(values)
    view[...] = values
    return view


def check_call(draws):
    """One random call; everything about it follows from the draws."""
    name, dtype = draws.choice(FUNCTIONS), draws.choice(DTYPES)
    length = draws.choice(LENGTHS)
    shape = (10, length // 10) if length % 10 == 0 and draws.random() < 0.6 else (length,)
    which = draws.integers(OPERANDS[dtype][0].size, size=shape)
    inputs = [lay_out(draws, a[which]) for a in inputs_of(name, *OPERANDS[dtype])]
    if is_sum(name):
        check_sum(draws, name, inputs)
        return

    in_place = ROWS[name].form.kind == "in_place"
    value_name = ROWS[name].activation.name if in_place else name
    alphas = alphas_of(value_name)
    which_alpha = draws.integers(len(alphas), size=(10, 1) if len(shape) == 2 else ())
    if draws.random() < 0.5:
        which_alpha = int(which_alpha.flat[0])
    expected = EXPECTED[value_name, dtype][which_alpha, which]
    arguments = arguments_of(name, alphas[which_alpha].astype(expected.dtype))
    if isinstance(which_alpha, int):
        number = float(alphas[which_alpha])
        defaults = [p.default for p in ROWS[name].activation.parameters]
        is_default = defaults == [number]
        arguments = () if is_default else arguments_of(name, number)
    with np.errstate(over="ignore"):
        if in_place:
            result = getattr(relu_fast, name)(*inputs, *arguments)
            assert result is inputs[0], "not in place"
        else:
            result, expected = call(draws, getattr(relu_fast, name), inputs, arguments, expected)
        expected = expected.astype(result.dtype)
    assert result.shape == expected.shape, (name, result.shape)
    same = reference.bits(native(result)) == reference.bits(native(expected))
    assert same.all(), (name, dtype, shape, arguments, np.argwhere(~same)[:5])


def call(draws, function, inputs, arguments, expected):
    """With one of the forms of out=, or without; returns the result and what it should be."""
    out = lay_out(draws, np.full_like(expected, 7))
    form = draws.integers(6)
    if form == 0:
        return function(*inputs, *arguments, out=out), expected
    if form == 1:
        return function(*inputs, *arguments, out=(out,)), expected
    if form == 2:  # in place
        return function(*inputs, *arguments, out=inputs[-1]), expected
    if form == 3:
        where = draws.random(expected.shape) < 0.5
        return function(*inputs, *arguments, out=out, where=where), np.where(where, expected, 7)
    if form == 4:
        with relu_fast.num_threads(int(draws.integers(1, THREADS + 1))):
            return function(*inputs, *arguments), expected
    return function(*inputs, *arguments), expected


def native(array):
    return array.astype(array.dtype.newbyteorder("="))


def check_sum(draws, name, inputs):
    """A sum does not depend on the layout of the arrays, nor on the threads."""
    function, dtype = getattr(relu_fast, name), inputs[0].dtype.newbyteorder("=")
    shape = (10, 1) if inputs[0].ndim == 2 and draws.random() < 0.5 else ()
    alpha = np.ones(shape, dtype)
    result = function(*inputs, alpha)
    with relu_fast.num_threads(1):
        alone = function(*map(np.ascontiguousarray, inputs), alpha)
    assert np.array_equal(reference.bits(result), reference.bits(alone)), (name, inputs[0].shape)


# ---- A round -----------------------------------------------------------------


def make_calls(seed, number, failures):
    """Each caller and each child has draws of its own."""
    draws = np.random.default_rng([seed, number])
    for done in range(CALLS):
        try:
            check_call(draws)
        except BaseException:
            failures.append(f"caller {number}, call {done}:\n{traceback.format_exc()}")
            return


def start_child(seed, number):
    child = os.fork()
    if not child:
        signal.alarm(CHILD_SECONDS)
        failures = []
        make_calls(seed, number, failures)
        print(*failures, sep="\n", end="", file=sys.stderr, flush=True)
        os._exit(bool(failures))
    return child


def run_round(seed):
    """Return what failed."""
    failures = []
    callers = [
        threading.Thread(target=make_calls, args=(seed, number, failures))
        for number in range(CALLERS)
    ]
    for caller in callers:
        caller.start()
    children = [start_child(seed, CALLERS + number) for number in range(CHILDREN)]
    for caller in callers:
        caller.join()
    statuses = [os.waitpid(child, 0)[1] for child in children]
    return failures + [f"a child ended with status {status}" for status in statuses if status]


# ---- What it leaves behind ---------------------------------------------------


def memory():
    """Bytes that this process has in memory, without what the C library keeps for reuse."""
    ctypes.CDLL(None).malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def os_threads(most=0):
    """How many there are; as soon as `most` are left, for a joined one may be about to end."""
    until = time.monotonic() + (10 if most else 0)
    while (count := len(os.listdir("/proc/self/task"))) > most and time.monotonic() < until:
        time.sleep(0.01)
    return count


def judge(samples):
    """Print how memory developed after the warm-up; return whether it stayed."""
    kept = samples[int(WARM_UP * len(samples)) :]
    quarter = max(1, len(kept) // 4)
    first, last = (
        statistics.median(m for _, m in part) for part in (kept[:quarter], kept[-quarter:])
    )
    slope = statistics.linear_regression(*zip(*kept, strict=True)).slope if len(kept) > 1 else 0
    print(f"memory after the warm-up {first / 2**20:.1f} MiB, at the end {last / 2**20:.1f} MiB, "
          f"{slope:+.1f} bytes a call")  # fmt: skip
    return last - first <= MOST_GROWTH


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=random.randrange(2**31), help="of round 1")
    options = parser.parse_args()

    check_expected(OPERANDS)
    relu_fast.set_num_threads(THREADS)
    most_threads = os_threads() + THREADS - 1
    print(f"relu_fast {relu_fast.__version__}, {relu_fast.config()['isa']}; seed {options.seed}")
    calls, samples = 0, []
    until = time.monotonic() + 60 * options.minutes
    for seed in range(options.seed, sys.maxsize):
        failures = run_round(seed)
        calls += CALLS * (CALLERS + CHILDREN)
        samples.append((len(samples) * CALLS * CALLERS, memory()))
        threads = os_threads(most_threads)
        if threads > most_threads:
            failures.append(f"{threads} threads, expected {most_threads} at most")
        if failures:
            print(*failures, f"again: --seed {seed}", sep="\n", file=sys.stderr)
            return 1
        if time.monotonic() > until:
            break
    print(f"{calls:,} calls in {len(samples)} rounds of {CALLERS} threads and {CHILDREN} children, "
          f"{threads} threads left")  # fmt: skip
    return 0 if judge(samples) else 1


if __name__ == "__main__":
    sys.exit(main())
