"""examples/cluster_dask.py: the same bits on a cluster, whatever dies; threads; clear errors."""

import gc
import importlib
import os
import re
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import relu_fast as rf

pytest.importorskip("dask.array")
distributed = pytest.importorskip("distributed")

pytestmark = pytest.mark.build_independent

FOLDER = Path(__file__).resolve().parents[2] / "examples"
if not FOLDER.exists():
    pytest.skip("the examples are not here", allow_module_level=True)
sys.path.append(str(FOLDER))  # as Python does for a script
cluster_dask = importlib.import_module("cluster_dask")

CPUS = cluster_dask.cpu_count()


@pytest.fixture
def main(monkeypatch, capsys):
    """Runs the script here, with small chunks; returns the lines it printed."""
    monkeypatch.setattr(cluster_dask, "ROWS", 16)

    def main(*arguments):
        monkeypatch.setattr(sys, "argv", ["cluster_dask.py", *map(str, arguments)])
        cluster_dask.main()
        output = capsys.readouterr()
        assert output.err == ""
        return output.out.splitlines()

    return main


@contextmanager
def cluster_of_others(workers, folder):
    """Workers in this process, with two tasks at a time in each."""
    with (
        cluster_dask.dask.config.set({"temporary-directory": str(folder)}),
        distributed.LocalCluster(
            n_workers=workers, threads_per_worker=2, processes=False, dashboard_address=":0"
        ) as cluster,
    ):
        yield cluster


@pytest.fixture
def cluster(tmp_path):
    with cluster_of_others(2, tmp_path) as cluster:
        yield cluster


@pytest.fixture
def threads():
    """Takes back what was set in this process."""
    set_num_threads = rf.set_num_threads
    yield
    set_num_threads(None)


@pytest.fixture
def clients_removed():
    """A client that found no scheduler closes when it is collected, which takes a while.

    In the thread that the next client starts, that client would give up.
    """
    yield
    gc.collect()


# ---- What is computed --------------------------------------------------------


def test_gradients():
    """Of x and of alpha, against differences: the sum of g * y, of which g is the gradient."""
    rng = np.random.default_rng(0)
    x, g = rng.normal(size=(2, 9, 5))
    alpha = rng.uniform(0.1, 0.5, 5)
    _, d_x, d_h = cluster_dask.step(x, g, alpha)
    d_alpha = rf.prelu_alpha_backward(d_h, x, alpha)
    e = 1e-6
    above, below = (cluster_dask.step(x + sign * e, g, alpha)[0] for sign in (1, -1))
    np.testing.assert_allclose(d_x, g * (above - below) / (2 * e), rtol=1e-5, atol=1e-8)
    above, below = (cluster_dask.step(x, g, alpha + sign * e)[0] for sign in (1, -1))
    np.testing.assert_allclose(d_alpha, (g * (above - below)).sum(0) / (2 * e), rtol=1e-5)


def test_planned_of_dask_are_the_records_of_one_process(monkeypatch):
    monkeypatch.setattr(cluster_dask, "ROWS", 16)
    planned = cluster_dask.planned(3)
    assert isinstance(planned, cluster_dask.da.Array)
    records = planned.compute(scheduler="sync")
    assert records.tobytes() == cluster_dask.in_one_process(3).tobytes()
    assert len({*records["y"], *records["d_x"]}) == 6  # each chunk has its own
    assert cluster_dask.planned(3).name != planned.name


def test_a_record_tells_of_each_bit():
    arrays = [np.ones((16, 1024), np.float32) for _ in range(4)]
    of_ones = cluster_dask.summarise(*arrays, cluster_dask.ALPHA)
    for array in arrays[:2]:
        array[7, 9] = np.nextafter(np.float32(1), np.float32(2))
        assert cluster_dask.summarise(*arrays, cluster_dask.ALPHA) != of_ones
        array[7, 9] = 1


# ---- Threads -----------------------------------------------------------------


def worker(host="a", cpus=(0, 1, 2, 3), quota=4, tasks=1, version=rf.__version__):
    return cluster_dask.Worker(host, cpus, quota, tasks, None, 1, version, 1)


@pytest.mark.parametrize(
    ("workers", "expected"),
    [
        ([worker()], [4]),
        ([worker(), worker()], [2]),
        ([worker(tasks=2), worker()], [1]),
        ([worker()] * 5, [1]),
        ([worker(quota=2), worker(quota=2)], [1]),  # of a container
        ([worker(), worker("b", quota=4)], [4, 4]),
        ([worker(cpus=(0,), quota=1), worker(cpus=(1, 2, 3), quota=3)], [1, 3]),  # pinned
    ],
)
def test_shares(workers, expected):
    shares = cluster_dask.Threads(workers).shares
    assert list(shares.values()) == expected
    for place, here in cluster_dask.by_place(workers).items():
        tasks = sum(worker.tasks for worker in here)
        assert shares[place] == 1 or shares[place] * tasks <= here[0].quota


