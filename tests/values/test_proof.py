"""``relu-fast verify`` finds what is wrong, and passes what is right."""

import importlib.util
import json
import math
import os
import sys
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from support import reference
from support.command_line import command as command_line
from support.command_line import succeeded
from support.dtypes import FLOATING, INSTALLED
from support.functions import of_each_shape

import relu_fast
from relu_fast._catalog import FUNCTIONS
from relu_fast.accuracy import proof, ulp
from relu_fast.accuracy.definitions import near_zero, point_of, relative_error
from relu_fast.accuracy.in_float64 import TINY
from relu_fast.accuracy.points import Random
from relu_fast.accuracy.proof import by_mpfr, by_numpy, tally
from relu_fast.accuracy.ulp import Reference
from relu_fast.cli import main
from relu_fast.cli import verify as command

pytestmark = [pytest.mark.build_independent, pytest.mark.coverage]

PARAMETERS = [-0.5, 3.0, 1e30, 1e-42]
VERIFIED = {case.name: case.function for case in proof.cases()}
# For bfloat16, of which only the format is another one, a few of them, and of the points.
operations = pytest.mark.parametrize(
    ("dtype", "function"),
    [
        pytest.param(dtype, function, id=f"{dtype}-{function.name}", marks=marks)
        for (dtype,), marks, _ in FLOATING
        for function in (of_each_shape if dtype == "bfloat16" else list)(VERIFIED.values())
    ],
)


@pytest.fixture
def small(monkeypatch):
    """Cases of few points, some of which cover a range of float32 without a gap."""
    samples = dict.fromkeys(proof.DTYPES, (2, 1 << 10)) | {"float64": (2, 1 << 7)}
    monkeypatch.setattr(proof, "FULL", proof.Effort((*proof.HALVES, "float32"), samples))
    monkeypatch.setattr(proof, "QUICK", proof.Effort((), samples))
    # From -2 on downwards.
    monkeypatch.setitem(proof.EVERY, "float32", (4, 1 << 16))
    every = proof.all_inputs

    def shifted(dtype, start, count, step):
        return every(dtype, start + (0xC000_0000 if dtype == "float32" else 0), count, step)

    monkeypatch.setattr(proof, "all_inputs", shifted)


def verify(*arguments):
    """The exit status of a command line, with what can be done in this process."""
    return main.main(["verify", "--jobs", "1", *map(str, arguments)])


def results_of(capsys):
    """The results that --json has printed, without what differs from run to run."""
    return json.loads(capsys.readouterr().out)["results"]


# ---- Real numbers ------------------------------------------------------------


def operands_of(function, dtype, number=None, seed=0):
    """At the stored points; a finite number for all parameters, or their typical values."""
    x = reference.points(dtype)[:: 4 if dtype == "bfloat16" else 1]
    found = {point_of(function): x}
    if "g" in function.form.inputs:
        found["g"] = Random(seed).finite(dtype, x.size)
    if "up" in function.form.inputs:
        up = Random(seed + 100).finite(dtype, x.size)
        with np.errstate(all="ignore"):  # g * up comes first
            found["up"] = np.where(
                np.isfinite(up * found.get("g", up.dtype.type(1))), up, x.dtype.type(1)
            )
    typical = function.activation.typical
    values = typical if number is None else (number,) * len(typical)
    for parameter, value in zip(
        function.activation.parameters, reference.as_seen(dtype, values), strict=True
    ):
        found[parameter.name] = value
    return found


def numbers_for(function):
    return [None, *PARAMETERS] if function.activation.parameters else [None]


