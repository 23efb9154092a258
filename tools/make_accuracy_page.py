"""Write docs/accuracy.md and docs/accuracy.png: the accuracy of relu_fast and of other libraries.

And tests/data/worst_inputs.txt, where the tests look again.

    pip install ".[peers,verify]" tensorflow
    python tools/make_accuracy_page.py                         # every float32: hours
    python tools/make_accuracy_page.py --quick                 # a sample: minutes
    python tools/make_accuracy_page.py --halves                # only that section of the page
    python tools/make_accuracy_page.py --from-json FILE        # of an earlier run's --json

relu_fast is measured by `python -m relu_fast verify`, the others by the same code; how they
are called stands in benchmarks/peers.  Those not installed are left out.  What took hours may be
put together of parts: --verified takes the JSON of verify, --every thins out the others' inputs.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import re
import subprocess
import sys
import textwrap
import threading

import numpy as np

import relu_fast
from relu_fast._catalog import ACTIVATIONS, FUNCTIONS
from relu_fast.accuracy import proof
from relu_fast.accuracy.ulp import errors
from relu_fast.cli.output import Progress
from relu_fast.cli.verify import dtypes, verify

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "benchmarks"))

from peers.array_peers import NumPy, SciPy  # noqa: E402
from peers.cells import Cell  # noqa: E402
from peers.data import Data  # noqa: E402
from peers.markdown import table  # noqa: E402
from peers.peer import NotOfferedError, ReluFast  # noqa: E402
from peers.picture import COLOURS, INK, OURS  # noqa: E402
from peers.tensor_peers import Jax, OnnxRuntime, PyTorch, TensorFlow  # noqa: E402

# By the outputs of a function of x.  The derivative: the gradient for g = 1.
FORMS = {("y",): "fresh", ("dy",): "backward"}
CURVED = "elu"  # the activation in the picture
BINS, IN_BIN = 400, 2000  # of the picture
LEAST, MOST = 1e-8, 110.0  # its range of -x


class NaiveNumPy(NumPy):
    """The formula as the papers print it."""

    name = "NumPy, exp(x) - 1"
    table = {"elu": {"fresh": "np.where(x > 0, x, np.exp(x) - 1)"}}  # noqa: RUF012


PEERS = (PyTorch, OnnxRuntime, Jax, TensorFlow, SciPy, NumPy, NaiveNumPy)


class HalfPyTorch(PyTorch):
    """It takes a bfloat16 by its bits, because it does not know ml_dtypes."""

    def take(self, array):
        import torch

        if array.dtype.name != "bfloat16":
            return super().take(array)
        return torch.from_numpy(array.view(np.int16)).view(torch.bfloat16)


class HalfJax(Jax):
    """A copy: NumPy does not hand out a bfloat16 by DLPack."""

    def take(self, array):
        import jax.numpy as jnp

        return jnp.array(array)


HALF_PEERS = (HalfPyTorch, OnnxRuntime, HalfJax, TensorFlow, NumPy)


# ---- Measuring ---------------------------------------------------------------


class Call:
    """A peer's call of a function, in the place of relu_fast's."""

    def __init__(self, peer, case):
        self.peer, self.case = peer, case
        self.statement = peer.statement(self.cell(1))  # NotOfferedError comes early
        self.code = compile(self.statement, peer.name, "eval")
        self.local = threading.local()

    def cell(self, n):
        form = self.case.function.form
        name = self.case.activation.name
        return Cell(1, "contiguous", self.case.dtype, n, name, FORMS[form.outputs])

    def __call__(self, operands):
        x = operands["x"]
        names, data = self.prepared(x.size)
        np.copyto(data.x, x)
        names["x"] = self.peer.take(data.x)  # JAX believes that its arrays never change
        names |= self.peer.names(self.cell(x.size), data)  # what PyTorch keeps follows from x
        result = eval(self.code, names)
        result = to_numpy(result[0] if isinstance(result, list) else result)
        if result.dtype != x.dtype:
            raise NotOfferedError(f"{x.dtype} becomes {result.dtype}")
        if self.is_derivative:  # at the kink it is what one makes it
            result = np.where(x == 0, self.case.call(operands), result)
        return result

    @property
    def is_derivative(self):
        return self.case.function.form.outputs == ("dy",)

    def __str__(self):
        name = self.case.activation.name
        if isinstance(self.peer, OnnxRuntime):
            return f"a model of one node, {self.peer.table[name][0]}"
        if isinstance(self.peer, (Jax, TensorFlow)):
            called = f"`{self.peer.table[name]}`"
            return f"{self.peer.vjp} of {called}" if self.is_derivative else called
        return f"`{self.statement}`"

    def prepared(self, n):
        """The names of the statement, and its arrays, of each thread."""
        known = vars(self.local)
        if n not in known:
            data = Data("contiguous", self.case.dtype, n)
            data.g.fill(1)
            known[n] = self.peer.namespace(self.cell(n), data), data
        return known[n]


def to_numpy(result):
    if str(result.dtype) != "torch.bfloat16":
        return np.asarray(result)
    import torch

    return result.view(torch.int16).numpy().view("bfloat16")


def peers_installed(peers):
    found = [peer() for peer in peers if peer.installed()]
    for peer in found:
        peer.set_threads(1)
    return found


def measure(options):
    """All that the page says."""
    effort = proof.QUICK if options.quick else proof.FULL
    chosen = options.function
    if options.verified:
        report = joined([json.loads(path.read_text("utf-8")) for path in options.verified])
    else:
        print("relu_fast", file=sys.stderr)
        wide = [dtype for dtype in proof.DTYPES if dtype not in proof.HALVES]
        report = verify(proof.cases(chosen, wide, effort), options.jobs)
    cases = [case for case in proof.cases(chosen, ["float32"], effort) if is_default(case)]
    report["peers"], report["curves"], report["every"] = {}, {}, options.every
    report["quick"] = options.quick
    report["facts"]["commit"] = report["facts"]["commit"] or checkout()
    report["versions"] = {}
    for peer in [ReluFast(), *peers_installed(PEERS)]:
        print(peer.name, file=sys.stderr)
        if not isinstance(peer, NaiveNumPy):
            report["versions"][peer.name] = peer.version
        calls = {}
        for case in cases:
            try:
                calls[case] = Call(peer, case)
            except NotOfferedError:
                continue
        if peer.name != OURS:
            report["peers"][peer.name] = [result_of(case, calls[case], options) for case in calls]
        report["curves"][peer.name] = {
            case.name: curve(case, calls[case]) for case in calls if case.activation.name == CURVED
        }
    report["halves"] = measure_halves(chosen, options)
    return report


def measure_halves(chosen, options):
    """What the section of the half types says; results by element type and library."""
    peers = peers_installed(HALF_PEERS)
    found = {"versions": {peer.name: peer.version for peer in [ReluFast(), *peers]}, "results": {}}
    for dtype in proof.HALVES:
        if dtype not in dtypes(None):
            continue
        cases = [case for case in proof.cases(chosen, [dtype]) if is_default(case)]
        ours = verify(cases, options.jobs)
        found["facts"] = ours["facts"]
        by_library = found["results"][dtype] = {OURS: ours["results"]}
        for peer in peers:
            print(peer.name, dtype, file=sys.stderr)
            results = [of_half(peer, case, options) for case in cases]
            by_library[peer.name] = [result for result in results if result]
    return found


def of_half(peer, case, options):
    """None: the library has no such function, or not for this type, which it says in many ways."""
    try:
        return result_of(case, Call(peer, case), options)
    except NotOfferedError:
        return None
    except Exception as error:
        reason = str(error).partition("\n")[0]
        print(f"no {case.name} for {case.dtype}: {reason:.100}", file=sys.stderr)
        return None


def is_default(case):
    form = case.function.form
    return not case.any_parameters and form.inputs == ("x",) and form.outputs in FORMS


def joined(reports):
    """Those of several runs of verify as one; the facts are the first one's."""
    return reports[0] | {"results": [result for r in reports for result in r["results"]]}


