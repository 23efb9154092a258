"""How many threads, and who decides."""

import asyncio
import contextvars
import os
import shutil
import subprocess
import threading
from pathlib import Path

import numpy as np
import pytest
from support.programs import linux, openmp, output_of, run

import relu_fast

pytestmark = [pytest.mark.version, pytest.mark.coverage]

MOST = 4 * (os.cpu_count() or 1)


@pytest.fixture(autouse=True)
def _default_threads():
    yield
    relu_fast.set_num_threads(None)


# ---- Set and asked here ------------------------------------------------------


@openmp
def test_set_and_get():
    relu_fast.set_num_threads(3)
    assert relu_fast.get_num_threads() == relu_fast.config()["threads"] == 3
    relu_fast.set_num_threads(np.int64(1))
    assert relu_fast.get_num_threads() == 1
    relu_fast.set_num_threads(None)
    assert 1 <= relu_fast.get_num_threads() <= len(os.sched_getaffinity(0))


@pytest.mark.skipif(bool(relu_fast.config()["openmp"]), reason="built with OpenMP")
def test_one_thread_without_openmp():
    relu_fast.set_num_threads(2)
    assert relu_fast.get_num_threads() == relu_fast.config()["threads"] == 1


@linux
@openmp
def test_config_names_the_runtime():
    path = relu_fast.config()["openmp"]
    assert f"{os.path.realpath(path)}\n" in Path("/proc/self/maps").read_text()


# ---- num_threads: of one context ---------------------------------------------


@openmp
def test_context_manager_nests_and_is_undone_by_an_error():
    relu_fast.set_num_threads(2)
    with relu_fast.num_threads(3):
        assert relu_fast.get_num_threads() == 3
        with relu_fast.num_threads(1) as inner:
            assert relu_fast.get_num_threads() == 1
            with inner:
                assert relu_fast.get_num_threads() == 1
        assert relu_fast.get_num_threads() == 3
    with pytest.raises(KeyError), relu_fast.num_threads(1):
        raise KeyError
    assert relu_fast.get_num_threads() == 2


def in_a_thread(function):
    returned = []
    thread = threading.Thread(target=lambda: returned.append(function()))
    thread.start()
    thread.join()
    return returned[0]


@openmp
def test_context_manager_is_of_one_python_thread():
    relu_fast.set_num_threads(2)
    with relu_fast.num_threads(1):
        assert in_a_thread(relu_fast.get_num_threads) == 2
        here = contextvars.copy_context()
        assert in_a_thread(lambda: here.run(relu_fast.get_num_threads)) == 1


@openmp
def test_one_context_manager_in_two_threads():
    """Each leaves its own block, whoever entered last."""
    relu_fast.set_num_threads(2)
    shared, entered, left = relu_fast.num_threads(3), threading.Event(), threading.Event()
    seen = []

    def work():
        with relu_fast.num_threads(1):
            with shared:
                entered.set()
                left.wait()
            seen.append(relu_fast.get_num_threads())

    thread = threading.Thread(target=work)
    with shared:
        thread.start()
        entered.wait()
    seen.append(relu_fast.get_num_threads())
    left.set()
    thread.join()
    assert seen == [2, 1]


@openmp
def test_context_manager_is_of_one_asyncio_task():
    relu_fast.set_num_threads(2)
    seen = []

    async def task(n):
        with relu_fast.num_threads(n):
            for _ in range(3):
                await asyncio.sleep(0)
                seen.append((n, relu_fast.get_num_threads()))

    async def main():
        tasks = asyncio.gather(*(task(n) for n in (1, 3, 4)))
        await asyncio.sleep(0)
        seen.append((2, relu_fast.get_num_threads()))
        await tasks
        with relu_fast.num_threads(1):
            seen.append((1, await asyncio.to_thread(relu_fast.get_num_threads)))
            inheriting = asyncio.create_task(asyncio.sleep(0, relu_fast.get_num_threads()))
        seen.append((1, await inheriting))

    asyncio.run(main())
    assert len(seen) == 12
    assert all(asked == got for asked, got in seen)


