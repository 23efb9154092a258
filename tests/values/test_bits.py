"""An element's result does not depend on ISA, threads, length, place, layout or call path.

One walk over all of these: `check` makes a call and compares it, bit for bit, with the
baseline ISA given one element at a time.  Every pair of values of all factors is walked,
and every combination for arrays of up to three vectors.
"""

import functools
import itertools
from typing import NamedTuple

import numpy as np
import pytest
from support import covering, team
from support.dtypes import INSTALLED
from support.functions import SINGLE, arrays, of_each_shape, parameters
from support.programs import linux, openmp
from support.reference import bits, points

import relu_fast
from relu_fast import _ufuncs
from relu_fast._catalog import FUNCTIONS

ISAS = relu_fast.config()["isas_supported"]
UFUNCS = sorted(function.name for function in of_each_shape(SINGLE))
THREADS = (1, 2, 3, 7)

VECTOR_BYTES = 64  # of the widest ISA; all work in blocks of this size
CACHE_BYTES = 1 << 16  # what "streamed" takes for the size of the cache
EDGES = {  # where src/c begins to go another way, in bytes of an operand
    "STREAM_BYTES": 512,
    "STEPPED_BYTES": 1024,
    "LONG_ROW_BYTES": 2048,
    "BUFFER_BYTES": 4096,
    "ALIGN_BYTES": 8192,
    "AT_ONCE_BYTES": 16384,
    "the cache, two arrays": CACHE_BYTES // 2,
    "the cache, three arrays": CACHE_BYTES // 3,
    "PER_THREAD, exponentials": 65 << 10,
    "PER_THREAD, moves": 210 << 10,
    "WAKE, exponentials": 1539 << 10,
    "WAKE, moves": 5000 << 10,
}
# As bytes and elements together: 0 and a prime, or an edge and its neighbours.
LENGTHS = [(0, prime) for prime in (61, 127, 257, 1009, 8191, 65537)]
LENGTHS += itertools.product(EDGES.values(), (-1, 0, 1))
SHORT = [(0, length) for length in range(3 * VECTOR_BYTES // 4 + 2)]


# ---- A case ------------------------------------------------------------------


def spaced(values, offset, step, start=0, dtype=None):
    """`values` in memory of their own, `step` bytes apart, from `start` + `offset` elements on."""
    dtype = np.dtype(dtype or values.dtype)
    start += offset * dtype.itemsize
    memory = np.zeros(start + len(values) * abs(step) + dtype.itemsize, np.uint8)
    if step < 0:
        start += (len(values) - 1) * -step if len(values) else 0
    view = np.ndarray(len(values), dtype, memory, start, (step,))
    view[...] = values
    return view


LAYOUTS = {
    "step 1": lambda values, offset: spaced(values, offset, values.itemsize),
    "step 2": lambda values, offset: spaced(values, offset, 2 * values.itemsize),
    "step -1": lambda values, offset: spaced(values, offset, -values.itemsize),
    "step 0": lambda values, offset: np.broadcast_to(
        spaced(values, offset, values.itemsize)[:1], len(values)
    ),
    "odd bytes": lambda values, offset: spaced(values, offset, values.itemsize + 1, start=1),
    "byte-swapped": lambda values, offset: spaced(
        values, offset, values.itemsize, dtype=values.dtype.newbyteorder()
    ),
}
NUMPYS = ("odd bytes", "byte-swapped")  # NumPy copies these into buffers first


class Case(NamedTuple):
    function: str
    dtype: str
    isa: str
    threads: int
    length: tuple[int, int]  # bytes, elements
    offset: int
    layout: str  # of the first array, and of the output where it goes with that
    others: str  # the layout of the other operands
    alpha: str
    output: str
    path: str
    stores: str

    def __str__(self):
        length = "{}B{:+}".format(*self.length)
        return "-".join(map(str, self._replace(length=length))).replace(" ", "_")


FACTORS = Case(
    function=UFUNCS,
    dtype=INSTALLED,
    isa=ISAS,
    threads=THREADS,
    length=LENGTHS,
    offset=(0, 1, 3, 7),
    layout=tuple(LAYOUTS),
    others=("alike", "step 1 each", "step -1 each"),
    alpha=("number", "array"),
    output=("fresh", "given", "given, alike", "in place", "one further"),
    path=("direct", "NumPy's", "where="),
    stores=("stored", "streamed"),
)


def possible(a, b):
    """An output whose elements share one place has no one result."""
    return {a, b}.isdisjoint({"step 0"}) or {a, b}.isdisjoint(
        {"given, alike", "in place", "one further"}
    )


@functools.cache
def data(dtype):
    """x, g, alpha: as many each; the special values of each meet ordinary ones of the others."""
    x = points(dtype)
    few = [0.3, 1.0, -0.5, 0.0, 2.0, -0.0, np.inf, 1e-30, np.nan, 0.01, 1e30]
    with np.errstate(over="ignore"):
        few = np.array(few).astype(dtype)
    return x, np.roll(x, 311), np.resize(few, len(x))


def operands_of(function, dtype, places, alpha):
    x, g, alphas = (values[places] for values in data(dtype))
    function = FUNCTIONS[function]
    given = parameters(function, alphas if alpha == "array" else 0.3)
    return [*arrays(function, x, g), *given]


@functools.cache
def baseline(function, dtype, alpha):
    """Bits of the results on the baseline ISA, of one element at a time."""
    size = len(data(dtype)[0])
    active = relu_fast.config()["isa"]
    _ufuncs.select_isa(ISAS[-1])
    _ufuncs.set_fast_path(True)
    results = np.empty(size, dtype)
    for i in range(size):
        operands = operands_of(function, dtype, slice(i, i + 1), alpha)
        getattr(relu_fast, function)(*operands, out=results[i : i + 1])
    _ufuncs.select_isa(active)
    return bits(results)


@pytest.fixture(autouse=True)
def _defaults():
    active = relu_fast.config()["isa"]
    yield
    _ufuncs.select_isa(active)
    _ufuncs.set_fast_path(True)
    _ufuncs.set_cache_bytes(0)


def check(case, first):
    """Make the call of this case, from point `first` on; return whether the bits are right."""
    length = case.length[0] // np.dtype(case.dtype).itemsize + case.length[1]
    places = np.arange(first, first + length + 1) % len(data(case.dtype)[0])
    if case.layout == "step 0":
        places[:] = places[0]
    expected = baseline(case.function, case.dtype, case.alpha)[places[:-1]]

    def lay_out(values, layout):
        return LAYOUTS[layout](values, case.offset)

    others = case.layout if case.others == "alike" else case.others.removesuffix(" each")
    values = operands_of(case.function, case.dtype, places, case.alpha)
    memory = lay_out(values[0], case.layout)
    operands = [memory[:-1]]
    operands += [lay_out(v[:-1], others) if np.ndim(v) else v for v in values[1:]]
    out = {
        "fresh": lambda: None,
        "given": lambda: lay_out(np.full(length, 9, case.dtype), "step 1"),
        "given, alike": lambda: lay_out(np.full(length, 9, case.dtype), case.layout),
        "in place": lambda: operands[0],
        "one further": lambda: memory[1:],  # what NumPy promises: as if x had been copied
    }[case.output]()
    keywords = {} if out is None else {"out": out}
    if case.path == "where=":
        mask = np.arange(length) % 3 != 1
        keywords = {"out": out, "where": mask}
        # Of a fresh result, nobody wrote the rest.
        before = np.empty(0) if out is None else bits(out.astype(case.dtype))

    is_plain = {case.layout, others}.isdisjoint(NUMPYS) and case.output != "one further"
    _ufuncs.select_isa(case.isa)
    _ufuncs.set_fast_path(case.path == "direct", only=case.path == "direct" and is_plain)
    _ufuncs.set_cache_bytes(CACHE_BYTES if case.stores == "streamed" else 1 << 40)
    function = getattr(relu_fast, case.function)
    with relu_fast.num_threads(case.threads):
        if case.threads > 1:
            team.wake()
        got = function(*operands, **keywords)
    got = bits(got.astype(case.dtype))
    if case.path == "where=":
        expected = np.where(mask, expected, got if out is None else before)
    return (got == expected).all()


# ---- The walk ----------------------------------------------------------------

COVERING = [Case(*case) for case in covering.cases(FACTORS, possible)]


def test_every_pair_is_covered():
    for i, j in itertools.combinations(range(len(FACTORS)), 2):
        wanted = {pair for pair in itertools.product(FACTORS[i], FACTORS[j]) if possible(*pair)}
        assert {(case[i], case[j]) for case in COVERING} == wanted


@pytest.mark.parametrize(("number", "case"), list(enumerate(COVERING)), ids=map(str, COVERING))
def test_every_pair(number, case):
    assert check(case, first=number)


@pytest.mark.sanitizer
@pytest.mark.parametrize("dtype", INSTALLED)
@pytest.mark.parametrize("function", UFUNCS)
def test_every_short_array(function, dtype, some_isa):
    """What does not meet the length of an array takes turns, and so do the two dtypes."""
    turns = itertools.cycle(
        itertools.product(FACTORS.offset, FACTORS.others, FACTORS.alpha, FACTORS.stores)
    )
    walk = itertools.product(SHORT, FACTORS.layout, FACTORS.output, FACTORS.path)
    wrong = []
    for first, (length, layout, output, path) in enumerate(walk):
        if first // len(FACTORS.path) % len(INSTALLED) != INSTALLED.index(dtype):
            continue
        if possible(layout, output):
            offset, others, alpha, stores = next(turns)
            case = Case(
                function,
                dtype,
                some_isa,
                1,
                length,
                offset,
                layout,
                others,
                alpha,
                output,
                path,
                stores,
            )
            if not check(case, first):
                wrong.append(str(case))
    assert not wrong


@linux
@openmp
@pytest.mark.parametrize("threads", THREADS[1:])
def test_the_threads_of_the_walk_work(threads):
    _ufuncs.set_cache_bytes(1 << 40)
    x = np.ones(EDGES["PER_THREAD, moves"], np.float32)  # four times what two threads are for

    def call(out):
        with relu_fast.num_threads(threads):
            team.wake()
            relu_fast.relu(x, out=out)

    assert team.take_part(call, x)