@operations
def test_references_are_the_real_numbers(dtype, function):
    """By MPFR; and by NumPy, whose error is what it says."""
    numbers = numbers_for(function)
    for i, number in enumerate(numbers):
        # Each number at other points: MPFR is slow.
        some = slice(i, None, max(11, len(numbers)))
        operands = proof.part(operands_of(function, dtype, number), some)
        exact = proof.exactly(function, operands)
        ours = by_mpfr(function, operands)
        nearest = np.array([reference.round_to(e, dtype) for e in exact])
        assert (reference.bits(ours.rounded) == reference.bits(nearest)).all()
        if dtype == proof.WIDEST:
            continue
        numpys = by_numpy(function, operands)
        zone = near_zero(function, operands)
        halves = np.abs(operands.get("g", np.ones(nearest.shape))).astype(np.float64) / 2
        halves = np.where(zone, halves, 0.0) if zone is not None else np.zeros(nearest.shape)
        for e, near, half in zip(exact, numpys.near.tolist(), halves.tolist(), strict=True):
            if not math.isnan(near) and abs(e) > TINY:  # smaller ones round to 0
                size = half or abs(e)
                assert math.isinf(near) or abs(near - e) <= relative_error(function) * size
        sure = True if numpys.unsure is None else ~numpys.unsure
        same = reference.bits(numpys.rounded) == reference.bits(nearest)
        assert (same | ~np.asarray(sure)).all()


@operations
@pytest.mark.parametrize("number", [3, 4])  # of many digits; often just below a power of two
def test_errors_of_arrays_are_those_of_one_number(dtype, function, number):
    """Of wrong results, too: neighbours, infinities, NaN, other signs."""
    kind = np.dtype(dtype).type
    operands = operands_of(function, dtype, number, seed=1)
    operands = proof.part(operands, slice(number, None, 36))
    zone = near_zero(function, operands)
    left_out = np.isinf(operands[point_of(function)]) | (False if zone is None else zone)
    operands = proof.part(operands, ~left_out)
    exact = proof.exactly(function, operands)
    references = [by_mpfr(function, operands)]
    if dtype != proof.WIDEST:
        references.append(by_numpy(function, operands))
    right = references[0].rounded
    with np.errstate(all="ignore"):
        wrongs = [np.nextafter(right, kind(end)) for end in (-math.inf, 0, math.inf)]
        wrongs += [right, -right, right * kind(1.25)]
    wrongs += [np.full_like(right, math.inf), np.full_like(right, math.nan)]
    for got in wrongs:
        expected = np.array([reference.error_in_ulp(y, e) for y, e in zip(got, exact, strict=True)])
        for ours in references:
            distance, at = ulp.errors(got, ours)
            strange = np.zeros(right.size, bool)
            strange[at] = True
            assert strange[np.isinf(expected)].all()
            # Which spacing is that around a power of two is a matter of more bits than a
            # float64 has: the smaller one, if in doubt.
            in_doubt = np.abs(np.frexp(right)[0]) == 0.5
            found, least, most = distance[~strange], expected[~strange], 1 + in_doubt[~strange]
            slack = 1e-8
            if ours is not references[0]:  # NumPy's
                slack += 2 * relative_error(function) / ulp.format_of(dtype).eps
            assert (found >= least * (1 - 1e-6) - slack).all()
            assert (found <= least * (1 + 1e-6) * most + slack).all()
            # What is strange for arrays alone is a sign: of 0, or of what is next to it.
            others = strange & ~np.isinf(expected)
            assert (np.signbit(got) != np.signbit(right))[others].all()


def test_points_that_float64_cannot_decide_go_to_mpfr():
    """e^x for x = -2**-25 is 2**-51 from the middle of two float32."""
    x = np.array([-(2.0**-25), -1.0], np.float32)
    operands = {"x": x, "alpha": np.float32(1)}
    case = proof.Case("elu_grad", "float32", False, False, 1, 2)
    found = case.compare(relu_fast.elu_grad(x), operands)
    assert (found.points, found.settled) == (2, 1)
    wrong = np.array([1 - 2.0**-24, np.exp(-1)], np.float32)
    right = np.array([1, np.exp(-1)], np.float32)
    (exact,) = reference.exact("elu_grad", [x[:1]], (1.0,))
    assert reference.round_to(exact, np.float32) == right[0]
    assert case.compare(right, operands).misrounded == 0
    assert case.compare(wrong, operands).misrounded == 1


def test_ties_that_are_none():
    """3 x is half-way between two floats, 3 (e^x - 1) is nearer to the one next to 0."""
    x = -np.array([float.fromhex(f"0x1.42856e9b69a7{digit}p-991") for digit in "1357"])
    exact = [-3 * Fraction(v) for v in x]
    nearest = by_mpfr(FUNCTIONS["elu"], {"x": x, "alpha": 3.0}).rounded
    distances = [e + Fraction(y) for e, y in zip(exact, nearest.tolist(), strict=True)]
    ties = [
        2 * abs(d) == Fraction(float(np.spacing(-y)))
        for d, y in zip(distances, nearest, strict=True)
    ]
    assert any(ties)
    assert all(d > 0 for d, tie in zip(distances, ties, strict=True) if tie)


