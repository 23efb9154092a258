"""The arrays of a cell, and whether they fit into memory."""

from __future__ import annotations

import functools
import math
import pathlib

import numpy as np

CHANNELS = 64
COLUMNS = 512
ALIGNMENT = 64

# Arrays in place are taken from a list of refreshed ones, together about this large: a
# single tiny call is too short to be timed, and a second one would find no negatives.
IN_PLACE_BYTES = 2**18
IN_PLACE_ARRAYS = 500

# x, its source, g, y, a fresh result, and room for the temporaries of the peers.
ARRAYS_PER_CELL = 8


def aligned(shape, dtype, order="C"):
    """An array written to, at the start of a cache line.

    Where NumPy would place a small array is different in each run; JAX takes an array
    without a copy only if it is aligned.
    """
    count = math.prod(shape)
    memory = np.empty(count * np.dtype(dtype).itemsize + ALIGNMENT, np.uint8)
    start = -memory.ctypes.data % ALIGNMENT
    array = memory[start : start + memory.size - ALIGNMENT].view(dtype).reshape(shape, order=order)
    array.fill(0)
    return array


def empty(layout, n, dtype):
    """An array of about n elements in a layout."""
    match layout:
        case "contiguous":
            return aligned((n,), dtype)
        case "reversed":
            return aligned((n,), dtype)[::-1]
        case "every-other":
            return aligned((2 * n,), dtype)[::2]
        case "columns":
            return aligned((max(1, n // COLUMNS), 2 * COLUMNS), dtype)[:, :COLUMNS]
        case "transposed":
            side = math.isqrt(n)
            return aligned((side, n // side), dtype).T
        case "channels":
            side = 32 if n >= CHANNELS * 32**2 else 4
            images = max(1, n // (CHANNELS * side**2))
            return aligned((images, CHANNELS, side, side), dtype)
    raise ValueError(layout)


def normal(layout, n, dtype, seed):
    """Normal numbers, both signs in no order; a large array repeats a block of them.

    The block is too long for a CPU to learn the signs of.
    """
    array = empty(layout, n, dtype)
    block = np.random.default_rng(seed).standard_normal(2**16).astype(dtype)
    array[...] = np.resize(block, array.shape)
    return array


class Data:
    """What the statements of a cell work on: x, g, y, and xs to be changed in place."""

    def __init__(self, layout, dtype, n):
        self.layout, self.dtype = layout, np.dtype(dtype)
        self.x = normal(layout, n, dtype, seed=0)
        self.n = self.x.size
        self.per_channel = {}

    def parameter(self, typical):
        """That number, or where there are channels an array of numbers around it."""
        if self.layout != "channels":
            return typical
        if typical not in self.per_channel:
            array = aligned((CHANNELS, 1, 1), self.dtype)
            values = np.linspace(0.4 * typical, 1.6 * typical, CHANNELS, dtype=self.dtype)
            array[...] = values[:, None, None]
            self.per_channel[typical] = array
        return self.per_channel[typical]

    @functools.cached_property
    def g(self):
        return normal(self.layout, self.n, self.dtype, seed=1)

    @functools.cached_property
    def y(self):
        order = "F" if self.layout == "transposed" else "C"
        return aligned(self.x.shape, self.dtype, order)

    @functools.cached_property
    def xs(self):
        return [empty(self.layout, self.n, self.dtype) for _ in range(self.in_place_count)]

    @property
    def in_place_count(self):
        return min(IN_PLACE_ARRAYS, max(1, IN_PLACE_BYTES // self.x.nbytes))

    @functools.cached_property
    def dense(self):
        """Three contiguous arrays, as large as x or all of xs: for limits."""
        return [aligned((self.n * self.in_place_count,), self.dtype) for _ in range(3)]

    def refresh(self):
        for x in self.xs:
            np.copyto(x, self.x)

    def refresh_dense(self):
        """As if: it has nothing to restore, but leaves the caches as `refresh` does."""
        np.copyto(self.dense[0], self.dense[1])


@functools.lru_cache(maxsize=1)  # large ones must not pile up
def data(layout, dtype, n):
    return Data(layout, dtype, n)


def fits(cell):
    needed = ARRAYS_PER_CELL * cell.n * np.dtype(cell.dtype).itemsize
    if cell.layout in ("columns", "every-other"):
        needed *= 2
    return needed <= available_memory()


def available_memory():
    """Bytes that can be used without swapping, as far as that is known."""
    known = [math.inf]
    try:
        for line in pathlib.Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                known.append(1024 * int(line.split()[1]))
        group = pathlib.Path("/sys/fs/cgroup")
        limit = int((group / "memory.max").read_text())
        known.append(limit - int((group / "memory.current").read_text()))
    except (OSError, ValueError):  # not Linux, or no limit
        pass
    return min(known)
