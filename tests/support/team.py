"""The members of the team, seen from /proc: have them take part, and see that they did.

For programs in processes of their own, too, so without pytest.
"""

import contextlib
import mmap
import time
from pathlib import Path

import numpy as np

import relu_fast

LARGE = 1 << 20  # elements of float64: worth waking parked members for
_OPERAND = np.full(1 << 19, -1.0, np.float32)  # more work than WAKE in src/c/runtime/team.c
_OUT = np.empty_like(_OPERAND)


def members():
    """The members of the team, as folders."""
    return [task for task in Path("/proc/self/task").iterdir() if name(task) == "relu_fast\n"]


def name(task):
    """None: it has ended meanwhile, as those do that try whether threads can be had."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return (task / "comm").read_text()


def count():
    return len(members())


def count_once_there(expected):
    """How many there are once there are so many; no call waits until they have come."""
    until = time.monotonic() + 10
    while count() != expected and time.monotonic() < until:
        time.sleep(0.001)
    return count()


def started():
    """How many members there are after large calls, because calls may do without for a while."""
    for _ in range(20):
        relu_fast.elu(np.linspace(-8, 8, LARGE))
        time.sleep(0.01)
    return count()


def wake():
    """For 50 microseconds from now, calls are shared with members that are not worth waking."""
    relu_fast.elu(_OPERAND, 0.5, _OUT)


# ---- That they compute -------------------------------------------------------


def compute(timeout=30):
    """Whether members compute; not in each call, because others may keep the cores.

    By their CPU time.
    """
    x = np.linspace(-8, 8, LARGE)
    until = time.monotonic() + timeout
    while time.monotonic() < until:
        # A few calls at a time, because after one that a member has kept waiting, calls do
        # without for a while: over all of them, members may have computed too little.
        before = _seconds()
        for calls in range(1, 50):
            relu_fast.elu(x)
            # An idle member spins for 50 microseconds after a call.
            if _seconds() - before > 0.005 + 100e-6 * calls:
                return True
    return False


def take_part(call, like):
    """Whether a member computes some of call(out), where out is an array like `like`.

    By the kernel's count of who was the first to touch each page of fresh memory.  Workers
    may come too late on a busy machine, so the call is made many times if need be.
    """
    for _ in range(100):
        memory = mmap.mmap(-1, like.nbytes)
        memory.madvise(mmap.MADV_NOHUGEPAGE)
        before = _pages_touched()
        call(np.frombuffer(memory, like.dtype))
        if _pages_touched() > before + 16:  # more than a new thread's stack
            return True
    return False


def _seconds():
    return sum(int((task / "schedstat").read_text().split()[0]) for task in members()) / 1e9


def _pages_touched():
    fields = ((task / "stat").read_text().rsplit(")", 1)[1].split() for task in members())
    return sum(int(field[7]) for field in fields)  # minor faults