def test_cases_and_bounds_are_those_of_the_catalogue():
    cases = proof.cases(effort=proof.QUICK)
    for case in cases:
        assert case.bound == case.function.bound(case.dtype)[case.any_parameters]
        only_x = case.function.form.inputs == ("x",)
        is_all = case.dtype in proof.HALVES and not case.any_parameters and only_x
        assert case.every_input == is_all
    promised = {case.name: case.bound for case in cases if case.dtype == "float32"}
    assert promised["elu"] == 2
    assert promised["elu_backward"] == 2.5
    assert promised["relu"] == 0
    assert {case.dtype for case in cases} == set(proof.DTYPES)
    full = [case for case in proof.cases(effort=proof.FULL) if case.every_input]
    assert {case.segments * case.size for case in full} == {1 << 16, 1 << 32}


@pytest.mark.parametrize("every", [1, 16, 64])
def test_each_nth_of_all_inputs(monkeypatch, every):
    monkeypatch.setitem(proof.EVERY, "float32", (4, 1 << 18))
    case = next(c for c in proof.cases(["relu"], effort=proof.FULL) if c.dtype == "float32")
    blocks = [p["x"] for segment in range(case.segments) for p in case.points(segment, every)]
    found = np.sort(np.concatenate(blocks).view(np.uint32))
    assert (found == np.arange(0, 4 << 18, every)).all()
    tallies = [case.tally(segment, every=every) for segment in range(case.segments)]
    assert sum(tally.points for tally in tallies) == (4 << 18) // every


# ---- The command -------------------------------------------------------------


def test_passes_and_reports(small, capsys):
    assert verify("elu", "relu") == 0
    shown = capsys.readouterr()
    assert shown.err == ""
    assert "elu_backward" in shown.out
    assert "proved" in shown.out
    assert "BROKEN" not in shown.out
    assert verify("elu", "relu", "--json") == 0
    results = results_of(capsys)
    names = ["elu", "elu_grad", "elu", "elu_grad", "elu_backward"] * len(INSTALLED)
    assert [result["function"] for result in results] == names + [
        name for _ in INSTALLED for name in ("relu", "relu_grad", "relu_backward")
    ]
    half, single = (results[5 * INSTALLED.index(name)] for name in ("float16", "float32"))
    assert (half["dtype"], half["method"], half["points"]) == ("float16", "every input", 1 << 16)
    assert half["max_ulp"] <= 0.501
    assert (single["method"], single["points"]) == ("every input", 4 << 16)
    assert 0.5 < single["max_ulp"] <= 1
    assert 0 < single["not_correctly_rounded"] < single["points"]
    # The worst point is what it says.
    x, y = (float.fromhex(single["worst"][name]["hex"]) for name in ("x", "result"))
    assert relu_fast.elu(np.float32(x)) == np.float32(y)
    error = reference.error_in_ulp(np.float32(y), reference.exact("elu", [x])[0])
    assert abs(error - single["max_ulp"]) < 1e-6