def result_of(case, call, options):
    total = proof.Tally()
    label = f"{call.peer.name}: {call.statement}"
    with proof.Pools(options.jobs) as pools, Progress(case.segments) as progress:
        every = options.every if case.every_input else 1
        tallies = pools.map(lambda segment: case.tally(segment, call, every), case, 0)
        for done, tally in enumerate(tallies):
            total += tally
            progress.update(done, label)
    return case.result(total) | {"call": str(call)}


def curve(case, call):
    """The largest error in each of the bins of the picture."""
    edges = np.geomspace(LEAST, MOST, BINS + 1)
    random = np.random.default_rng(1)
    x = -np.exp(random.uniform(np.log(edges[:-1]), np.log(edges[1:]), (IN_BIN, BINS)))
    x = x.astype(np.float32).ravel()
    with np.errstate(all="ignore"):
        operands = {"x": x, **case.parameters}
        error, _ = errors(call(operands), proof.by_numpy(case.function, operands))
    return error.reshape(IN_BIN, BINS).max(axis=0).round(4).tolist()


def checkout():
    command = ["git", "describe", "--always", "--dirty"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or None


# ---- The picture -------------------------------------------------------------


def draw(report, path):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    edges = np.geomspace(LEAST, MOST, BINS + 1)
    middles = np.sqrt(edges[:-1] * edges[1:])
    with plt.rc_context({"font.family": "DejaVu Sans", "font.size": 9}):
        figure, panels = plt.subplots(
            2, 1, figsize=(9, 8), sharex=True, sharey=True, layout="constrained"
        )
        functions = [f.name for f in ACTIVATIONS[CURVED].functions() if f.form.outputs in FORMS]
        functions = [name for name in functions if name in report["curves"][OURS]]
        for panel, name in zip(panels, functions, strict=True):
            for library, curves in report["curves"].items():
                if name in curves:
                    ours = library == OURS
                    style, colour = ("-", COLOURS[library]) if library in COLOURS else ("--", INK)
                    panel.plot(
                        middles,
                        np.maximum(curves[name], 0.1),
                        style,
                        color=colour,
                        label=library,
                        linewidth=3 if ours else 1.2,
                        zorder=2 if ours else 3,
                    )
            panel.axhline(1, color=INK, linewidth=0.6, linestyle=":")
            panel.set(xscale="log", yscale="log", xlim=(LEAST, MOST), ylabel="error in ULP")
            panel.set_ylim(bottom=0.1)
            panel.set_title(name, loc="left", fontweight="bold", color=INK)
            panel.spines[["top", "right"]].set_visible(False)
            panel.grid(axis="y", color="#eeeeee")
        panels[-1].set_xlabel("-x")
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=len(labels), frameon=False)
        figure.savefig(path, dpi=150)
        plt.close(figure)


