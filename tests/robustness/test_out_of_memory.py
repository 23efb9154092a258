"""Without memory: MemoryError and nothing changed, or the right result on fewer threads."""

import ctypes
import os
import platform
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from support import team
from support.programs import openmp, output_of

import relu_fast
from relu_fast import _ufuncs

pytestmark = pytest.mark.version

SHIM = Path(__file__).parents[1] / "support" / "failing_malloc.c"
COMPILER = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
MODULE = Path(_ufuncs.__file__)
# calloc is left out: it is used at import only.
REQUESTS = {"malloc", "realloc", "aligned_alloc", "posix_memalign", "pthread_create"}

glibc_only = pytest.mark.skipif(
    not COMPILER or platform.libc_ver()[0] != "glibc",
    reason="needs a C compiler and glibc",
)


def calls():
    """(label, a call, the arrays that it may change): every way to ask for memory."""
    x = np.linspace(-3, 3, 24).astype(np.float32)
    matrix = np.asfortranarray(np.linspace(-3, 3, 40000).reshape(200, 200))
    large = np.full(1 << 20, -1.5, np.float32)
    out, twin = np.full_like(x, 7), x.copy()
    alpha = np.linspace(0, 1, 4)
    elu, prelu = relu_fast.elu, relu_fast.prelu
    gradient = relu_fast.prelu_alpha_backward
    yield "fresh", lambda: relu_fast.relu(x), ()
    yield "two dimensions", lambda: elu(x.reshape(4, 6).T, 0.5), ()
    yield "a scalar", lambda: elu(x[3:4].reshape(()), 0.5), ()
    yield "the iterator's order", lambda: elu(matrix, alpha[:1]), ()
    yield "out", lambda: elu(x, 0.5, out=out), (out,)
    yield "alpha by keyword", lambda: elu(x, alpha=0.5, where=True), ()
    yield "default alpha", lambda: elu(x, dtype="float64"), ()
    yield "lists", lambda: prelu([1.0, -2.0], [0.5, 0.25]), ()
    yield "converted", lambda: prelu(x.reshape(6, 4), alpha, out=out.reshape(6, 4)), (out,)
    yield "in place", lambda: relu_fast.prelu_(twin, 0.5), (twin,)
    yield "partial sums", lambda: gradient(large, large, 0.5), ()
    yield "sums of columns", lambda: gradient(matrix, matrix, matrix[0]), ()
    yield "sums of lists", lambda: gradient([1, 2], [-1, -2], np.float16(1)), ()
    yield "control", lambda: [relu_fast.num_threads(1).n, relu_fast.get_num_threads()], ()
    yield "team", lambda: relu_fast.elu_(large, 0.5), (large,)


def attempt(call, n, only_ours=False):
    """Makes a call whose n-th request fails; returns its result, or None, and what failed."""
    shim = ctypes.CDLL(None)
    shim.stop.restype = ctypes.c_char_p
    result = None
    try:
        shim.fail_at(n, MODULE.name.encode() if only_ours else None)
        result = call()
    except MemoryError:
        pass
    except SystemError as error:  # NumPy's iterator forgets to say which
        if "numpy.nditer" not in str(error) or b"umath" not in (shim.stop() or b""):
            raise
    return result, shim.stop()


def in_a_new_thread(*arguments):
    """What a module keeps for each thread may be made when it is first used."""
    results = []

    def run():
        # NumPy's, and that of clang's OpenMP: without memory for it, glibc aborts.
        np.nditer([np.exp(np.ones(3))])
        relu_fast.get_num_threads()
        results.append(attempt(*arguments))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return results[0]


def exhaust(call, arrays, threads=1, attempt=attempt):
    """Makes each request of a call fail in turn; returns what these were."""
    before = [array.copy() for array in arrays]
    relu_fast.set_num_threads(1)
    expected = np.copy(call())
    after = [array.copy() for array in arrays]
    relu_fast.set_num_threads(threads)
    sites, n = [], 1
    while True:
        for array, values in zip(arrays, before, strict=True):
            array[...] = values
        # What Python asks for differs from call to call; a team grows once.
        result, site = attempt(call, n) if threads == 1 else attempt(call, n, only_ours=True)
        for array, values in zip(arrays, before if result is None else after, strict=True):
            assert array.tobytes() == values.tobytes(), (n, site)
        if result is not None:
            assert np.copy(result).tobytes() == expected.tobytes(), (n, site)
        if site:
            n += 1
            sites.append(site.decode())
        elif threads == 1 or team.count() == threads - 1:
            assert result is not None
            for array, values in zip(arrays, before, strict=True):
                array[...] = values
            return sites
        else:
            time.sleep(0.01)  # calls do without while the machine is busy


