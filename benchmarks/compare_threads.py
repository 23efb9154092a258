"""What a second thread does in every situation that a NumPy program may be in.

    python benchmarks/compare_threads.py [--scenarios loop matmul] [--processes 10]
    pip install torch && python benchmarks/compare_threads.py --markdown docs/performance_threads.md

Each line of the table is a scenario, measured in as many fresh processes, one after the other,
because where the kernel places a process's threads is decided once for all its life. In a process
one thread and more take turns; the speed-up is the time of a call on one thread over that on
more. The table has its median over the processes, that of the second worst of ten (nine of ten
reach it), the median of the ratios of the 90th percentiles (what the slow calls do), and how many
CPUs the process used on more threads.

The machine must have nothing else to do. Nobody's waiting threads last from one process to the
next; in the scenarios with a matmul or with PyTorch they are what is measured.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import re
import shlex
import subprocess
import sys
import threading
from itertools import pairwise
from pathlib import Path
from time import perf_counter, process_time, sleep

import numpy as np

STATEMENTS = {"relu": "relu(x, out=y)", "elu": "elu(x, out=y)"}
ROUNDS = 5  # of one thread and more, in each process
SECONDS = 0.06  # of each in each round


# ---- One process -------------------------------------------------------------------


def measure(scenario, function, n, threads):
    """The numbers of one process: see `report`."""
    import relu_fast

    x = np.random.default_rng(0).standard_normal(n, dtype=np.float32)
    y = np.zeros_like(x)
    code = compile(STATEMENTS[function], function, "eval")
    names = {"x": x, "y": y} | {f: getattr(relu_fast, f) for f in STATEMENTS}

    def call():
        eval(code, names)

    return SCENARIOS[scenario].run(call, relu_fast, function, n, threads)


def report(times_of_one, times_of_more, cpus):
    one, more = np.array(times_of_one), np.array(times_of_more)
    return {
        "speedup": float(np.median(one) / np.median(more)),
        "slow calls": float(np.quantile(one, 0.9) / np.quantile(more, 0.9)),
        "one": float(np.median(one)),
        "cpus": cpus,
    }


def in_turns(call, relu_fast, threads, between=lambda: None):
    """Calls with `between` before each, on one thread and on more in turns."""
    times, cpu, wall = {1: [], threads: []}, 0.0, 0.0
    for _ in range(ROUNDS):
        for count in (1, threads):
            relu_fast.set_num_threads(count)
            for _ in range(3):
                between()
                call()
            start, cpu_start = perf_counter(), process_time()
            while perf_counter() < start + SECONDS:
                between()
                began = perf_counter()
                call()
                times[count].append(perf_counter() - began)
            if count > 1:
                cpu += process_time() - cpu_start
                wall += perf_counter() - start
    return report(times[1], times[threads], cpu / wall)


class Between:
    """Calls one after the other, with something else before each."""

    def __init__(self, meaning, prepare=lambda n: lambda: None):
        self.meaning, self.prepare = meaning, prepare

    def run(self, call, relu_fast, function, n, threads):
        return in_turns(call, relu_fast, threads, self.prepare(n))


class Beside(Between):
    """Calls one after the other, while other processes compute."""

    program = "import os\nparent = os.getppid()\nwhile os.getppid() == parent: sum(range(10**5))"

    def run(self, call, relu_fast, function, n, threads):
        with subprocess.Popen([sys.executable, "-c", self.program]) as other:
            sleep(0.3)
            try:
                return in_turns(call, relu_fast, threads)
            finally:
                other.kill()


def count_calls(call, seconds):
    """How many calls a thread makes until then."""
    calls, end = 0, perf_counter() + seconds
    while perf_counter() < end:
        for _ in range(5):
            call()
        calls += 5
    return calls


class Callers(Between):
    """Python threads that call at once, each with arrays of its own; by calls a second."""

    def __init__(self, meaning, number):
        super().__init__(meaning)
        self.number = number

    def run(self, call, relu_fast, function, n, threads):
        code = compile(STATEMENTS[function], function, "eval")
        shared = {f: getattr(relu_fast, f) for f in STATEMENTS}
        arrays = [np.full((2, n), -1.0, np.float32) for _ in range(self.number)]
        times = {1: [], threads: []}  # seconds a call of anybody
        cpu = wall = 0.0

        def work(i, counted):
            names = shared | {"x": arrays[i][0], "y": arrays[i][1]}
            counted.append(count_calls(lambda: eval(code, names), 3 * SECONDS))

        for _ in range(ROUNDS):
            for count in (1, threads):
                relu_fast.set_num_threads(count)
                counted = []
                workers = [
                    threading.Thread(target=work, args=(i, counted)) for i in range(self.number)
                ]
                start, cpu_start = perf_counter(), process_time()
                for worker in workers:
                    worker.start()
                for worker in workers:
                    worker.join()
                times[count].append(3 * SECONDS / sum(counted))
                if count > 1:
                    cpu += process_time() - cpu_start
                    wall += perf_counter() - start
        return report(times[1], times[threads], cpu / wall)


class Processes(Between):
    """Two processes that call at once; the calls of both a second."""

    program = """
