"""The pool of threads: to have it take part in short calls, and to see that it did."""

from pathlib import Path

import numpy as np

import relu_fast

_LARGE = np.full(1 << 19, -1.0, np.float32)  # more work than WAKE in src/c/workers.c
_OUT = np.empty_like(_LARGE)


def wake():
    """For 50 microseconds from now, calls are shared with workers that are not worth waking."""
    relu_fast.elu(_LARGE, 0.5, _OUT)


def pages_touched():
    """How many pages of memory a worker was the first to touch, by the kernel's count."""
    count = 0
    for task in Path("/proc/self/task").iterdir():
        name, fields = (task / "stat").read_text().split("(", 1)[1].rsplit(")", 1)
        if name == "relu_fast":
            count += int(fields.split()[7])
    return count