def test_json_on_stdout_and_the_options_that_choose(small, capsys):
    assert verify("prelu", "--dtype", "float64", "--quick", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert {result["dtype"] for result in report["results"]} == {"float64"}
    parameters = [result["parameters"] for result in report["results"]]
    assert parameters == ["alpha 0.25"] * 2 + ["any"] * 3
    facts = report["facts"]
    assert facts["isa"] == relu_fast.config()["isa"]
    assert facts["compiler"].split()[0] in ("GCC", "Clang", "Debian", "Ubuntu", "Apple")
    assert {"date", "commit", "NumPy", "MPFR", "CPU"} <= facts.keys()


def test_several_jobs_find_the_same(monkeypatch, capsys):
    """Threads for float32, processes for float64."""
    samples = dict.fromkeys(proof.DTYPES, (4, 1 << 12)) | {"float64": (4, 1 << 10)}
    monkeypatch.setattr(proof, "QUICK", proof.Effort((), samples))
    arguments = ["verify", "relu", "--quick", "--json", "--jobs"]
    assert main.main([*arguments, "1"]) == 0
    one = results_of(capsys)
    assert main.main([*arguments, "2"]) == 0
    assert results_of(capsys) == one


def one_ulp_more(function, where):
    def wrong(x, *alpha):
        y = function(x, *alpha)
        return np.where(where(x), np.nextafter(y, y.dtype.type(-np.inf)), y)

    return wrong


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("elu", lambda x: (x > -2.001) & (x < -2)),
        ("elu_grad", lambda x: x == np.float32(-2.0009765625)),  # one point of all
        ("leaky_relu", lambda x: (x > -2.001) & (x < -2)),
    ],
)
def test_a_broken_kernel_is_found(small, monkeypatch, capsys, name, where):
    assert verify("elu", "leaky_relu", "--dtype", "float32") == 0
    function = one_ulp_more(one_ulp_more(getattr(relu_fast, name), where), where)
    monkeypatch.setattr(relu_fast, name, function)
    assert verify("elu", "leaky_relu", "--dtype", "float32") == 1
    shown = capsys.readouterr()
    assert f"1 of 10 checks failed: {name} float32" in shown.err
    line = next(line for line in shown.out.splitlines() if "BROKEN" in line)
    assert line.split()[:2] == [name, "float32"]
    assert "-2.00" in line


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("relu", lambda y, x: np.where(x == 0, x, y)),  # -0
        ("elu", lambda y, x: np.where(np.isnan(x), y.dtype.type(0), y)),
        ("elu", lambda y, x: np.where(np.isposinf(x), np.finfo(y.dtype).max, y)),
        ("leaky_relu_grad", lambda y, x: np.where(x < -1e38, y.dtype.type(np.nan), y)),
    ],
)
def test_wrong_nan_infinity_and_sign_are_found(monkeypatch, capsys, small, name, wrong):
    function = getattr(relu_fast, name)
    monkeypatch.setattr(relu_fast, name, lambda x, *alpha: wrong(function(x, *alpha), x))
    activation = name.removesuffix("_grad")
    assert verify(activation, "--dtype", "float32", "--quick", "--json") == 1
    results = results_of(capsys)
    broken = [result for result in results if result["function"] == name]
    assert all(result["wrong_nan_infinity_or_sign"] > 0 for result in broken)
    assert all(result["passed"] for result in results if result["function"] != name)


def test_bits_that_depend_on_the_order_are_found(small, monkeypatch, capsys):
    """Within the bound: elu at places of even number, its neighbour at the others."""
    elu = relu_fast.elu

    def by_place(x, *alpha):
        y = elu(x, *alpha)
        if alpha:
            return y
        return np.where(np.arange(y.size) % 2, np.nextafter(y, y.dtype.type(0)), y)

    monkeypatch.setattr(relu_fast, "elu", by_place)
    assert verify("elu", "--dtype", "float32", "--json") == 1
    at_default, *others = results_of(capsys)
    assert at_default["other_bits_in_another_order"] > 0
    assert all(result["other_bits_in_another_order"] == 0 for result in others)


# ---- The state ---------------------------------------------------------------


def interrupted_after(monkeypatch, count):
    """Let verify be interrupted when it has added so many segments."""
    add = command.State.add
    left = [count]

    def limited(self, *arguments):
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        add(self, *arguments)

    monkeypatch.setattr(command.State, "add", limited)


@pytest.mark.parametrize("count", [0, 1, 9])
def test_goes_on_where_it_was_interrupted(small, monkeypatch, tmp_path, capsys, count):
    state = tmp_path / "state"
    assert verify("elu", "--json") == 0
    whole = results_of(capsys)
    with monkeypatch.context() as patch:
        interrupted_after(patch, count)
        assert verify("elu", "--json", "--state", state) == 130
    shown = capsys.readouterr()
    assert f"goes on from {str(state)!r}" in shown.err
    assert shown.out == ""
    done = json.loads(state.read_text())["done"]
    assert sum(segments for segments, _ in done.values()) == count
    tallied = []
    tally_of = proof.Case.tally
    monkeypatch.setattr(proof.Case, "tally", lambda case, i: tallied.append(i) or tally_of(case, i))
    assert verify("elu", "--json", "--state", state) == 0
    assert results_of(capsys) == whole
    cases = proof.cases(["elu"], INSTALLED, effort=proof.FULL)
    all_segments = sum(case.segments for case in cases)
    assert len(tallied) == all_segments - count
    # And once more, with nothing left to do.
    assert verify("elu", "--json", "--state", state) == 0
    assert results_of(capsys) == whole
    assert len(tallied) == all_segments - count