@openmp
def test_block_left_in_another_context():
    """As the generators do that asyncio closes."""

    def generator():
        with relu_fast.num_threads(1):
            yield relu_fast.get_num_threads()

    relu_fast.set_num_threads(2)
    entered = generator()
    assert contextvars.copy_context().run(next, entered) == 1
    assert relu_fast.get_num_threads() == 2
    entered.close()
    assert relu_fast.get_num_threads() == 2


@openmp
def test_block_that_ends_before_those_in_it():
    """Each ends itself, whichever was entered last."""
    relu_fast.set_num_threads(2)
    outer, middle, inner = (relu_fast.num_threads(n) for n in (1, 3, 1))
    for block in (outer, middle, inner):
        block.__enter__()
    seen = []
    for block in (middle, outer, inner, inner):
        block.__exit__()
        seen.append(relu_fast.get_num_threads())
    assert seen == [1, 1, 2, 2]
    for block in (inner, middle):
        block.__enter__()
    inner.__exit__()
    assert relu_fast.get_num_threads() == 3
    middle.__exit__()
    assert relu_fast.get_num_threads() == 2


TWO_TASKS = """
import asyncio, numpy as np, relu_fast, team

x = np.linspace(-8, 8, team.LARGE)

async def serial():
    with relu_fast.num_threads(1):
        await asyncio.sleep(0)  # the other task enters its block on this C thread
        {call}
        print(len(team.members()))
        await asyncio.sleep(0)

async def threaded():
    with relu_fast.num_threads(3):
        await asyncio.sleep(0)
        {call}
        print(team.count_once_there(2))

async def main():
    await asyncio.gather(serial(), threaded())

asyncio.run(main())
"""


@linux
@openmp
@pytest.mark.parametrize(
    "call",
    [
        "relu_fast.elu(x)",
        "relu_fast.elu_(x)",
        "relu_fast.elu(x, casting='unsafe')",  # by NumPy's machinery
        "relu_fast.elu_alpha_backward(x, x, 1.0)",
    ],
)
def test_calls_heed_the_task_that_they_are_made_in(call):
    assert output_of(TWO_TASKS.format(call=call)).split() == ["0", "2"]


# ---- num_threads: of a function ----------------------------------------------


@openmp
def test_decorated_functions():
    """Each call is in a block of its own, and one within another, too."""
    relu_fast.set_num_threads(2)

    @relu_fast.num_threads(1)
    def serial(depth, *, then=relu_fast.get_num_threads):
        """Documented."""
        return serial(depth - 1, then=then) if depth else then()

    class Class:
        @relu_fast.num_threads(3)
        def method(self):
            return relu_fast.get_num_threads()

    assert serial(3) == 1
    assert serial(0, then=Class().method) == 3
    assert (serial.__name__, serial.__doc__) == ("serial", "Documented.")
    with pytest.raises(ZeroDivisionError):
        serial(0, then=lambda: 1 / 0)
    assert relu_fast.get_num_threads() == 2


@openmp
def test_decorated_coroutines():
    relu_fast.set_num_threads(2)

    @relu_fast.num_threads(1)
    async def serial():
        await asyncio.sleep(0)
        return relu_fast.get_num_threads()

    async def main():
        return await asyncio.gather(serial(), asyncio.sleep(0, relu_fast.get_num_threads()))

    assert asyncio.run(main()) == [1, 2]
    assert relu_fast.get_num_threads() == 2


def test_what_cannot_be_decorated():
    def generator():
        yield

    async def asynchronous():
        yield

    for function in (generator, asynchronous):
        with pytest.raises(TypeError, match=rf"^num_threads: {function.__name__} is a generator"):
            relu_fast.num_threads(1)(function)
    with pytest.raises(TypeError, match=r"^num_threads: expected a function, not int"):
        relu_fast.num_threads(1)(1)


