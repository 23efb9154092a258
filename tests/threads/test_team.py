"""The team is OpenMP's: its settings hold, and where it gives fewer threads, there are fewer.

In processes of their own, because OpenMP reads its settings when it is loaded.
"""

import os
import platform

import pytest
from support.programs import linux, openmp, output_of

import relu_fast

pytestmark = [pytest.mark.version, pytest.mark.coverage, linux, openmp]

CPUS = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
two_cpus = pytest.mark.skipif(len(CPUS) < 2, reason="one CPU")

# What large calls give, and the number of threads before them, after them, and of members.
COMPUTE = """
import os, time
import numpy as np, relu_fast, team
from relu_fast import _ufuncs

x = np.linspace(-8, 8, team.LARGE)
with relu_fast.num_threads(1):
    expected = relu_fast.elu(x)

def compute():
    before = relu_fast.get_num_threads()
    for _ in range(20):
        assert np.array_equal(relu_fast.elu(x), expected)
        time.sleep(0.005)
    members = team.count_once_there(max(team.count(), relu_fast.get_num_threads() - 1))
    return f"{before} {relu_fast.get_num_threads()} {members}"
"""


def computed(settings=(), program="print(compute())", **environment):
    return output_of(f"{COMPUTE}\n{program}", **dict(settings), **environment)


# ---- Where the threads lie -----------------------------------------------------

LIE = """
relu_fast.set_num_threads(2)
compute()
print(*sorted(os.sched_getaffinity(0)))
for member in team.members():
    # Until it runs, one that was woken is kept away from the waker's CPU.
    end = time.monotonic() + 20
    while (cpus := sorted(os.sched_getaffinity(int(member.name)))) != awaited:
        if awaited is None or time.monotonic() > end:
            break
        time.sleep(0.01)
    print(*cpus)
"""


@two_cpus
@pytest.mark.parametrize(
    ("bind", "places", "caller", "member"),
    [
        ("false", "", CPUS, CPUS),
        ("close", "{%d},{%d}", CPUS[:1], CPUS[1:2]),
        ("spread", "{%d},{%d}", CPUS[:1], CPUS[1:2]),
        ("true", "{%d},{%d}", CPUS[:1], CPUS[1:2]),
        ("true", "{%d,%d}", CPUS[:2], CPUS[:2]),
    ],
)
def test_places(bind, places, caller, member):
    environment = {"OMP_PROC_BIND": bind}
    if places:
        environment["OMP_PLACES"] = places % tuple(CPUS[:2])
    lines = computed(program=f"awaited = {member}\n{LIE}", **environment).splitlines()
    assert [[int(cpu) for cpu in line.split()] for line in lines] == [caller, member]


@two_cpus
def test_places_in_another_order():
    """The member has the place that is not the caller's."""
    places = {"OMP_PLACES": f"{{{CPUS[1]}}},{{{CPUS[0]}}}", "OMP_PROC_BIND": "close"}
    caller, member = computed(program=f"awaited = None\n{LIE}", **places).splitlines()
    assert sorted([caller, member]) == [str(cpu) for cpu in CPUS[:2]]


@two_cpus
def test_all_cpus_of_the_places_count():
    """Although OpenMP has bound the thread that imported us to one of them."""
    available = len(CPUS)
    assert computed(OMP_PROC_BIND="true") == f"{available} {available} {available - 1}"
    one = {"OMP_PROC_BIND": "true", "OMP_PLACES": f"{{{CPUS[0]}}}"}
    assert computed(**one) == "1 1 0"


# ---- How many, and with what stack -----------------------------------------------


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"OMP_THREAD_LIMIT": "2"}, "2 2 1"),
        ({"OMP_THREAD_LIMIT": "1"}, "1 1 0"),
        ({"OMP_THREAD_LIMIT": "100"}, "4 4 3"),
        ({"OMP_NUM_THREADS": "1"}, "4 4 3"),
        ({"OMP_MAX_ACTIVE_LEVELS": "0"}, "4 1 0"),
    ],
)
def test_settings(settings, expected):
    assert computed(settings, RELU_FAST_NUM_THREADS="4") == expected


