"""The choice of kernels, and proof that the compiler vectorised them."""

import re
import shutil
import subprocess

import pytest
from test_threads import run

import relu_fast
from relu_fast import _ufuncs

CONFIG = relu_fast.config()
PRINT_ISA = "import relu_fast; print(relu_fast.config()['isa'])"

# Packed arithmetic, comparison, logic or moves in the widest registers of the ISA.
PACKED = {
    "x86_64_v4": r"\bv\w+(ps|pd|d|q|d32|q64|d64)\s.*%zmm",
    "x86_64_v3": r"\bv\w+(ps|pd|d|q|dqa|dqu)\s.*%ymm",
    "baseline": r"\b(and|andn|or|cmp\w+|mul|add|min|max)p[sd]\s.*%xmm|\bpcmp\w+\s.*%xmm",
    "neon": r"\b(fm\w+|fadd|fsub|fcm\w+|bsl|bif|bit|and|bic)\s+v\d+\.(4s|2d|16b)",
}
# Without an fma instruction the exponentials call libm's fma, one element at a time.
CALLS_LIBM = re.compile(r"elu_.*_baseline")


def test_default_is_the_newest_supported():
    ran = run(PRINT_ISA)
    assert ran.stdout.strip() == CONFIG["isas_supported"][0]
    assert CONFIG["isas_supported"][-1] in ("baseline", "neon")
    assert set(CONFIG["isas_supported"]) <= set(CONFIG["isas_built"])


@pytest.mark.parametrize("isa", CONFIG["isas_supported"])
def test_environment_overrides(isa):
    assert run(PRINT_ISA, RELU_FAST_ISA=isa).stdout.strip() == isa


def test_empty_environment_is_as_unset():
    assert run(PRINT_ISA, RELU_FAST_ISA="").stdout == run(PRINT_ISA).stdout


@pytest.mark.parametrize("nonsense", ["avx9000", "X86_64_V3", "baseline ", "0"])
def test_nonsense_is_loud(nonsense):
    ran = run(PRINT_ISA, RELU_FAST_ISA=nonsense)
    assert ran.returncode != 0
    assert f"RELU_FAST_ISA: unknown ISA {nonsense!r}" in ran.stderr
    assert CONFIG["isas_built"][0] in ran.stderr
    with pytest.raises(ValueError, match="unknown ISA"):
        _ufuncs.select_isa(nonsense)
    assert relu_fast.config()["isa"] == CONFIG["isa"]


@pytest.mark.skipif(
    CONFIG["isas_built"] == CONFIG["isas_supported"], reason="this CPU supports all that is built"
)
def test_unsupported_is_loud():
    unsupported = next(isa for isa in CONFIG["isas_built"] if isa not in CONFIG["isas_supported"])
    ran = run(PRINT_ISA, RELU_FAST_ISA=unsupported)
    assert ran.returncode != 0
    assert f"does not support the ISA {unsupported!r}" in ran.stderr


def test_show_config(capsys):
    relu_fast.show_config()
    shown = capsys.readouterr().out
    for value in (CONFIG["version"], CONFIG["isa"], *CONFIG["isas_built"], str(CONFIG["threads"])):
        assert value in shown


needs_objdump = pytest.mark.skipif(not shutil.which("objdump"), reason="needs objdump (binutils)")


def disassemble(path):
    """Function name -> its instructions."""
    listing = subprocess.run(
        ["objdump", "-d", "--no-show-raw-insn", path], capture_output=True, text=True, check=True
    ).stdout
    functions = {}
    for part in re.split(r"\n(?=[0-9a-f]+ <)", listing):
        header = re.match(r"[0-9a-f]+ <(\w+)>:\n", part)
        if header:
            functions[header[1]] = part[header.end() :]
    return functions


@pytest.fixture(scope="module")
def functions():
    return disassemble(_ufuncs.__file__)


def kernels_of(functions, isa):
    pattern = re.compile(rf"\w+_(uniform|varying|row_sum)_float(32|64)_{isa}$")
    return {name: body for name, body in functions.items() if pattern.match(name)}


@needs_objdump
@pytest.mark.parametrize("isa", CONFIG["isas_built"])
def test_every_contiguous_kernel_has_packed_instructions(functions, isa):
    kernels = kernels_of(functions, isa)
    # relu: 3 forms; leaky_relu, prelu: 3 x 2; elu: 4 x 2; sums: 2; each x 2 dtypes.
    assert len(kernels) == 2 * (3 + 6 + 6 + 8 + 2)
    lacking = [
        name
        for name, body in kernels.items()
        if not re.search(PACKED[isa], body) and not CALLS_LIBM.match(name)
    ]
    assert not lacking


@needs_objdump
@pytest.mark.parametrize("isa", CONFIG["isas_built"])
def test_kernels_call_nothing(functions, isa):
    for name, body in kernels_of(functions, isa).items():
        called = set(re.findall(r"\b(?:call|bl)\s+\S+ <(\w+)", body))
        allowed = {"fma", "fmaf"} if CALLS_LIBM.match(name) else set()
        assert called <= allowed, f"{name} calls {called}"


@needs_objdump
def test_the_guard_notices_a_scalar_loop():
    scalar = "\tvmulss %xmm1,%xmm0,%xmm0\n\tvmovss %xmm0,(%rdi)\n\tvmovups (%rax),%xmm0\n"
    assert not re.search(PACKED["x86_64_v4"], scalar)
    assert not re.search(PACKED["x86_64_v3"], scalar)
    assert not re.search(PACKED["baseline"], scalar)


@needs_objdump
def test_no_wide_instructions_outside_the_kernels(functions):
    """ISA flags leak nowhere: the rest must run on any CPU of this architecture."""
    for name, body in functions.items():
        if not re.search(r"_float(32|64)_x86_64_v[34]$", name) and not re.match(
            r"(gather|scatter)", name
        ):
            assert not re.search(r"%[yz]mm|\bv[a-z]+[sp][sd]\s", body), name


@pytest.mark.skipif(not shutil.which("nm"), reason="needs nm (binutils)")
def test_exports_only_the_module_initialiser():
    exported = subprocess.run(
        ["nm", "-D", "--defined-only", _ufuncs.__file__], capture_output=True, text=True, check=True
    ).stdout
    assert [line.split()[-1] for line in exported.splitlines()] == ["PyInit__ufuncs"]