def exhaust_all():
    """(label, requests) of all calls; each in the main thread and in new ones."""
    for label, call, arrays in calls():
        yield label, exhaust(call, arrays)
        yield f"{label}, new thread", exhaust(call, arrays, attempt=in_a_new_thread)
    # The team grows with each of these, once no request for that fails.
    for threads in (2, 3, 4):
        yield f"{threads} threads", exhaust(call, arrays, threads)


@glibc_only
@openmp
def test_every_request_for_memory_may_fail(tmp_path):
    library = tmp_path / "failing_malloc.so"
    subprocess.run([COMPILER, "-shared", "-fPIC", "-o", library, SHIM, "-ldl"], check=True)
    ran = subprocess.run(
        [sys.executable, __file__],
        env=os.environ
        | {
            "LD_PRELOAD": str(library),
            "PYTHONMALLOC": "malloc",
            "PYTHONPATH": str(SHIM.parents[1]),
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    reached = {
        line.split("\t")[1] for line in ran.stdout.splitlines() if line.endswith(MODULE.name)
    }
    assert reached == {name for name in REQUESTS if f"\0{name}\0".encode() in MODULE.read_bytes()}


LIMITED = """
import resource, time
from pathlib import Path
import numpy as np, relu_fast, team

x = np.full(1 << 22, -1.5, np.float32)
out, many = np.full_like(x, 7), np.broadcast_to(x[:1], (1 << 31, 1 << 10))
used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
limits = resource.getrlimit(resource.RLIMIT_AS)
resource.setrlimit(resource.RLIMIT_AS, (used + (1 << 20), limits[1]))
relu_fast.set_num_threads(4)

def refused(call, *arguments):
    try:
        call(*arguments)
    except MemoryError as error:
        return bool(str(error))

# No stack for a thread: one computes.
assert relu_fast.leaky_relu(x, 0.5, out=out) is out
assert out.min() == out.max() == -0.75
until = time.monotonic() + 10
while relu_fast.get_num_threads() > 1 and time.monotonic() < until:
    time.sleep(0.001)  # until it is known that there can be no more
assert relu_fast.get_num_threads() == 1
assert not team.members()
assert relu_fast.prelu_alpha_backward(x, x, 0.5) == 2.25 * x.size
# No memory for a result, for sums, for a conversion.
assert refused(relu_fast.relu, x)
assert refused(relu_fast.prelu, x.reshape(2048, -1).T, out.reshape(2048, -1))
assert refused(relu_fast.prelu_alpha_backward, many, many, 0.5)
assert refused(relu_fast.elu_alpha_backward, x, x, np.float64(1))
assert x.min() == x.max() == -1.5 and out.min() == out.max() == -0.75
resource.setrlimit(resource.RLIMIT_AS, limits)
for _ in range(1000):
    assert (relu_fast.relu(x) == 0).all()
    if team.count() == 3:
        break
else:
    raise AssertionError("no threads, although there is memory again")
assert relu_fast.get_num_threads() == 4
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
@openmp
def test_limited_address_space():
    output_of(LIMITED)


SMALL_STACK = """
import threading
import numpy as np, relu_fast

x = np.full((300, 500), -1.5, np.float32)

def call_all():
    for y in (x, x.T, x[:, ::2], x[::-1, :3]):
        relu_fast.elu(y, 0.5)
        relu_fast.elu_backward(y, y, y.copy())
        relu_fast.elu(y.copy(), alpha=0.5, where=True)
        for alpha in (0.5, y[0], y[:, :1]):
            relu_fast.elu_alpha_backward(y, y.copy("F"), alpha)
    print("done")

threading.stack_size(256 * 1024)
thread = threading.Thread(target=call_all)
thread.start()
thread.join()
"""


def test_threads_with_little_stack():
    """A quarter of a mebibyte is enough: buffers of the engine and the sums lie there."""
    ran = subprocess.run(
        [sys.executable, "-c", SMALL_STACK],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (ran.returncode, ran.stdout) == (0, "done\n"), ran.stderr


if __name__ == "__main__":
    for label, requests in exhaust_all():
        for request in requests:
            print(label, *request.split(), sep="\t", flush=True)