def test_dynamic():
    """As many as OpenMP finds right, which is said once it has been asked."""
    before, after, members = computed(OMP_DYNAMIC="true", RELU_FAST_NUM_THREADS="4").split()
    assert before == "4"
    assert int(after) == int(members) + 1


SIZE = """
def size():
    return int(open("/proc/self/statm").read().split()[0]) * os.sysconf("SC_PAGESIZE")

relu_fast.set_num_threads(2)
before = size()
print(compute(), (size() - before) >> 20)
"""


def test_stack_size():
    """That of a member: address space, which is counted when it is reserved."""
    small, large = (
        computed(program=SIZE, OMP_STACKSIZE=size).rsplit(" ", 1) for size in ("1M", "1048576")
    )
    assert small[0] == large[0] == "2 2 1"
    assert 1000 <= int(large[1]) - int(small[1]) <= 1100


LIMITED = """
import resource
resource.setrlimit(resource.RLIMIT_AS, (16 << 30, resource.RLIM_INFINITY))
print(compute())
"""


def test_stacks_that_cannot_be_had():
    """libgomp would end the process."""
    assert computed(program=LIMITED, OMP_STACKSIZE="64G", RELU_FAST_NUM_THREADS="4") == "4 1 0"


# A filter of system calls, in the kernel's own little language: sched_setaffinity gives EPERM.
REFUSED = """
import ctypes, platform, struct
number = {"x86_64": 203, "aarch64": 122}[platform.machine()]
load, jump_if_equal, give, eperm, allow = 0x20, 0x15, 0x06, 0x00050001, 0x7FFF0000
steps = [(load, 0, 0, 0), (jump_if_equal, 0, 1, number), (give, 0, 0, eperm), (give, 0, 0, allow)]
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code)))
prctl = ctypes.CDLL(None).prctl
PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, SECCOMP_MODE_FILTER = 38, 22, 2
assert prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
if prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0):
    print("no filters")
else:
    try:
        os.sched_setaffinity(0, os.sched_getaffinity(0))
    except PermissionError:
        relu_fast.set_num_threads(2)
        print(compute())
"""


@pytest.mark.skipif(
    platform.machine() not in ("x86_64", "aarch64"), reason="the number of the call is unknown"
)
def test_sandbox_that_refuses_affinities():
    """libomp ends the process there, unless it is told not to look at affinities."""
    printed = computed(program=REFUSED, KMP_AFFINITY="disabled")
    if printed == "no filters":
        pytest.skip("the kernel has no filters of system calls")
    assert printed == "2 2 1"


FEW = """
import resource
os.setuid(65432)  # of whom there is no other process
resource.setrlimit(resource.RLIMIT_NPROC, (4, 4))
print(compute())
time.sleep(1)  # then more threads are asked for again
print(compute())
"""


@pytest.mark.skipif(os.getuid() != 0, reason="root alone may become a user without processes")
@pytest.mark.skipif(
    "gomp" not in str(relu_fast.config()["openmp"]),
    reason="libomp cannot exit after the user has changed",
)
def test_limit_of_processes():
    """The caller, the thread that opens the region, and two more."""
    settings = {"RELU_FAST_NUM_THREADS": "8", "OPENBLAS_NUM_THREADS": "1"}
    assert computed(settings, FEW).splitlines() == ["8 3 2", "3 3 2"]


MANY = """
for number in (16, 2, 64, 3):
    _ufuncs.set_threads(number)  # more than set_num_threads allows on few CPUs
    print(compute())
"""


def test_more_threads_than_cpus():
    assert computed(program=MANY).splitlines() == ["16 16 15", "2 2 15", "64 64 63", "3 3 63"]


# ---- The end ------------------------------------------------------------------------

EXIT = """
import threading
relu_fast.set_num_threads(4)
compute()

def work():
    while True:
        relu_fast.elu(x)

threading.Thread(target=work, daemon=True).start()
time.sleep(0.05)
print("done")
"""


@pytest.mark.parametrize("attempt", range(3))
def test_exit_in_the_middle_of_calls(attempt):
    assert computed(program=EXIT) == "done"
