"""Threads with small stacks, such as threading.stack_size and OMP_STACKSIZE make."""

import sys
import threading

import numpy as np
import pytest
from support import functions, team
from support.programs import linux, openmp, run

import relu_fast

pytestmark = pytest.mark.version

ENOUGH = 64  # KiB, as docs/guide/threads.md says


def compute(chosen, shape):
    """Each function, such that all its buffers are in use, and that none is."""
    x = np.linspace(-8, 8, shape[0] * shape[1]).reshape(shape)
    for function in chosen:
        call = functions.made(function)
        for dtype in (np.float16, np.float32, np.float64):
            contiguous = x.astype(dtype)
            columns = contiguous[0]
            apart = np.repeat(contiguous, 2, axis=1)[:, ::2]
            across = np.asfortranarray(contiguous)
            for operand in (contiguous, apart, across):
                arrays = functions.arrays(function, operand)
                for parameter in (columns, columns[:, None][:1], 0.5):
                    if function.form.kind == "in_place":
                        arrays = [array.copy("K") for array in arrays]
                    if function.form.kind == "sum":
                        call(*arrays, parameter)
                    elif function.activation.parameters or parameter is columns:
                        call(*arrays, *functions.parameters(function, parameter))


def in_a_thread(kilobytes):
    """The functions in a thread of Python; also those that sum over long rows."""
    finished = []

    def work():
        compute(functions.ALL, (40, 67))
        compute(functions.SUMS, (3, 9000))
        finished.append(True)

    threading.stack_size(kilobytes << 10)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert finished


def on_a_team():
    """The kinds of functions, with members of the team that take part."""
    relu_fast.set_num_threads(2)
    team.started()
    compute(functions.of_each_shape(functions.ALL), (64, 9000))
    return team.count()


def test_in_threads_of_python():
    ran = run(__file__, "thread", str(ENOUGH))
    assert ran.returncode == 0, f"{ran.returncode}: {ran.stderr}"


@linux
@openmp
@pytest.mark.parametrize(("kilobytes", "members"), [(ENOUGH, 1), (ENOUGH - 1, 0), (16, 0)])
def test_as_members_of_the_team(kilobytes, members):
    """Where the stacks of OpenMP's threads are too small, the caller computes alone."""
    ran = run(__file__, "team", OMP_STACKSIZE=f"{kilobytes}K")
    assert ran.returncode == 0, f"{ran.returncode}: {ran.stderr}"
    assert int(ran.stdout) == members


if __name__ == "__main__":
    if sys.argv[1] == "thread":
        in_a_thread(int(sys.argv[2]))
    else:
        print(on_a_team())