# ---- The environment and the machine -----------------------------------------

# The number that is said, and the number of members that a large call starts.
PRINT = "import relu_fast, team; print(relu_fast.get_num_threads(), team.started());"


def said(*numbers):
    """What PRINT prints if calls may use so many threads, one number after another."""
    return "\n".join(f"{n} {max(numbers[: i + 1]) - 1}" for i, n in enumerate(numbers))


@linux
@openmp
@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, None),
        ({"RELU_FAST_NUM_THREADS": ""}, None),
        ({"RELU_FAST_NUM_THREADS": "1"}, 1),
        ({"RELU_FAST_NUM_THREADS": "3"}, 3),
        ({"OMP_NUM_THREADS": "1"}, 1),
        ({"OMP_NUM_THREADS": "1,2"}, 1),
        ({"OMP_NUM_THREADS": str(MOST)}, None),
        ({"OMP_NUM_THREADS": "1", "RELU_FAST_NUM_THREADS": "2"}, 2),
    ],
)
def test_environment(environment, expected):
    ran = run("-c", PRINT, **environment)
    assert ran.stderr == ""
    assert ran.stdout.strip() == said(expected or relu_fast.get_num_threads())


@pytest.mark.parametrize("given", [MOST + 1, 10**30])
def test_too_many_in_the_environment(given):
    ran = run(
        "-c",
        "import relu_fast; print(relu_fast.get_num_threads())",
        RELU_FAST_NUM_THREADS=str(given),
    )
    assert ran.returncode == 0, ran.stderr
    assert int(ran.stdout) == (MOST if relu_fast.config()["openmp"] else 1)
    (warning,) = [line for line in ran.stderr.splitlines() if "Warning" in line]
    assert f"RuntimeWarning: environment variable RELU_FAST_NUM_THREADS: {given} threads" in warning


@pytest.mark.parametrize("bad", ["0", "-2", "two", "1.5", "2 3"])
def test_nonsense_in_the_environment_is_loud(bad):
    ran = run("-c", "import relu_fast", RELU_FAST_NUM_THREADS=bad)
    assert ran.returncode != 0
    assert "RELU_FAST_NUM_THREADS" in ran.stderr.splitlines()[-1]
    assert bad in ran.stderr.splitlines()[-1]


@linux
@openmp
def test_precedence():
    program = (
        f"{PRINT} relu_fast.set_num_threads(3); {PRINT}\n"
        f"with relu_fast.num_threads(4): {PRINT} relu_fast.set_num_threads(1); {PRINT}\n"
        f"{PRINT} relu_fast.set_num_threads(None); {PRINT}"
    )
    printed = output_of(program, OMP_NUM_THREADS="1", RELU_FAST_NUM_THREADS="2")
    assert printed == said(2, 3, 4, 4, 1, 1)


@linux
@openmp
def test_affinity_mask():
    """Heeded at each call, but not against a number that was asked for."""
    program = (
        "import os; cpus = sorted(os.sched_getaffinity(0));"
        f"os.sched_setaffinity(0, cpus[:1]); {PRINT}"
        f"relu_fast.set_num_threads({MOST}); {PRINT}"
    )
    assert output_of(program) == said(1, MOST)
    program = (
        f"{PRINT} import os; cpus = sorted(os.sched_getaffinity(0));"
        f"os.sched_setaffinity(0, cpus[:1]); {PRINT} os.sched_setaffinity(0, cpus); {PRINT}"
    )
    available = relu_fast.get_num_threads()
    assert output_of(program) == said(available, 1, available)


# fopen of another root, for what is read of cgroups.
OTHER_ROOT = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

FILE *fopen(const char *path, const char *mode)
{
    FILE *(*of_libc)(const char *, const char *) = dlsym(RTLD_NEXT, "fopen");
    char other[4096];
    snprintf(other, sizeof other, "%s%s", getenv("OTHER_ROOT"), path);
    return of_libc(strstr(path, "cgroup") ? other : path, mode);
}

