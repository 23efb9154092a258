"""What the machine allows: the loops of limit.c, compiled anew in each run."""

from __future__ import annotations

import ctypes
import os
import pathlib
import statistics
import subprocess
import tempfile
import time

from .cells import LARGE
from .forms import OWN

SOURCE = pathlib.Path(__file__).parents[1] / "limit.c"
STORES = ("ordinary stores", "streaming stores")

# A function of one array in and one out can be no faster than a copy, and so on.
COPY, UPDATE, COMBINE = range(3)
STREAMS = {COPY: 2, UPDATE: 2, COMBINE: 3}


def kind(cell):
    if cell.result == OWN:
        return UPDATE
    return COPY if len(cell.inputs) == 1 else COMBINE


class NoLimitError(Exception):
    """The limit cannot be measured here, and why."""


class Limit:
    def __init__(self):
        with tempfile.TemporaryDirectory() as folder:
            library = pathlib.Path(folder) / "limit.so"
            command = [os.environ.get("CC", "cc"), "-O2", "-shared", "-fPIC", SOURCE, "-o", library]
            self.openmp = _succeeds([*command, "-fopenmp"])
            if not self.openmp and not _succeeds(command):
                raise NoLimitError(f"{command[0]} cannot compile {SOURCE.name} (gcc or clang, x86)")
            self._library = ctypes.CDLL(str(library))
        integer, pointer, length = ctypes.c_int, ctypes.c_void_p, ctypes.c_ssize_t
        self._library.move.argtypes = (*[integer] * 3, length, *[pointer] * 3, length)
        self._library.move.restype = ctypes.c_double
        self._library.dependent_chain.argtypes = (length,)

    def clock(self):
        """The clock of one core, in hertz."""
        multiplications = 2_000_000

        def chain():
            start = time.perf_counter()
            self._library.dependent_chain(multiplications)
            return 3 * multiplications / (time.perf_counter() - start)

        return statistics.median(chain() for _ in range(15))

    def offers(self, cell):
        """Small arrays have none: there the call takes longer than the memory."""
        return cell.n > LARGE and (cell.threads == 1 or self.openmp)

    def run(self, cell, data, streaming):
        """A function of the number of repeats: their time in seconds."""
        loop = kind(cell)
        if cell.layout != "contiguous" or loop == UPDATE:
            arrays = data.dense
        else:
            arrays = [data.y, data.x, data.g if loop == COMBINE else data.x]
        move = self.mover(loop, streaming, cell.threads, arrays)
        calls = arrays[0].size // data.n
        return lambda repeats: move(repeats) / calls

    def mover(self, loop, streaming, threads, arrays):
        """A function of the number of repeats: the seconds they take, to the first from two."""
        pointers = [array.ctypes.data for array in arrays]
        nbytes = arrays[0].nbytes

        def run(repeats):
            return self._library.move(loop, streaming, threads, repeats, *pointers, nbytes)

        return run


def _succeeds(command):
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:  # no such compiler
        return False