def test_refuses_the_state_of_another_run(small, tmp_path, capsys, monkeypatch):
    state = tmp_path / "state"
    assert verify("relu", "--dtype", "float32", "--state", state) == 0
    before = state.read_bytes()
    assert verify("elu", "--dtype", "float32", "--state", state) == 1
    assert "of another run: its choice of functions is not" in capsys.readouterr().err
    for key in ("isa", "version", "build"):
        stored = json.loads(before)
        stored["identity"][key] = "another"
        state.write_text(json.dumps(stored))
        assert verify("relu", "--dtype", "float32", "--state", state) == 1
        assert f"of another run: its {key} is not" in capsys.readouterr().err
        assert json.loads(state.read_text()) == stored


@pytest.mark.parametrize(
    "content", ["", "[]", '{"identity": 1}', '{"identity": {}, "done": 3}', "[" * 100_000]
)
def test_refuses_what_is_no_state(small, tmp_path, capsys, content):
    state = tmp_path / "state"
    state.write_text(content)
    assert verify("relu", "--state", state) == 1
    assert "is no state of verify" in capsys.readouterr().err
    assert state.read_text() == content


@pytest.mark.parametrize("kind", ["folder", "pipe", "device"])
def test_a_state_is_a_file(small, tmp_path, capsys, kind):
    """Reading a pipe would wait for ever; a device would be replaced."""
    state = tmp_path / "state"
    if kind == "folder":
        state.mkdir()
    elif kind == "pipe":
        os.mkfifo(state)
    else:
        state.symlink_to("/dev/null")
    before = state.stat()
    assert verify("relu", "--state", state) == 1
    assert "argument --state: expected a regular file" in capsys.readouterr().err
    assert state.stat() == before


def test_state_that_cannot_be_written(small, tmp_path, capsys):
    assert verify("relu", "--state", tmp_path / "none" / "state") == 1
    assert "argument --state" in capsys.readouterr().err


def test_without_gmpy2(monkeypatch, capsys):
    monkeypatch.setattr(command.importlib.util, "find_spec", lambda name: None)
    assert verify("relu") == 1
    assert "pip install 'relu_fast[verify]'" in capsys.readouterr().err


def test_without_ml_dtypes(small, monkeypatch, capsys):
    find = importlib.util.find_spec
    hidden = {"ml_dtypes"}
    monkeypatch.setattr(
        command.importlib.util, "find_spec", lambda name: None if name in hidden else find(name)
    )
    monkeypatch.setitem(sys.modules, "ml_dtypes", None)
    assert verify("relu", "--dtype", "bfloat16") == 1
    assert "pip install 'relu_fast[bfloat16]'" in capsys.readouterr().err
    assert verify("relu", "--json") == 0
    found = {result["dtype"] for result in results_of(capsys)}
    assert found == {"float16", "float32", "float64"}


@pytest.mark.skipif("bfloat16" not in INSTALLED, reason="needs ml_dtypes")
def test_every_bfloat16():
    """Asked for by its name, in a process that has not imported ml_dtypes."""
    options = ["--dtype", "bfloat16", "--quick", "--json", "--jobs", "1"]
    done = succeeded(command_line("verify", "silu", *options, cwd=None))
    value, grad, *others = json.loads(done.stdout)["results"]
    for result in (value, grad):
        assert (result["dtype"], result["method"]) == ("bfloat16", "every input")
        assert (result["points"], result["left_open"]) == (1 << 16, 0)
    # x / 2 and a little more of every other subnormal number of one sign.
    assert value["not_correctly_rounded"] == 128
    assert grad["not_correctly_rounded"] == 0
    assert {result["method"] for result in others} == {"sample"}


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["gelus"], "unknown function 'gelus'"),
        (["--jobs", "0"], "from 1 to"),
        (["--dtype", "int"], ""),
    ],
)
def test_wrong_usage(capsys, arguments, word):
    with pytest.raises(SystemExit) as exit_:
        verify(*arguments)
    assert exit_.value.code == 2
    assert word in capsys.readouterr().err