FILE *fopen64(const char *path, const char *mode)
{
    return fopen(path, mode);
}
"""


@pytest.fixture(scope="module")
def other_root(tmp_path_factory):
    """A library for LD_PRELOAD."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if not compiler:
        pytest.skip("no C compiler")
    library = tmp_path_factory.mktemp("preload") / "other_root.so"
    subprocess.run(
        [compiler, "-x", "c", "-", "-shared", "-fPIC", "-o", library, "-ldl"],
        input=OTHER_ROOT.encode(),
        check=True,
    )
    return str(library)


def in_cgroup(library, root, program, files, **environment):
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text + "\n")
    return output_of(program, LD_PRELOAD=library, OTHER_ROOT=str(root), **environment)


NESTED = {"proc/self/cgroup": "1:cpu:/else\n0::/a/b"}
ROOT = {"proc/self/cgroup": "0::/"}
OLD = {"proc/self/cgroup": "4:memory:/else\n3:cpuset:/else\n2:cpuacct,cpu:/a\n1:name=systemd:/"}
OLD_A, OLD_ELSE, OLD_TOP = (f"sys/fs/cgroup/cpu/{group}cpu.cfs_" for group in ("a/", "else/", ""))
AB, A, TOP = (f"sys/fs/cgroup/{group}cpu.max" for group in ("a/b/", "a/", ""))


@linux
@openmp
@pytest.mark.parametrize(
    ("files", "most"),
    [
        (NESTED | {AB: "100000 100000"}, 1),
        (NESTED | {A: "50000 100000", AB: "max 100000"}, 1),
        (NESTED | {AB: "120000 100000"}, 2),
        (ROOT | {TOP: "100000 100000"}, 1),
        (NESTED | {TOP: "100000 100000"}, 1),
        (ROOT | {TOP: "no number"}, MOST),
        (ROOT | {TOP: "100000 0"}, MOST),
        ({TOP: "100000 100000"}, MOST),
        (OLD | {OLD_A + "quota_us": "100000", OLD_A + "period_us": "100000"}, 1),
        (OLD | {OLD_A + "quota_us": "-1", OLD_A + "period_us": "100000"}, MOST),
        (OLD | {OLD_TOP + "quota_us": "120000", OLD_TOP + "period_us": "100000"}, 2),
        (OLD | {OLD_A + "quota_us": "50000"}, MOST),
        (OLD | {TOP: "100000 100000"}, MOST),
        # Both versions at once, as systemd mounts them.
        (NESTED | {OLD_ELSE + "quota_us": "1000", OLD_ELSE + "period_us": "1000"}, 1),
    ],
)
def test_cgroup_quota(other_root, tmp_path, files, most):
    available = min(len(os.sched_getaffinity(0)), most)
    assert in_cgroup(other_root, tmp_path, PRINT, files) == said(available)


@linux
@openmp
def test_cgroup_quota_may_change_and_be_overridden(other_root, tmp_path):
    program = (
        f"{PRINT} import time; open({str(tmp_path / TOP)!r}, 'w').write('100000 100000');"
        f"time.sleep(1.1); {PRINT} relu_fast.set_num_threads(3); {PRINT}"
    )
    printed = in_cgroup(other_root, tmp_path, program, ROOT | {TOP: "max 100000"})
    assert printed == said(len(os.sched_getaffinity(0)), 1, 3)


@openmp
def test_threadpoolctl_limits_hold():
    threadpoolctl = pytest.importorskip("threadpoolctl")
    before = relu_fast.get_num_threads()
    with threadpoolctl.threadpool_limits(1):
        assert relu_fast.get_num_threads() == 1
        relu_fast.set_num_threads(2)
        if before > 1:
            assert relu_fast.get_num_threads() == 1
            with relu_fast.num_threads(3):
                assert relu_fast.get_num_threads() == 1
        relu_fast.set_num_threads(None)
    with threadpoolctl.threadpool_limits(MOST):
        assert relu_fast.get_num_threads() == before
    assert relu_fast.get_num_threads() == before


