"""The pool of threads: to have it take part in short calls, and to see that it did."""

import mmap
from pathlib import Path

import numpy as np

import relu_fast

_LARGE = np.full(1 << 19, -1.0, np.float32)  # more work than WAKE in src/c/workers.c
_OUT = np.empty_like(_LARGE)


def wake():
    """For 50 microseconds from now, calls are shared with workers that are not worth waking."""
    relu_fast.elu(_LARGE, 0.5, _OUT)


def take_part(call, like):
    """Whether a worker computes some of call(out), where out is an array like `like`.

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


def _pages_touched():
    count = 0
    for task in Path("/proc/self/task").iterdir():
        name, fields = (task / "stat").read_text().split("(", 1)[1].rsplit(")", 1)
        if name == "relu_fast":
            count += int(fields.split()[7])
    return count