import sys, threading
sys.path.insert(0, {folder!r})
import numpy as np, relu_fast, compare_threads
x = np.full({n}, -1.0, np.float32)
y = np.zeros_like(x)
for line in sys.stdin:
    relu_fast.set_num_threads(int(line))
    names = dict(x=x, y=y, relu=relu_fast.relu, elu=relu_fast.elu)
    code = compile({statement!r}, "call", "eval")
    print(compare_threads.count_calls(lambda: eval(code, names), {seconds}), flush=True)
"""

    def run(self, call, relu_fast, function, n, threads):
        program = self.program.format(
            folder=os.path.dirname(os.path.abspath(__file__)),
            n=n,
            statement=STATEMENTS[function],
            seconds=3 * SECONDS,
        )
        both = [
            subprocess.Popen(
                [sys.executable, "-c", program],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _ in range(2)
        ]
        times = {1: [], threads: []}  # seconds a call of anybody
        for i in range(-1, ROUNDS):
            for count in (1, threads):
                for process in both:
                    print(count, file=process.stdin, flush=True)
                counted = sum(int(process.stdout.readline()) for process in both)
                if i >= 0:
                    times[count].append(3 * SECONDS / counted)
        for process in both:
            process.stdin.close()
            process.wait()
        return report(times[1], times[threads], float("nan"))


class TrainingStep(Between):
    """A step of a 784-1024-1024-10 network, batch 512, whose matmuls are NumPy's.

    The time of the step with NumPy's own expression over that with ours on all threads.
    """

    def run(self, call, relu_fast, function, n, threads):
        rng = np.random.default_rng(0)
        sizes = (784, 1024, 1024, 10)
        weights = [
            rng.standard_normal((a, b), dtype=np.float32) * np.float32((2 / a) ** 0.5)
            for a, b in pairwise(sizes)
        ]
        inputs = rng.standard_normal((512, 784), dtype=np.float32)
        target = rng.standard_normal((512, 10), dtype=np.float32)

        def numpy_relu(x):
            return np.maximum(x, 0)

        def numpy_relu_backward(g, x):
            return g * (x > 0)

        def numpy_elu(x):
            return np.where(x > 0, x, np.expm1(np.minimum(x, 0)))

        def numpy_elu_backward(g, x):
            return np.where(x > 0, g, g * np.exp(np.minimum(x, 0)))

        theirs = (
            (numpy_relu, numpy_relu_backward)
            if function == "relu"
            else (numpy_elu, numpy_elu_backward)
        )
        ours = (getattr(relu_fast, function), getattr(relu_fast, f"{function}_backward"))

        def step(forward, backward):
            h, before = inputs, []
            for i, w in enumerate(weights):
                z = h @ w
                before.append((h, z))
                h = forward(z) if i < len(weights) - 1 else z
            g = (h - target) / 512
            for i in reversed(range(len(weights))):
                h, z = before[i]
                if i < len(weights) - 1:
                    g = backward(g, z)
                gradient = h.T @ g
                if i:
                    g = g @ weights[i].T
                weights[i] -= np.float32(1e-6) * gradient

        times = {"theirs": [], "ours": []}
        relu_fast.set_num_threads(threads)
        cpu = wall = 0.0
        for i in range(-1, 3 * ROUNDS):
            for whose, functions in (("theirs", theirs), ("ours", ours)):
                start, cpu_start = perf_counter(), process_time()
                for _ in range(2):
                    began = perf_counter()
                    step(*functions)
                    if i >= 0:
                        times[whose].append(perf_counter() - began)
                if whose == "ours":
                    cpu += process_time() - cpu_start
                    wall += perf_counter() - start
        return report(times["theirs"], times["ours"], cpu / wall)


def prepare_sleep(n):
    return lambda: sleep(0.001)


def prepare_matmul(n):
    a = np.random.default_rng(1).standard_normal((400, 400), dtype=np.float32)
    return lambda: a @ a


def prepare_pytorch(n):
    import torch

    x = torch.randn(n)
    return lambda: torch.nn.functional.elu(x)


SCENARIOS = {
    "loop": Between("one call after the other"),
    "idle": Between("1 ms of sleep before each call", prepare_sleep),
    "matmul": Between("each right after a NumPy matmul", prepare_matmul),
    "beside": Beside("beside a process that keeps one CPU"),
    "pytorch": Between("in turn with PyTorch's elu", prepare_pytorch),
    "callers 2": Callers("two Python threads call", 2),
    "callers 4": Callers("four Python threads call", 4),
    "callers 8": Callers("eight Python threads call", 8),
    "processes": Processes("two processes call"),
    "training": TrainingStep("a training step: NumPy's expression over ours"),
}
LENGTHS = {
    "idle": (1_000_000, 3_000_000),
    "matmul": (100_000, 1_000_000),
    "beside": (100_000, 1_000_000),
    "pytorch": (100_000, 1_000_000),
    "training": (512 * 1024,),
} | dict.fromkeys(("callers 2", "callers 4", "callers 8", "processes"), (100_000, 1_000_000))


# ---- All processes ------------------------------------------------------------------


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--scenarios", nargs="+", choices=SCENARIOS, default=list(SCENARIOS))
    parser.add_argument("--functions", nargs="+", choices=STATEMENTS, default=list(STATEMENTS))
    parser.add_argument("--lengths", nargs="+", type=int)
    parser.add_argument("--processes", type=int, default=10)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--markdown", type=Path, help="write the table to a page as well")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def main(arguments=None):
    arguments = sys.argv[1:] if arguments is None else arguments
    chosen = parse(arguments)
    if chosen.one:
        (scenario,), (function,), (n,) = chosen.scenarios, chosen.functions, chosen.lengths
        print(json.dumps(measure(scenario, function, n, chosen.threads)))
        return
    lines = [
        f"| {'scenario':9} | call | {'n':>9} | one thread, µs | {chosen.threads} threads: speed-up"
        " | 9 of 10 | slow calls | CPUs |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    print(*lines, sep="\n")
    for scenario in chosen.scenarios:
        for function in chosen.functions:
            for n in chosen.lengths or LENGTHS.get(scenario, (100_000, 300_000, 1_000_000)):
                lines.append(line(scenario, function, n, chosen))
                print(lines[-1], flush=True)
    if chosen.markdown:
        chosen.markdown.write_text(page(lines, arguments), encoding="utf-8")


PAGE = """\
# Threads in every situation