# ---- The page ----------------------------------------------------------------

PAGE = """\
# Accuracy

How far the results are from the real numbers that they stand for. This page is written by

```sh
pip install ".[peers,verify]" tensorflow
python tools/make_accuracy_page.py{option}
```

## relu_fast

{method}

{ours}

{machine}

An error is the distance between the result and the exact real number in **ULP**: spacings of the
format around that number, and in the subnormal range the smallest subnormal. 0.5 is the best that
rounding allows. *Not nearest* counts the results that are not the number nearest to the exact one.
Closer than 0.05 to a zero of a derivative, errors are in ULP of 1/2; 0.1 is promised. Each input
was computed twice, among its neighbours and among others from all over, with the same bits. NaN, an
infinity or a sign (of zero, too) that should not be there, or is missing, breaks a promise whatever
its bound: {strange}.

The reference shares nothing with the kernels. It is the textbook formula in NumPy's float64, whose
error is below 2⁻²⁵ of an ULP of float32, and in MPFR wherever that cannot tell which float32 is
nearest. float64 results are compared with MPFR throughout.

## Other libraries

{peers_method}

{peers}

{versions}

![Error in ULP against -x, for elu and its derivative, of each library](accuracy.png)

The largest error in each of {bins} ranges of x, with {points:,} random points in each; the dotted
line is 1 ULP. Errors below 0.1 are drawn as 0.1.
"""

HALVES = """
## float16 and bfloat16

{method}

{tables}

{others}

{measured}
"""
HALVES_METHOD = """**All 65,536 inputs** of each type, with the default parameters; derivatives are
the gradient for a g of 1, at all x but 0. A cell is the largest error in ULP and, in brackets, how
many results are not the number nearest to the exact one; empty: the library has no such function
for the type, or returns another type. NumPy computes with bfloat16 by means of ml_dtypes. The calls
are those of the table above. What NumPy's float64 cannot judge was judged by MPFR."""
HALVES_OTHERS = """Where relu_fast is not nearest, the exact number lies next to the middle between
two. The 128 of bfloat16 are subnormal: x/2 and a little more is x/2 in float32. Gradients g of
every size, other parameters and gated pairs are sampled by `relu-fast verify`, and tested with some
numbers for all inputs (tests/values/test_halves.py)."""

