"""How many threads, who decides, and what happens after a fork."""

import os
import subprocess
import sys
import threading

import numpy as np
import pytest

import relu_fast

openmp = pytest.mark.skipif(
    not relu_fast.config()["openmp"], reason="built without OpenMP: its settings are not heeded"
)
MOST = 4 * (os.cpu_count() or 1)
LARGE = 1 << 20


@pytest.fixture(autouse=True)
def _default_threads():
    yield
    relu_fast.set_num_threads(None)


def run(program, **environment):
    """A program in a fresh interpreter, without this process's thread settings."""
    inherited = {
        key: value
        for key, value in os.environ.items()
        if key not in ("OMP_NUM_THREADS", "RELU_FAST_NUM_THREADS", "RELU_FAST_ISA")
    }
    return subprocess.run(
        [sys.executable, "-c", program],
        env=inherited | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_set_and_get():
    relu_fast.set_num_threads(3)
    assert relu_fast.get_num_threads() == relu_fast.config()["threads"] == 3
    relu_fast.set_num_threads(np.int64(1))
    assert relu_fast.get_num_threads() == 1
    relu_fast.set_num_threads(None)
    assert 1 <= relu_fast.get_num_threads() <= len(os.sched_getaffinity(0))


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


def test_context_manager_is_of_one_python_thread():
    relu_fast.set_num_threads(2)
    seen = []
    with relu_fast.num_threads(1):
        other = threading.Thread(target=lambda: seen.append(relu_fast.get_num_threads()))
        other.start()
        other.join()
    assert seen == [2]


@pytest.mark.parametrize("set_threads", [relu_fast.set_num_threads, relu_fast.num_threads])
@pytest.mark.parametrize("bad", [0, -1, MOST + 1, 10**30, True])
def test_refuses_absurd_numbers(set_threads, bad):
    with pytest.raises(ValueError, match=f"num_threads: .* must be 1 to {MOST}"):
        set_threads(bad)


@pytest.mark.parametrize("set_threads", [relu_fast.set_num_threads, relu_fast.num_threads])
@pytest.mark.parametrize("bad", [1.5, "2", [1]])
def test_refuses_what_is_no_integer(set_threads, bad):
    with pytest.raises(TypeError, match=r"num_threads: .* must be an integer"):
        set_threads(bad)


PRINT_THREADS = "import relu_fast; print(relu_fast.get_num_threads())"


@openmp
@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"RELU_FAST_NUM_THREADS": "1"}, "1"),
        ({"RELU_FAST_NUM_THREADS": "3"}, "3"),
        ({"OMP_NUM_THREADS": "1"}, "1"),
        ({"OMP_NUM_THREADS": "1", "RELU_FAST_NUM_THREADS": "2"}, "2"),
        ({"RELU_FAST_NUM_THREADS": ""}, None),
    ],
)
def test_environment(environment, expected):
    ran = run(PRINT_THREADS, **environment)
    assert ran.stderr == ""
    expected = expected or str(relu_fast.get_num_threads())
    assert ran.stdout.strip() == expected


@pytest.mark.parametrize("bad", ["0", "-2", "two", "1.5", str(MOST + 1)])
def test_nonsense_in_the_environment_is_loud(bad):
    ran = run(PRINT_THREADS, RELU_FAST_NUM_THREADS=bad)
    assert ran.returncode != 0
    assert "RELU_FAST_NUM_THREADS" in ran.stderr
    assert bad in ran.stderr


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="no affinity masks here")
def test_affinity_mask():
    ran = run(
        "import os; cpus = sorted(os.sched_getaffinity(0)); os.sched_setaffinity(0, cpus[:1]);"
        + PRINT_THREADS
        + "; os.sched_setaffinity(0, cpus); print(relu_fast.get_num_threads() <= len(cpus));"
        "relu_fast.set_num_threads(2); os.sched_setaffinity(0, cpus[:1]);"
        "print(relu_fast.get_num_threads())"
    )
    assert ran.stdout.split() == ["1", "True", "2"], ran.stderr


@openmp
def test_threadpoolctl_limits_hold():
    threadpoolctl = pytest.importorskip("threadpoolctl")
    before = relu_fast.get_num_threads()
    with threadpoolctl.threadpool_limits(1):
        assert relu_fast.get_num_threads() == 1
        relu_fast.set_num_threads(2)
        if before > 1:
            assert relu_fast.get_num_threads() == 1
        relu_fast.set_num_threads(None)
    assert relu_fast.get_num_threads() == before


def test_import_starts_no_thread_and_changes_nothing():
    ran = run(
        "import os, numpy\n"
        "state = lambda: (len(os.listdir('/proc/self/task')), dict(os.environ),\n"
        "                 os.sched_getaffinity(0))\n"
        "before = state()\n"
        "import relu_fast\n"
        "assert state() == before"
    )
    assert ran.returncode == 0, ran.stderr


FORK = """
import os, signal, sys
import numpy as np, relu_fast

x = np.linspace(-3, 3, {large})
relu_fast.set_num_threads(2)
expected = relu_fast.elu(x)
child = os.fork()
if child == 0:
    signal.alarm(30)  # a hang ends in SIGALRM
    right = relu_fast.get_num_threads() == 1 and (relu_fast.elu(x) == expected).all()
    grandchild = os.fork()
    if grandchild == 0:
        os._exit(0 if (relu_fast.elu(x) == expected).all() else 1)
    right = right and os.waitpid(grandchild, 0)[1] == 0
    os._exit(0 if right else 1)
status = os.waitpid(child, 0)[1]
assert relu_fast.get_num_threads() == 2
assert (relu_fast.elu(x) == expected).all()
sys.exit(1 if status else 0)
"""


def test_fork_after_threaded_use_does_not_hang():
    ran = run(FORK.format(large=LARGE))
    assert ran.returncode == 0, ran.stderr


def test_many_python_threads_at_once():
    x = np.linspace(-3, 3, LARGE)
    expected = relu_fast.elu(x)
    right = []

    def work():
        right.extend((relu_fast.elu(x) == expected).all() for _ in range(5))

    workers = [threading.Thread(target=work) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert right == [True] * 40


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