def test_threads_are_set_and_taken_back(monkeypatch, threads):
    monkeypatch.delenv("RELU_FAST_NUM_THREADS", raising=False)
    state = SimpleNamespace(nthreads=1)
    memory = SimpleNamespace(memory_limit=None)
    here = SimpleNamespace(ip="a", state=state, memory_manager=memory)
    found = cluster_dask.look(here)
    assert found.version == rf.__version__
    assert found.threads == rf.get_num_threads()
    assert found.quota <= len(found.cpus)
    plugin = cluster_dask.Threads([found._replace(quota=3)])
    by_default = rf.get_num_threads()
    plugin.setup(here)
    if rf.config()["openmp"]:
        assert rf.get_num_threads() == 3
    plugin.setup(SimpleNamespace(ip="b", state=state, memory_manager=memory))
    assert rf.get_num_threads() == 1  # a place that nobody knew
    plugin.teardown(here)
    assert rf.get_num_threads() == by_default


def test_threads_that_were_set_in_the_environment_stay(monkeypatch):
    monkeypatch.setenv("RELU_FAST_NUM_THREADS", "1")
    monkeypatch.setattr(rf, "set_num_threads", None)  # not called
    plugin = cluster_dask.Threads([worker()])
    plugin.setup(None)
    plugin.teardown(None)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="there is no affinity to set")
def test_workers_speak_for_themselves():
    """They get a copy of `look` by value, in which nothing of the client's machine may be."""
    cloudpickle = pytest.importorskip("cloudpickle")
    cloudpickle.register_pickle_by_value(cluster_dask)
    try:
        look = cloudpickle.dumps(cluster_dask.look)
    finally:
        cloudpickle.unregister_pickle_by_value(cluster_dask)
    code = """if True:
        import os, pickle, sys
        from types import SimpleNamespace
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        sys.modules["relu_fast"] = None  # makes its import fail
        look = pickle.loads(sys.stdin.buffer.read())
        state, memory = SimpleNamespace(nthreads=5), SimpleNamespace(memory_limit=7)
        found = look(SimpleNamespace(ip="a", state=state, memory_manager=memory))
        assert found == ("a", (min(os.sched_getaffinity(0)),), 1, 5, 7, os.getpid(), None, 0), found
    """
    subprocess.run([sys.executable, "-c", code], input=look, timeout=60, check=True)


# ---- The cluster -------------------------------------------------------------