SAMPLED = """every exponent, both tails, the subnormal numbers, and the surroundings of the points
where an algorithm may change its way"""
EVERY = f"""With the default alpha (prelu, which has none: 0.25) these are **all 2³² inputs** of
float32, which proves the bound. Any other alpha, the backward functions and float64 are sampled:
{SAMPLED}, with alphas of any size. `python -m relu_fast verify` does the same on any machine."""
SAMPLE = f"""This is a **sample**: {SAMPLED}, with alphas of any size. In full, without `--quick`,
it is all 2³² inputs of float32 with the default alpha. `python -m relu_fast verify` does the same
on any machine."""
PEERS_METHOD = """{inputs} of float32, one thread. Derivatives are the gradient for g = 1, at all x
but 0, where conventions differ. *NaN, ±0, ∞* counts results of another kind or sign than those of
the definitions in the [README](../README.md#functions), by which NaN gives NaN, in derivatives too;
a library that defines that otherwise is not wrong by its own terms. JAX and TensorFlow take
subnormal numbers for 0 on CPUs, which is where many of their largest errors are; the picture shows
others."""


def paragraph(text):
    return textwrap.fill(" ".join(text.split()), 100)


def page(report):
    ours = [row(result) for result in report["results"] if result["dtype"] not in proof.HALVES]
    float32 = [result for result in report["results"] if result["dtype"] == "float32"]
    quick = all(result["method"] == "sample" for result in float32)
    strange = sum(result["wrong_nan_infinity_or_sign"] for result in report["results"])
    rows = []
    for default in float32:
        if any_parameters(default):
            continue
        name = default["function"]
        found = [(OURS, default | {"call": call_of_ours(default)})]
        found += [
            (library, result)
            for library, results in report["peers"].items()
            for result in results
            if result["function"] == name
        ]
        rows += [peer_row(library, result) for library, result in found]
    titles = ["function", "dtype", "parameters", "inputs", "largest error, ULP", "at x", "promised"]
    titles += ["not nearest", "near its zero"]
    peer_titles = ["function", "library", "call", "largest error, ULP", "at x", "not nearest"]
    facts = {name: fact for name, fact in report["facts"].items() if fact and name != "seconds"}
    versions = ", ".join(f"{name} {version}" for name, version in report["versions"].items())
    return PAGE.format(
        option=" --quick" if quick else "",
        method=paragraph(SAMPLE if quick else EVERY),
        ours=table(titles, ours, "lllrrlrrr"),
        machine=table(["", ""], facts.items(), "ll"),
        strange=f"there were {strange:,} such results" if strange else "there was no such result",
        peers_method=paragraph(
            PEERS_METHOD.format(inputs=inputs_of_peers(quick, report.get("every", 1)))
        ),
        peers=table([*peer_titles, "NaN, ±0, ∞"], rows, "lllrlrr"),
        versions=f"Versions: {versions}.",
        bins=BINS,
        points=IN_BIN,
    ) + halves(report)


def halves(report):
    """The section of the half types."""
    tables = []
    measured = report["halves"]
    for dtype, by_library in measured["results"].items():
        libraries = {
            library: {result["function"]: result for result in results}
            for library, results in by_library.items()
        }
        rows = [
            [
                f"`{name}`",
                promised(result),
                *(half_cell(results.get(name)) for results in libraries.values()),
            ]
            for name, result in libraries[OURS].items()
        ]
        titles = ["function", "promised", *(f"**{n}**" if n == OURS else n for n in libraries)]
        tables.append(f"### {dtype}\n\n" + table(titles, rows, "lr" + "r" * len(libraries)))
    facts = measured["facts"]
    versions = ", ".join(f"{name} {version}" for name, version in measured["versions"].items())
    return HALVES.format(
        method=paragraph(HALVES_METHOD),
        tables="\n\n".join(tables),
        others=paragraph(HALVES_OTHERS),
        measured=paragraph(
            f"Measured on {facts['date']} with {facts['compiler']} on {facts['CPU']} "
            f"({facts['isa']}): {versions}."
        ),
    )


def with_halves(text, report):
    """A page with this section in the place of its own."""
    before, _, _ = text.partition(HALVES[: HALVES.index("{")])
    return before + halves(report)


def half_cell(result):
    if result is None:
        return ""
    error, wrong = result["max_ulp"], result["not_correctly_rounded"]
    shown = number(error) if error < 1e6 else re.sub(r"e\+0*", "e", f"{error:.0e}")
    return shown + (f" ({wrong:,})" if wrong else "")


def promised(result):
    return "exact" if result["bound_ulp"] == 0 else f"{result['bound_ulp']:g}"


def inputs_of_peers(quick, every):
    if quick:
        return "The same sample"
    return "All 2³² inputs" if every == 1 else f"One of {every} of all 2³² inputs, evenly spread,"


def any_parameters(result):
    takes_more = {"g", "up"} & set(FUNCTIONS[result["function"]].form.inputs)
    return result["parameters"] == "any" or bool(takes_more)