What {threads} threads do, where a program has the machine for itself and where it has not. Written
by

```sh
{command}
```

as medians over {processes} fresh processes for each line, because where the kernel places a
process's threads is decided once for all its life. The speed-up is the time of a call on one
thread over that on {threads}, in turns in one process; then come that of the second worst of ten
processes, the ratio of the 90th percentiles, and how many CPUs the process used. Where several
callers or processes are counted, times are those of a call of anybody.

{table}

The scenarios are:

{scenarios}

{machine}
"""


def page(lines, arguments):
    options = parse(arguments)
    return PAGE.format(
        threads=options.threads,
        processes=options.processes,
        command=shlex.join(["python", "benchmarks/compare_threads.py", *arguments]),
        table="\n".join(lines),
        scenarios="\n".join(f"- {name}: {SCENARIOS[name].meaning}" for name in options.scenarios),
        machine=f"Measured on {cpu_model()}, {len(os.sched_getaffinity(0))} CPUs, Linux"
        f" {platform.release()}, {datetime.date.today().isoformat()}.",
    )


def cpu_model():
    found = re.search(r"^model name\s*: (.*)", Path("/proc/cpuinfo").read_text(), re.M)
    return found[1] if found else platform.machine()


def line(scenario, function, n, chosen):
    command = [sys.executable, __file__, "--one", "--threads", str(chosen.threads)]
    command += ["--scenarios", scenario, "--functions", function, "--lengths", str(n)]
    runs = []
    for _ in range(chosen.processes):
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
        if "No module named 'torch'" in ran.stderr:
            return f"| {scenario:9} | {function:4} | {n:9} | PyTorch is not installed |"
        if ran.returncode:
            sys.exit(ran.stderr)
        runs.append(json.loads(ran.stdout))
    speedups = sorted(run["speedup"] for run in runs)
    one = np.median([run["one"] for run in runs]) * 1e6
    cpus = np.median([run["cpus"] for run in runs])
    return (
        f"| {scenario:9} | {function:4} | {n:9} | {one:14.1f} | {np.median(speedups):19.2f}"
        f" | {speedups[len(speedups) // 10]:7.2f}"
        f" | {np.median([run['slow calls'] for run in runs]):10.2f}"
        f" | {'' if np.isnan(cpus) else format(cpus, '.2f'):>4} |"
    )


if __name__ == "__main__":
    main()
