"""Forward and backward over an array that no worker of a cluster could hold, with dask.

A GELU behind a PReLU that learns an alpha for each column: the ufuncs of NumPy arrays are those
of dask's, whose chunks are computed by other processes, here or elsewhere. One of them is killed
on the way, and the results are those of one process, bit for bit::

    pip install relu_fast "dask[array,distributed]"
    python cluster_dask.py                                  # 2 GiB, worker processes of its own
    python cluster_dask.py --scheduler tcp://10.0.0.1:8786  # a cluster that is there

The workers of such a cluster need the same relu_fast. Each of them gets its share of the CPUs of
its machine, unless RELU_FAST_NUM_THREADS was set where it was started.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import time
import uuid
import zlib
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import relu_fast as rf

try:
    import dask
    import dask.array as da
    import psutil
    from dask.system import cpu_count
    from distributed import (
        Client,
        KilledWorker,
        LocalCluster,
        WorkerPlugin,
        as_completed,
        futures_of,
    )
except ModuleNotFoundError as error:
    sys.exit(f'cluster_dask.py: {error}. It needs: pip install "dask[array,distributed]"')

Array = NDArray[np.float32]

ROWS = COLUMNS = 1024  # of a chunk: it and what is made of it are 24 MiB
MIB = 2**20
CHUNK = ROWS * COLUMNS * 4 // MIB
ALPHA = np.linspace(0.01, 0.5, COLUMNS, dtype=np.float32)
# What comes back of a chunk, in place of the 8 MiB of both results.
RECORD = np.dtype([("y", "u4"), ("d_x", "u4"), ("d_alpha", "f4", COLUMNS)])


# ---- What is computed --------------------------------------------------------


def draw(seed: int, block_id: tuple[int, int]) -> Array:
    """Return a chunk: the same numbers wherever it is drawn, and each time."""
    rng = np.random.default_rng([seed, block_id[0]])
    return 8 * rng.random((ROWS, COLUMNS), np.float32) - 4


def step(x: Any, g: Any, alpha: Array) -> tuple[Any, Any, Any]:
    """Return the output y, and the gradients of x and of prelu's output.

    Of NumPy's arrays, or of dask's: those are only planned.
    """
    h = rf.prelu(x, alpha)
    y = rf.gelu(h)
    d_h = rf.gelu_backward(g, h)
    d_x = rf.prelu_backward(d_h, x, alpha)
    return y, d_x, d_h


def summarise(y: Array, d_x: Array, d_h: Array, x: Array, alpha: Array) -> NDArray[Any]:
    """Return what tells the results of a chunk from others, and its part of alpha's gradient."""
    record = np.empty(1, RECORD)
    record["y"], record["d_x"] = zlib.crc32(y), zlib.crc32(d_x)
    record["d_alpha"] = rf.prelu_alpha_backward(d_h, x, alpha)
    return record


def in_one_process(chunks: int) -> NDArray[Any]:
    """Return the records, chunk by chunk, with all threads and without dask."""
    records = np.empty(chunks, RECORD)
    for i in range(chunks):
        x, g = draw(0, (i, 0)), draw(1, (i, 0))
        records[i : i + 1] = summarise(*step(x, g, ALPHA), x, ALPHA)
        show(i + 1, chunks, "in one process")
    return records


def planned(chunks: int) -> da.Array:
    """Return the same records as an array of dask, whose chunks are computed when asked for."""
    x, g = (
        da.map_blocks(
            draw,
            seed,
            chunks=((ROWS,) * chunks, (COLUMNS,)),
            meta=np.empty((0, 0), np.float32),
            name=f"draw-{uuid.uuid4()}",  # a new one, or dask may find results it still has
        )
        for seed in (0, 1)
    )
    return da.map_blocks(
        summarise,
        *step(x, g, ALPHA),
        x,
        ALPHA,
        drop_axis=1,
        chunks=((1,) * chunks,),
        meta=np.empty(0, RECORD),
    )


# ---- Threads of the workers --------------------------------------------------

Place = tuple[str, tuple[int, ...]]


class Worker(NamedTuple):
    """What a worker says of itself."""

    host: str
    cpus: tuple[int, ...]  # where it may run
    quota: int  # how many of them it may keep busy
    tasks: int  # at a time
    memory: int | None  # its limit
    pid: int
    version: str | None  # of relu_fast, if it is there
    threads: int  # of a task

    @property
    def place(self) -> Place:
        """The same for workers that share CPUs."""
        return self.host, self.cpus