# ---- Tallies -----------------------------------------------------------------


def test_the_sum_of_tallies_is_that_of_all_points():
    y = np.linspace(-1, 0, 1000, dtype=np.float32)
    near = np.linspace(-1, 0, 1000) * (1 + 2.0**-26)
    exact = Reference(near, 0.0, near, near.astype(np.float32), None)

    def of(part):
        fields = [field[part] if isinstance(field, np.ndarray) else field for field in exact]
        return tally(y[part], Reference(*fields), {"x": y[part]})

    whole = of(slice(None))
    assert whole.points == 1000
    assert whole.misrounded > 0
    assert of(slice(0, 300)) + of(slice(300, 301)) + of(slice(301, None)) == whole


# ---- The page ----------------------------------------------------------------

TOOL = Path(__file__).resolve().parents[2] / "tools" / "make_accuracy_page.py"


@pytest.mark.skipif(not TOOL.exists(), reason="needs the source tree")
def test_the_page_says_what_was_measured(small, monkeypatch, tmp_path):
    """With NumPy as the only other library."""
    pytest.importorskip("matplotlib")
    monkeypatch.syspath_prepend(TOOL.parents[1] / "benchmarks")
    spec = importlib.util.spec_from_file_location("make_accuracy_page", TOOL)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    monkeypatch.setattr(tool, "PEERS", (tool.NumPy, tool.NaiveNumPy))
    monkeypatch.setattr(tool, "HALF_PEERS", (tool.NumPy,))
    for half in proof.HALVES:
        monkeypatch.setitem(proof.EVERY, half, (1, 1 << 11))
    monkeypatch.setattr(tool, "BINS", 50)
    monkeypatch.setattr(tool, "IN_BIN", 20)
    page, stored = tmp_path / "accuracy.md", tmp_path / "results.json"
    tool.main(["--quick", "--jobs", "1", "--output", str(page), "--json", str(stored)])
    written = page.read_text(encoding="utf-8")
    report = json.loads(stored.read_text(encoding="utf-8"))
    assert "make_accuracy_page.py --quick" in written
    assert "| `elu` | NumPy | `np.where(x > 0, x, np.expm1(x))` |" in written
    for result in report["results"]:
        assert tool.number(result["max_ulp"]) in written
    # The formula of the papers loses all digits near 0; g * (x > 0) loses NaN.
    naive = report["peers"]["NumPy, exp(x) - 1"]
    assert [(r["function"], r["max_ulp"] > 1e6) for r in naive] == [("elu", True)]
    lost = {r["function"]: r["wrong_nan_infinity_or_sign"] for r in report["peers"]["NumPy"]}
    assert lost["relu_grad"] > 0
    assert lost["elu"] == 0
    assert (tmp_path / "accuracy.png").read_bytes().startswith(b"\x89PNG")
    halves = report["halves"]["results"]
    assert [*halves] == [dtype for dtype in INSTALLED if dtype in proof.HALVES]
    for dtype, by_library in halves.items():
        assert {r["points"] for r in by_library["relu_fast"]} == {1 << 11}
        _, _, section = written.partition(f"### {dtype}\n")
        for result in by_library["relu_fast"]:
            assert f"| `{result['function']}` | {tool.promised(result)} | " in section
            assert tool.half_cell(result) in section
    page.unlink()
    tool.main(["--from-json", str(stored), "--output", str(page)])
    assert page.read_text(encoding="utf-8") == written
    # That section alone, in its place.
    tool.main(["--halves", "--function", "relu", "--jobs", "1", "--output", str(page)])
    before, heading, _ = written.partition("\n## float16 and bfloat16")
    again = page.read_text(encoding="utf-8")
    assert again.startswith(before + heading)
    assert "| `relu_grad` | exact | 0 | 0 |" in again[len(before) :]
    assert "`elu`" not in again[len(before) :]