# A region of the OpenMP library that relu_fast has loaded, opened as compilers do it.
IN_A_REGION = """
import ctypes, re
import numpy as np, relu_fast, team

x = np.linspace(-8, 8, team.LARGE)
with relu_fast.num_threads(1):
    expected = relu_fast.elu(x)
relu_fast.set_num_threads(2)

@ctypes.CFUNCTYPE(None, ctypes.c_void_p)
def body(_):
    seen.append((relu_fast.get_num_threads(), (relu_fast.elu(x) == expected).all()))

seen = []
runtime = re.search(r"/\\S*/lib(?:gomp|omp|iomp)\\S*", open("/proc/self/maps").read())[0]
ctypes.CDLL(runtime).GOMP_parallel(body, None, 2, 0)
assert seen == [(1, True)] * 2, seen
assert not team.members()
assert relu_fast.get_num_threads() == 2
assert team.started() == 1
"""


@linux
@openmp
def test_serial_in_a_parallel_region_of_others():
    output_of(IN_A_REGION)


# ---- What happens at import, and in many threads -----------------------------

IMPORT = """
import ctypes, os, platform, signal, numpy
libc, libm = ctypes.CDLL(None), ctypes.CDLL("libm.so.6")

# What the process that started this one has imported, may have left to it.
os.sched_setaffinity(0, range(os.cpu_count()))
for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_DFL)

def environment():
    variables = ctypes.POINTER(ctypes.c_char_p).in_dll(libc, "environ")
    names = iter(variables)
    return [next(names) for _ in os.environ] + [next(names)]

def float_mode():
    state = ctypes.create_string_buffer(64)
    assert libm.fegetenv(state) == 0
    if platform.machine() == "x86_64":
        return state.raw[:2], int.from_bytes(state.raw[28:32], "little") & ~0x3F  # MXCSR
    return state.raw[:4]

def state():
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
    found = {key: status[key] for key in ("Threads", "SigBlk", "SigIgn", "SigCgt", "Cpus_allowed")}
    return found | {"environment": environment(), "floating-point mode": float_mode()}

before = state()
import relu_fast
changed = [name for name, value in state().items() if value != before[name]]
assert not changed, changed
"""


@linux
def test_import_starts_no_thread_and_changes_nothing():
    output_of(IMPORT)


MANY_THREADS = """
import os, threading
import numpy as np, relu_fast

x = np.linspace(-8, 8, 1 << 18)
with relu_fast.num_threads(1):
    expected = relu_fast.elu(x)
relu_fast.set_num_threads(3)
others, most, right, together = len(os.listdir("/proc/self/task")), 0, [], threading.Barrier(64)

def work():
    result = np.empty_like(x)
    together.wait()
    for _ in range(10):
        right.append(np.array_equal(relu_fast.elu(x, out=result), expected))

threads = [threading.Thread(target=work) for _ in range(64)]
for thread in threads:
    thread.start()
while len(right) < 640 and any(thread.is_alive() for thread in threads):
    most = max(most, len(os.listdir("/proc/self/task")))
for thread in threads:
    thread.join()
assert right == [True] * 640
assert 0 < most <= others + 64 + 1 + 2, most  # the leader, and two members
"""


@linux
def test_many_python_threads_at_once():
    output_of(MANY_THREADS)


def test_gil_is_released():
    """Python code goes on while a large call computes."""
    x = np.full(1 << 24, -1.0)
    counted, done = [0], threading.Event()

    def count():
        while not done.is_set():
            counted[0] += 1

    counter = threading.Thread(target=count)
    with relu_fast.num_threads(1):
        counter.start()
        before = counted[0]
        relu_fast.elu(x, out=x)
        during = counted[0] - before
        done.set()
    counter.join()
    assert during > 0