def look(dask_worker: Any) -> Worker:
    """Be run by a worker, which dask hands over by this name."""
    try:
        import relu_fast
    except ModuleNotFoundError:
        version, threads = None, 0
    else:
        version, threads = relu_fast.__version__, relu_fast.get_num_threads()
    affinity = getattr(os, "sched_getaffinity", lambda pid: range(os.cpu_count() or 1))
    return Worker(
        dask_worker.ip,
        tuple(sorted(affinity(0))),
        cpu_count(),
        dask_worker.state.nthreads,
        dask_worker.memory_manager.memory_limit,
        os.getpid(),
        version,
        threads,
    )


def by_place(workers: Iterable[Worker]) -> dict[Place, list[Worker]]:
    """Return the workers that share CPUs together."""
    places: dict[Place, list[Worker]] = {}
    for worker in workers:
        places.setdefault(worker.place, []).append(worker)
    return places


def share(workers: list[Worker]) -> int:
    """Return how many threads each task of these may use, so that each finds a CPU."""
    quota = min(worker.quota for worker in workers)
    return max(1, quota // sum(worker.tasks for worker in workers))


class Threads(WorkerPlugin):
    """Gives each worker its threads, and those that come later.

    dask knows nothing of relu_fast. Its nannies set OMP_NUM_THREADS to 1, which leaves CPUs idle
    where workers are few, and each worker without a nanny would take all CPUs.
    """

    name = "relu_fast-threads"

    def __init__(self, workers: Iterable[Worker]) -> None:
        self.shares = {place: share(here) for place, here in by_place(workers).items()}

    def setup(self, worker: Any) -> None:
        if "RELU_FAST_NUM_THREADS" not in os.environ:
            rf.set_num_threads(self.shares.get(look(worker).place, 1))

    def teardown(self, worker: Any) -> None:
        if "RELU_FAST_NUM_THREADS" not in os.environ:
            rf.set_num_threads(None)


# ---- The cluster -------------------------------------------------------------


@contextmanager
def local_cluster(workers: int, memory: int) -> Iterator[str]:
    """Make a cluster of processes on this machine, which leaves nothing behind."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder,
        dask.config.set({"temporary-directory": folder}),
        LocalCluster(
            n_workers=workers,
            threads_per_worker=1,
            memory_limit=memory * MIB,
            dashboard_address=":0",  # any that is free
            silence_logs=logging.CRITICAL,  # that a worker dies is no news here
        ) as cluster,
    ):
        yield cluster.scheduler_address


def connect(address: str, timeout: float) -> Client:
    """Return a client of the scheduler; exit if there is none."""
    try:
        return Client(address, timeout=timeout)
    except (OSError, ValueError) as error:
        sys.exit(f"cluster_dask.py: expected a scheduler at {address}: {error}")


def look_at_all(client: Client) -> dict[str, Worker]:
    """Return the workers by address; exit if one lacks our relu_fast."""
    found: dict[str, Worker] = client.run(look)
    for address, worker in found.items():
        if worker.version != rf.__version__:
            has = f"relu_fast {worker.version}" if worker.version else "none"
            sys.exit(f"cluster_dask.py: expected relu_fast {rf.__version__} on the worker at "
                     f"{address}, which has {has}")  # fmt: skip
    return found


@contextmanager
def threads_shared(client: Client, workers: Iterable[Worker]) -> Iterator[None]:
    """Give the workers their threads; take them away again, as others may use the cluster."""
    client.register_plugin(Threads(workers))
    try:
        yield
    finally:
        client.unregister_worker_plugin(Threads.name)


def on_cluster(
    client: Client, chunks: int, timeout: float, to_kill: Mapping[str, Worker], how: str
) -> NDArray[Any]:
    """Return the records; of the workers to kill, kill the busiest after a third of them."""
    records = np.empty(chunks, RECORD)
    futures = futures_of(client.persist(planned(chunks)))
    finished = as_completed(futures, with_results=True, timeout=timeout)
    for done, (future, record) in enumerate(finished, start=1):
        _, i = future.key
        records[i : i + 1] = record
        show(done, chunks, how)
        if to_kill and done == 1 + chunks // 3:
            tasks = {a: len(keys) for a, keys in client.processing().items() if a in to_kill}
            busiest = max(tasks, key=tasks.__getitem__)
            psutil.Process(to_kill[busiest].pid).kill()
            show(0, 0)
            print(f"killed a worker after {done} chunks, with {tasks[busiest]} tasks on it")
    return records


# ---- The terminal ------------------------------------------------------------


def show(done: int, chunks: int, how: str = "") -> None:
    """Show how far it is, if stderr is a terminal; wipe the line at the end."""
    if sys.stderr.isatty():
        text = f"{done} of {chunks} chunks {how}" if done < chunks else ""
        print(f"\r{text}\x1b[K", end="", file=sys.stderr, flush=True)


def at_least(least: int) -> Any:
    """Return a type for argparse."""

    def integer(text: str) -> int:
        value = int(text)
        if value < least:
            raise argparse.ArgumentTypeError(f"must be at least {least}, not {value}")
        return value

    integer.__name__ = "int"  # what argparse calls it in errors
    return integer


def parse() -> argparse.Namespace:
    """Return the options."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    add = parser.add_argument
    add("--scheduler", metavar="ADDRESS", help="of a cluster that is there: tcp://HOST:PORT")
    add("--workers", type=at_least(1), metavar="N", help="processes to start (default: 2 to 4)")
    add("--memory", type=at_least(256), metavar="MIB", help="limit of each (default: 1024)")
    add("--size", type=at_least(CHUNK), metavar="MIB", help="of the array (default: 2048)")
    add(
        "--kill",
        action=argparse.BooleanOptionalAction,
        help="do it again, and kill a worker on the way (default, without --scheduler)",
    )
    add("--timeout", type=at_least(1), metavar="S", default=600, help="seconds (default: 600)")
    add(
        "--quick",
        action="store_true",
        help="less: 320 MiB, on workers of 256 MiB, if they do with that",
    )
    args = parser.parse_args()
    if args.scheduler and (args.workers or args.memory or args.kill):
        parser.error("--workers, --memory and --kill: expected without --scheduler, whose workers "
                     "are others'")  # fmt: skip
    args.workers = 1 if args.scheduler else args.workers or max(2, min(4, cpu_count()))
    # A worker imports what this process has: pandas and pyarrow, too, where dask finds them.
    own = psutil.Process().memory_info().rss // MIB
    if args.memory and args.memory < own + 128:
        parser.error(
            f"argument --memory: must be at least {own + 128} here, not {args.memory}, because a "
            f"worker takes {own} before it computes"
        )
    args.memory = args.memory or max(256 if args.quick else 1024, own + 128)
    args.size = args.size or (args.memory * 5 // 4 if args.quick else 2048)
    args.kill = not args.scheduler if args.kill is None else args.kill
    return args


def compare(client: Client, args: argparse.Namespace) -> None:
    """Compute the same in one process and on the cluster; exit if the bits differ."""
    end = time.monotonic() + args.timeout
    client.wait_for_workers(args.workers, args.timeout)
    workers = look_at_all(client)
    chunks = -(-args.size // CHUNK)
    memory = min(worker.memory or 0 for worker in workers.values()) // MIB
    print(f"{chunks * CHUNK} MiB in {chunks} chunks; a worker has {memory or 'any'} MiB")
    with threads_shared(client, workers.values()):
        start = time.monotonic()
        expected = in_one_process(chunks)
        alone = time.monotonic() - start
        print(f"in one process: {chunks * CHUNK / alone:.0f} MiB/s")
        for to_kill in ({}, workers) if args.kill else ({},):
            how = "with a worker killed" if to_kill else "on the cluster"
            start = time.monotonic()
            records = on_cluster(client, chunks, max(0, end - start), to_kill, how)
            taken = time.monotonic() - start
            if records.tobytes() != expected.tobytes():
                sys.exit(f"cluster_dask.py: {how}: other bits than in one process")
            print(f"{how}: {alone / taken:.2f} times as fast, the same bits")
        # For the worker that takes the place of the one killed.
        client.wait_for_workers(args.workers, max(0, end - time.monotonic()))
        for (host, _), here in by_place(look_at_all(client).values()).items():
            threads = " or ".join(map(str, sorted({worker.threads for worker in here})))
            print(f"{host}: CPUs: {here[0].quota}, workers: {len(here)}, "
                  f"tasks: {sum(worker.tasks for worker in here)}, "
                  f"threads of a task: {threads}")  # fmt: skip


def main() -> None:
    args = parse()
    with ExitStack() as stack:
        address = args.scheduler
        if not address:
            address = stack.enter_context(local_cluster(args.workers, args.memory))
        client = stack.enter_context(connect(address, args.timeout))
        try:
            compare(client, args)
        except TimeoutError:
            sys.exit(f"cluster_dask.py: expected a longer --timeout, or more workers at {address}: "
                     f"not done after {args.timeout} s")  # fmt: skip
        except (OSError, CancelledError, KilledWorker) as error:
            sys.exit(f"cluster_dask.py: expected {address} to stay, and its workers: {error}")


if __name__ == "__main__":
    main()