def call_of_ours(result):
    required = FUNCTIONS[result["function"]].activation.required
    return f"`rf.{result['function']}({', '.join(['x', *map(str, required)])})`"


def row(result):
    return [
        f"`{result['function']}`",
        result["dtype"],
        result["parameters"] or "",
        "all" if result["method"] == "every input" else f"{result['points']:,}",
        number(result["max_ulp"]),
        at(result),
        promised(result),
        count(result),
        number(result["max_ulp_of_half_near_zero"]) if result["bound_near_zero"] else "",
    ]


def peer_row(library, result):
    name = f"**{library}**" if library == OURS else library
    return [
        f"`{result['function']}`",
        name,
        result["call"],
        number(result["max_ulp"]),
        at(result),
        count(result),
        f"{result['wrong_nan_infinity_or_sign']:,}",
    ]


def number(error):
    return "0" if error == 0 else f"{error:.4f}" if error < 100 else f"{error:,.0f}"


def at(result):
    worst = result["worst"]
    x = worst and (worst.get("x") or worst["gate"])
    return f"{x['decimal']} (`{x['hex']}`)" if x else ""


def count(result):
    wrong = result["not_correctly_rounded"]
    share = wrong / result["points"]
    return f"{wrong:,} ({share:.2%})" if wrong else "0"


# ---- The worst inputs --------------------------------------------------------

WORST = ROOT / "tests" / "data" / "worst_inputs.txt"
HEADER = """\
# function, dtype, operands by name (hexadecimal), error in ULP, or in ULP of 1/2 near a zero.
# Made by tools/make_accuracy_page.py of what `verify` found; checked by tests/values/test_worst.py.
"""


def merge_worst(report, path):
    """Write the worst inputs in the place of those of the same functions and types."""
    lines = {}
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.startswith("#"):
                lines[tuple(line.split()[:2])] = [*lines.get(tuple(line.split()[:2]), []), line]
    fresh = {}
    for result in report["results"]:
        for worst, error, unit in (
            ("worst", "max_ulp", "ULP"),
            ("worst_near_zero", "max_ulp_of_half_near_zero", "halves"),
        ):
            if (
                result[worst] and result["dtype"] not in proof.HALVES
            ):  # all of those are tested anyway
                key = result["function"], result["dtype"]
                operands = (f"{n}={v['hex']}" for n, v in result[worst].items() if n != "result")
                line = f"{' '.join([*key, *operands])} {result[error]:.4f} {unit}"
                fresh.setdefault(key, []).append(line)
    ordered = sorted((lines | fresh).items())
    text = "".join(f"{line}\n" for _, found in ordered for line in found)
    path.write_text(HEADER + text, encoding="utf-8")


def main(arguments=None):
    parser = argparse.ArgumentParser(description=re.sub(r"\n.*", "", __doc__, flags=re.S))
    parser.add_argument("--quick", action="store_true", help="a sample instead of every float32")
    parser.add_argument("--function", nargs="+", choices=ACTIVATIONS, default=(), metavar="NAME")
    parser.add_argument("--verified", nargs="+", type=pathlib.Path, help="ours, by verify --json")
    parser.add_argument("--every", type=int, default=1, help="only each n-th input of the others")
    parser.add_argument("--jobs", type=int, default=relu_fast.get_num_threads())
    parser.add_argument("--json", type=pathlib.Path, help="keep the results here")
    parser.add_argument("--from-json", type=pathlib.Path, help="measure nothing, but take these")
    parser.add_argument("--worst", type=pathlib.Path, default=WORST, help="the worst inputs")
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "docs" / "accuracy.md")
    parser.add_argument("--halves", action="store_true", help="only the section of half types")
    options = parser.parse_args(arguments)
    if options.halves:
        report = {"halves": measure_halves(options.function, options)}
        text = options.output.read_text(encoding="utf-8")
        options.output.write_text(with_halves(text, report), encoding="utf-8")
        return
    if options.from_json:
        report = json.loads(options.from_json.read_text(encoding="utf-8"))
    else:
        report = measure(options)
    if options.json:
        options.json.write_text(json.dumps(report), encoding="utf-8")
    if CURVED in {FUNCTIONS[r["function"]].activation.name for r in report["results"]}:
        draw(report, options.output.with_name("accuracy.png"))
    options.output.write_text(page(report), encoding="utf-8")
    if not report["quick"]:  # a sample's are not
        merge_worst(report, options.worst)


if __name__ == "__main__":
    main()