def test_a_cluster_that_is_there(cluster, main, threads):
    address = cluster.scheduler_address
    lines = main("--scheduler", address, "--size", 21, "--timeout", 30)
    assert lines[0].startswith("24 MiB in 6 chunks; ")
    assert re.fullmatch(r"in one process: \d+ MiB/s", lines[1])
    assert re.fullmatch(r"on the cluster: \d+\.\d\d times as fast, the same bits", lines[2])
    share = max(1, CPUS // 4) if rf.config()["openmp"] else 1
    place = rf"[\d.]+: CPUs: {CPUS}, workers: 2, tasks: 4, threads of a task: {share}"
    assert re.fullmatch(place, lines[3])
    assert len(lines) == 4
    for worker in cluster.workers.values():
        assert cluster_dask.Threads.name not in worker.plugins


def test_other_bits_are_an_error(cluster, main, threads, monkeypatch):
    true = cluster_dask.in_one_process

    def wrong(chunks):
        records = true(chunks)
        records["d_alpha"][1, 7] = np.nextafter(records["d_alpha"][1, 7], np.float32(9))
        return records

    monkeypatch.setattr(cluster_dask, "in_one_process", wrong)
    with pytest.raises(SystemExit, match="on the cluster: other bits than in one process"):
        main("--scheduler", cluster.scheduler_address, "--size", 12, "--timeout", 30)


def test_workers_that_hang(cluster, main, threads, monkeypatch):
    def hang(chunks):
        return cluster_dask.da.from_delayed(
            cluster_dask.dask.delayed(cluster_dask.time.sleep)(2), (1,), cluster_dask.RECORD
        )

    monkeypatch.setattr(cluster_dask, "planned", hang)
    with pytest.raises(SystemExit, match=r"expected a longer --timeout.*: not done after 1 s"):
        main("--scheduler", cluster.scheduler_address, "--timeout", 1, "--size", 4)


@pytest.mark.parametrize(
    "lost",
    [
        distributed.comm.CommClosedError("the scheduler is gone"),
        distributed.client.FutureCancelledError("draw", "the scheduler is gone"),
        distributed.KilledWorker("draw", SimpleNamespace(address="tcp://a:1"), 3),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_is_lost_for_good(lost, cluster, main, threads, monkeypatch):
    def lose(*arguments):
        raise lost

    monkeypatch.setattr(cluster_dask, "on_cluster", lose)
    address = cluster.scheduler_address
    with pytest.raises(SystemExit) as error:
        main("--scheduler", address, "--size", 4, "--timeout", 30)
    assert error.value.code == (
        f"cluster_dask.py: expected {address} to stay, and its workers: {lost}"
    )


def test_no_workers(main, tmp_path):
    with cluster_of_others(0, tmp_path) as cluster:
        address = cluster.scheduler_address
        with pytest.raises(SystemExit, match=f"or more workers at {address}: not done after 1 s"):
            main("--scheduler", address, "--timeout", 1)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "nonsense", "mail://a:1"])
def test_no_scheduler(address, main, clients_removed):
    with pytest.raises(SystemExit) as error:
        main("--scheduler", address, "--timeout", 1)
    message = error.value.code
    assert message.startswith(f"cluster_dask.py: expected a scheduler at {address}: ")
    assert "\n" not in message


@pytest.mark.parametrize(("version", "has"), [(None, "none"), ("0.9", "relu_fast 0.9")])
def test_workers_without_our_relu_fast(version, has):
    workers = {"tcp://a:1": worker(), "tcp://b:2": worker(version=version)}
    with pytest.raises(SystemExit) as error:
        cluster_dask.look_at_all(SimpleNamespace(run=lambda look: workers))
    assert error.value.code == (
        f"cluster_dask.py: expected relu_fast {rf.__version__} on the worker at tcp://b:2, "
        f"which has {has}"
    )


# ---- The script --------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("workers", [2, 1])
def test_nothing_is_lost_with_a_worker(workers, tmp_path):
    """A worker is killed on the way through more than its memory, and nothing is left behind."""
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    environment.pop("RELU_FAST_NUM_THREADS", None)
    result = subprocess.run(
        [sys.executable, FOLDER / "cluster_dask.py", "--quick", "--workers", str(workers)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=environment,
        timeout=300,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    size, memory = map(
        int, re.match(r"(\d+) MiB in \d+ chunks; a worker has (\d+) ", lines[0]).groups()
    )
    assert size > memory >= 256
    assert re.fullmatch(r"on the cluster: \d+\.\d\d times as fast, the same bits", lines[2])
    killed = re.fullmatch(r"killed a worker after 27 chunks, with (\d+) tasks on it", lines[3])
    assert int(killed[1]) > 0
    assert re.fullmatch(r"with a worker killed: \d+\.\d\d times as fast, the same bits", lines[4])
    share = max(1, CPUS // workers) if rf.config()["openmp"] else 1  # where dask would have 1
    assert lines[5].endswith(
        f": CPUs: {CPUS}, workers: {workers}, tasks: {workers}, threads of a task: {share}"
    )
    assert len(lines) == 6
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("--workers 0", "argument --workers: must be at least 1, not 0"),
        ("--memory 255", "argument --memory: must be at least 256, not 255"),
        ("--size 0", "argument --size: must be at least 4, not 0"),
        ("--size much", "argument --size: invalid int value: 'much'"),
        ("--timeout 0", "argument --timeout: must be at least 1, not 0"),
        *(
            (f"--scheduler tcp://a:1 {option}", "--workers, --memory and --kill: expected without")
            for option in ("--workers 1", "--memory 256", "--kill")
        ),
    ],
)
def test_bad_arguments(arguments, message, main, capsys):
    with pytest.raises(SystemExit) as error:
        main(*arguments.split())
    assert error.value.code == 2
    assert f"error: {message}" in capsys.readouterr().err


@pytest.mark.parametrize("package", ["dask", "distributed"])
def test_missing_package(package, monkeypatch):
    for name in list(sys.modules):
        if name.partition(".")[0] in (package, "cluster_dask"):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)  # makes its import fail
    with pytest.raises(SystemExit) as error:
        importlib.import_module("cluster_dask")
    assert "\n" not in error.value.code
    assert package in error.value.code
    assert 'pip install "dask[array,distributed]"' in error.value.code


def test_progress(monkeypatch, capsys):
    cluster_dask.show(1, 2, "on the cluster")
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    cluster_dask.show(1, 2, "on the cluster")
    assert capsys.readouterr().err == "\r1 of 2 chunks on the cluster\x1b[K"
    cluster_dask.show(2, 2, "on the cluster")
    assert capsys.readouterr().err == "\r\x1b[K"
