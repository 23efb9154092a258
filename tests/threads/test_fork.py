"""Forks of a process whose threads have computed: the children compute, and so does the parent.

They happen in a process of their own, `python test_fork.py WARM SCENARIO...`, which can be killed
if a child hangs.  WARM is the library that used its threads before, besides ours.
"""

import concurrent.futures
import hashlib
import multiprocessing
import os
import subprocess
import sys
import threading
import traceback

import numpy as np
import pytest
from support import team
from support.programs import linux, needs, openmp, run

import relu_fast

pytestmark = [pytest.mark.version, pytest.mark.coverage, openmp]

THREADS = 2
X = np.linspace(-8, 8, team.LARGE // 2)


# ---- What is computed --------------------------------------------------------


def digest(x=X):
    """All bits of large results: of the fast path, of NumPy's machinery and of a reduction."""
    results = (
        relu_fast.elu(x),
        relu_fast.relu(x, casting="unsafe"),
        relu_fast.prelu_alpha_backward(x[::-1], x, 0.25),
    )
    return hashlib.sha256(b"".join(result.tobytes() for result in results)).hexdigest()


def report(x):
    """What a process of a pool says of itself: its number, bits and threads."""
    return os.getpid(), digest(x), relu_fast.get_num_threads()


def start_child(function):
    """A forked process that exits with 0 if `function` returns something true."""
    child = os.fork()
    if not child:
        succeeded = False
        try:
            succeeded = function()
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(not succeeded)
    return child


def succeeds(child):
    return os.waitpid(child, 0)[1] == 0


# ---- The scenarios -----------------------------------------------------------


def child_computes(expected):
    def compute():
        relu_fast.set_num_threads(THREADS)
        return relu_fast.get_num_threads() == 1 and digest() == expected

    assert succeeds(start_child(compute))


def children_at_once(expected):
    children = [start_child(lambda: digest() == expected) for _ in range(6)]
    succeeded = [succeeds(child) for child in children]
    assert all(succeeded)


def children_of_children(expected):
    def descend(depth):
        return digest() == expected and (
            depth == 0 or succeeds(start_child(lambda: descend(depth - 1)))
        )

    assert descend(4)


def fork_from_another_thread(expected):
    succeeded = []

    def work():
        succeeded.append(digest() == expected)
        succeeded.append(succeeds(start_child(lambda: digest() == expected)))
        succeeded.append(digest() == expected)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert succeeded == [True] * 3


def forks_during_calls(expected):
    """Forks while other threads compute, one of them with the team."""
    expected_elu, done, wrong = relu_fast.elu(X), threading.Event(), []

    def work():
        result = np.empty_like(X)
        while not done.is_set():
            relu_fast.elu(X, out=result)
            if not np.array_equal(result, expected_elu):
                wrong.append(result)

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    succeeded = [
        succeeds(start_child(lambda: np.array_equal(relu_fast.elu(X), expected_elu)))
        for _ in range(20)
    ]
    done.set()
    for thread in threads:
        thread.join()
    assert all(succeeded)
    assert not wrong


def other_programs(expected):
    """Started by vfork, which shares our memory for a while, and by fork."""
    subprocess.run(["true"], check=True)
    subprocess.run(["true"], check=True, preexec_fn=lambda: None)
    os.system("true")


def check_reports(reports, expected, threads):
    """`threads`: what each process of the pool may use."""
    pids, digests, counts = (set(column) for column in zip(*reports, strict=True))
    assert os.getpid() not in pids
    assert digests == {expected}
    assert counts == {threads}


def pool_of_processes(expected, method):
    context = multiprocessing.get_context(method)
    with context.Pool(2) as pool:
        alone = pool.apply(relu_fast.get_num_threads)
        assert alone == 1 if method == "fork" else alone >= 1
        check_reports(pool.map(report, [X] * 4, chunksize=1), expected, alone)


def pool_fork(expected):
    pool_of_processes(expected, "fork")


def pool_spawn(expected):
    pool_of_processes(expected, "spawn")


def pool_forkserver(expected):
    pool_of_processes(expected, "forkserver")


def executor(expected):
    context = multiprocessing.get_context("fork")
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
        check_reports(pool.map(report, [X] * 4), expected, 1)


def joblib_loky(expected):
    import joblib

    with joblib.parallel_config("loky", inner_max_num_threads=1):
        reports = joblib.Parallel(2)(joblib.delayed(report)(X) for _ in range(4))
    check_reports(reports, expected, 1)  # joblib sets OMP_NUM_THREADS


def joblib_threading(expected):
    import joblib

    parallel = joblib.Parallel(2, backend="threading")
    assert set(parallel(joblib.delayed(digest)(X) for _ in range(8))) == {expected}


class Reports:
    """A data set for PyTorch, each item of which is a report."""

    def __len__(self):
        return 6

    def __getitem__(self, index):
        return report(X)


def data_loader(expected):
    import torch

    loader = torch.utils.data.DataLoader(
        Reports(), batch_size=None, num_workers=2, multiprocessing_context="fork"
    )
    check_reports(list(loader), expected, 1)


# ---- Who else used threads ---------------------------------------------------


def warm_nobody():
    pass


def warm_torch():
    import torch

    torch.set_num_threads(THREADS)
    torch.nn.functional.elu(torch.linspace(-8, 8, team.LARGE))


def warm_sklearn():
    """The libgomp of scikit-learn's wheel, which is not ours."""
    from sklearn.cluster import KMeans

    KMeans(8, n_init=1, max_iter=5).fit(X.reshape(-1, 8)[:20000])


# ---- The tests ---------------------------------------------------------------

FORKS = [
    "child_computes",
    "children_at_once",
    "children_of_children",
    "fork_from_another_thread",
    "forks_during_calls",
    "other_programs",
    "pool_fork",
]


def check(warm, *scenarios):
    ran = run(__file__, warm, *scenarios)
    assert ran.returncode == 0, ran.stderr


@linux
@pytest.mark.parametrize(
    "warm",
    [
        "nobody",
        pytest.param("sklearn", marks=needs("sklearn")),
        pytest.param("torch", marks=needs("torch")),
    ],
)
def test_forks(warm):
    check(warm, *FORKS)


@linux
@pytest.mark.parametrize(
    "scenario",
    [
        "pool_spawn",
        "pool_forkserver",
        "executor",
        pytest.param("joblib_loky", marks=needs("joblib")),
        pytest.param("joblib_threading", marks=needs("joblib")),
        pytest.param("data_loader", marks=needs("torch")),
    ],
)
def test_process_pools(scenario):
    check("nobody", scenario)


def main(warm, *scenarios):
    globals()["warm_" + warm]()
    relu_fast.set_num_threads(THREADS)
    expected = digest()
    assert team.compute(), "no member computes before"
    for scenario in scenarios:
        globals()[scenario](expected)
        assert relu_fast.get_num_threads() == THREADS, scenario
        assert digest() == expected, scenario
        assert team.compute(), f"no member computes after {scenario}"


if __name__ == "__main__":
    main(*sys.argv[1:])
