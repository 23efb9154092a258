"""The choice of kernels, and proof that the compiler vectorised them."""

import re
import shutil
import subprocess

import pytest
from support.machine_code import (
    bits_kernels_of,
    bits_without_vectors,
    calls,
    disassemble,
    divisions_of_a_vector,
    is_beyond,
    kernels_of,
    spilled_tables,
    table_problems,
    without_packed,
)
from support.programs import run
from support.tables import SOURCES, lookups_of_kernels

import relu_fast
from relu_fast import _ufuncs
from relu_fast._catalog import FUNCTIONS

CONFIG = relu_fast.config()
PRINT_ISA = "import relu_fast; print(relu_fast.config()['isa'])"


def test_default_is_the_newest_supported():
    ran = run("-c", PRINT_ISA)
    assert ran.stdout.strip() == CONFIG["isas_supported"][0]
    assert CONFIG["isas_supported"][-1] in ("baseline", "neon")
    assert set(CONFIG["isas_supported"]) <= set(CONFIG["isas_built"])


@pytest.mark.parametrize("isa", CONFIG["isas_supported"])
def test_environment_overrides(isa):
    assert run("-c", PRINT_ISA, RELU_FAST_ISA=isa).stdout.strip() == isa


def test_empty_environment_is_as_unset():
    assert run("-c", PRINT_ISA, RELU_FAST_ISA="").stdout == run("-c", PRINT_ISA).stdout


@pytest.mark.parametrize("nonsense", ["avx9000", "X86_64_V3", "baseline ", "0"])
def test_nonsense_is_loud(nonsense):
    ran = run("-c", PRINT_ISA, RELU_FAST_ISA=nonsense)
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
    ran = run("-c", PRINT_ISA, RELU_FAST_ISA=unsupported)
    assert ran.returncode != 0
    assert f"does not support the ISA {unsupported!r}" in ran.stderr


def test_show_config(capsys):
    relu_fast.show_config()
    shown = capsys.readouterr().out
    for value in (CONFIG["version"], CONFIG["isa"], *CONFIG["isas_built"], str(CONFIG["threads"])):
        assert value in shown


ISAS_OF_X86 = ("x86_64_v4", "x86_64_v3", "baseline")
needs_objdump = pytest.mark.skipif(not shutil.which("objdump"), reason="needs objdump (binutils)")


@pytest.fixture(scope="module")
def functions():
    return disassemble(_ufuncs.__file__)


@needs_objdump
@pytest.mark.parametrize("isa", CONFIG["isas_built"])
def test_every_contiguous_kernel_has_packed_instructions(functions, isa):
    kernels = kernels_of(functions, isa)
    # A loop with uniform parameters, and one with varying ones if there are any; one for a
    # sum; each for two compute types.
    loops = {"elementwise": lambda f: 1 + bool(f.activation.parameters), "sum": lambda f: 1}
    functions = [f for f in FUNCTIONS.values() if f.form.kind in loops]
    on_halves = [name for name in kernels if "_half_" in name]
    assert len(kernels) - len(on_halves) == 2 * sum(loops[f.form.kind](f) for f in functions)
    # Those that half types round once, but for derivatives: for float16, and for bfloat16.
    rows = {name.partition("_half_")[0] for name in on_halves}
    once = [f for f in functions if f.is_ufunc and f.activation.name in rows]
    once = [f for f in once if f.form.outputs != ("dy",)]
    assert len(on_halves) == 2 * sum(loops["elementwise"](f) for f in once) > 0
    assert not without_packed(kernels, isa)


@needs_objdump
@pytest.mark.parametrize("isa", CONFIG["isas_built"])
def test_every_kernel_on_the_bits_stores_vectors(functions, isa):
    kernels = bits_kernels_of(functions, isa)
    # A loop for each of eight integer types; one for each of two half types and each function.
    on_integers = [f for f in FUNCTIONS.values() if f.is_ufunc and f.takes_integers]
    rows = {f.activation.name for f in on_integers}
    on_halves = [f for f in FUNCTIONS.values() if f.is_ufunc and f.activation.name in rows]
    assert len(kernels) == 8 * len(on_integers) + 2 * len(on_halves)
    assert not bits_without_vectors(kernels, isa)


# What a compiler makes of relu of int8.
SCALAR_LOOP = """\
+0x10:
movsbl (%rcx,%rax,1),%edx
cmovs  %edi,%edx
mov    %dl,(%rsi,%rax,1)
jne    10 <relu_value_of_signed_bits8_x86_64_v4+0x10>
"""


@pytest.mark.parametrize(
    ("isa", "stored", "is_found"),
    [
        ("x86_64_v4", "vmovdqu8 %zmm1,(%rsi,%rax,1)", False),
        ("x86_64_v4", "vmovdqu8 %ymm1,(%rsi,%rax,1)", True),
        ("x86_64_v4", "vmovdqu8 (%rsi,%rax,1),%zmm1", True),
        ("x86_64_v4", "mov %dl,(%rsi,%rax,1)", True),
        ("x86_64_v3", "vmovdqu %ymm1,(%rsi,%rax,1)", False),
        ("x86_64_v3", "vmovdqu %xmm1,(%rsi,%rax,1)", True),
        ("baseline", "movups %xmm1,(%rsi,%rax,1)", False),
        ("baseline", "movd %xmm1,(%rsi,%rax,1)", True),
        ("neon", "str q1, [x3, x2]", False),
        ("neon", "strb w1, [x3, x2]", True),
        ("sve", "st1b {z0.b}, p0, [x3, x2]", False),
        ("sve", "strb w1, [x3, x2]", True),
    ],
)
def test_the_guard_notices_a_scalar_loop_on_the_bits(isa, stored, is_found):
    loop = SCALAR_LOOP.replace("mov    %dl,(%rsi,%rax,1)", stored)
    for name in (f"relu_value_of_signed_bits8_{isa}", f"relu6_value_of_signed_bits64_{isa}"):
        may_be_scalar = isa == "baseline" and "bits64" in name
        found = bits_without_vectors({name: loop}, isa)
        assert found == ([name] if is_found and not may_be_scalar else [])
    outside = stored + SCALAR_LOOP  # what is left over of a length may be stored like this
    assert bits_without_vectors({"relu_value_of_signed_bits8": outside}, isa)


@needs_objdump
@pytest.mark.parametrize("isa", CONFIG["isas_built"])
def test_kernels_call_kernels_alone(functions, isa):
    assert not calls(kernels_of(functions, isa) | bits_kernels_of(functions, isa), isa)


@needs_objdump
@pytest.mark.parametrize("isa", [i for i in CONFIG["isas_built"] if i in ISAS_OF_X86])
def test_tables_stay_in_registers(functions, isa):
    """No kernel makes a memory access for each element, as a compiler does with lookups."""
    kernels = kernels_of(functions, isa)
    assert not [name for name, body in kernels.items() if re.search(r"\bvp?gather", body)]


@needs_objdump
@pytest.mark.skipif(not SOURCES.exists(), reason="needs the source tree")
@pytest.mark.parametrize("isa", CONFIG["isas_built"])
def test_tables_are_looked_up_as_their_words_ask(functions, isa):
    """Not more often, nor from the stack; the words are those of src/c/formulas/smooth.def."""
    kernels, tables = kernels_of(functions, isa), lookups_of_kernels(isa)
    for formula, compute in tables:
        assert f"{formula}_uniform_{compute}_{isa}" in kernels
    assert not table_problems(kernels, isa, tables)


# Two words of eight intervals.
LOOKUPS = """\
+0x10:
vpermps %zmm1,%zmm9,%zmm2
vpermps %zmm3,%zmm9,%zmm4
vmovups %zmm4,(%rax)
jne    10 <f_value_uniform_float32_x86_64_v4+0x10>
"""


@pytest.mark.parametrize(
    ("old", "new", "problems"),
    [
        ("", "", 0),
        ("vpermps %zmm1,%zmm9,%zmm2\n", "", 1),
        ("vpermps %zmm1,%zmm9,%zmm2", "vgatherdps (%rdi,%zmm9,4),%zmm2{%k1}", 1),
        ("vmovups", "vpermps %zmm5,%zmm9,%zmm6\nvmovups", 1),
        ("jne", "ret", 1),
        ("+0x10:", "+0x10:\nvmovaps 0x40(%rsp),%zmm1", 2),  # in each of two turns
        ("+0x10:", "+0x10:\nvmovaps 0x40(%rsp),%zmm9", 0),
        ("jne", "vmovaps 0x40(%rsp),%zmm3\njne", 1),
    ],
)
def test_the_guard_notices_other_lookups(old, new, problems):
    name = "f_value_uniform_float32_x86_64_v4"
    kernels = {name: LOOKUPS.replace(old, new, 1)}
    found = table_problems(kernels, "x86_64_v4", {("f_value", "float32"): (8, 2)})
    assert len(found) == problems


@pytest.mark.parametrize(
    ("instruction", "is_spilled"),
    [
        ("vpermps 0x40(%rsp),%ymm9,%ymm2", True),
        ("vpermps 0x0(%rip),%ymm9,%ymm2", False),
        ("vpermt2pd 0x40(%rsp),%zmm9,%zmm2", True),
        ("vpermt2pd %zmm3,%zmm1,%zmm2", False),  # the numbers of the words
        ("vpermt2pd %zmm3,%zmm2,%zmm1", True),
        ("vpermi2pd %zmm3,%zmm1,%zmm2", True),
        ("vpermi2pd %zmm3,%zmm2,%zmm1", False),
        ("vfmadd231pd 0x40(%rsp),%zmm1,%zmm2", False),
    ],
)
def test_the_guard_notices_a_spilled_table(instruction, is_spilled):
    assert bool(spilled_tables(["vmovapd 0x80(%rsp),%zmm1", instruction])) == is_spilled


# For each result.  In double, two vectors make one of float.
DIVISIONS = {
    "softsign": 1,
    "squareplus": 1,
    "celu": 1,
    "mish": 1,
    "gelu": 1,
    "geglu": 1,
    "softplus": 3,
}
IN_DOUBLE = ("softsign", "squareplus")


@needs_objdump
@pytest.mark.parametrize("isa", [i for i in CONFIG["isas_built"] if i in ISAS_OF_X86])
def test_no_division_is_doubled(functions, isa):
    """As GCC does with a choice between two numerators."""
    for name, body in kernels_of(functions, isa).items():
        activation = next((a for a in DIVISIONS if name.startswith(f"{a}_")), None)
        wide = activation in IN_DOUBLE and "_float32_" in name
        assert divisions_of_a_vector(body) <= DIVISIONS.get(activation, 0) * (1 + wide), name


def test_the_guard_notices_a_doubled_division():
    once = "vdivps %zmm0,%zmm1,%zmm2\nvmovups %zmm2,(%rax)\n"
    twice = "vdivps %zmm0,%zmm3,%zmm4\n" + once
    assert divisions_of_a_vector(once) == divisions_of_a_vector(once + once) == 1
    assert divisions_of_a_vector(twice) == 2


@pytest.mark.parametrize("isa", ["x86_64_v4", "x86_64_v3", "baseline"])
def test_the_guard_notices_a_scalar_loop(isa):
    scalar = "vmulss %xmm1,%xmm0,%xmm0\nvmovss %xmm0,(%rdi)\nvmovups (%rax),%xmm0\n"
    assert without_packed({"relu_value": scalar}, isa) == ["relu_value"]


@pytest.mark.parametrize(
    ("instruction", "baseline", "v3"),
    [
        ("66 0f ef c0 \tpxor   %xmm0,%xmm0", False, False),
        ("f3 0f 1e fa \tendbr64", False, False),
        ("41 bc 62 00 00 00 \tmov    $0x62,%r12d", False, False),
        ("f3 0f bc c0 \ttzcnt  %eax,%eax", False, False),  # any CPU runs it, as bsf
        ("f3 0f b8 c0 \tpopcnt %eax,%eax", True, False),
        ("66 0f 38 17 c0 \tptest  %xmm0,%xmm0", True, False),
        ("66 44 0f 3a 0e c1 0f \tpblendw $0xf,%xmm1,%xmm8", True, False),
        ("f2 0f 7c c0 \thaddps %xmm0,%xmm0", True, False),
        ("c5 fc 58 c1 \tvaddps %ymm1,%ymm0,%ymm0", True, False),
        ("c4 e2 7d a8 c1 \tvfmadd213ps %ymm1,%ymm0,%ymm0", True, False),
        ("62 f1 7c 48 58 c1 \tvaddps %zmm1,%zmm0,%zmm0", True, True),
        ("62 f2 fd 28 3b c1 \tvpminuq %ymm1,%ymm0,%ymm0", True, True),
        ("c5 f8 92 c8 \tkmovw  %eax,%k1", True, True),
    ],
)
def test_the_guard_knows_what_belongs_to_a_level(instruction, baseline, v3):
    assert is_beyond("baseline", instruction) == baseline
    assert is_beyond("x86_64_v3", instruction) == v3
    assert not is_beyond("x86_64_v4", instruction)


# Those of convert.c and copy.h, which each ISA has under the same name.
HELPERS = re.compile(
    r"(load|store)_all_|(load|store|copy)_(\w+_)?(place|run)|\w+_(to|from)_floats|"
    r"transpose|stream|finish_stream"
)


@needs_objdump
def test_no_wide_instructions_outside_the_kernels(functions):
    """ISA flags leak nowhere; objects one by one: tests/c."""
    for name, body in functions.items():
        if not re.search(r"_(float|bits)\d+_x86_64_v[34]$", name) and not HELPERS.match(name):
            assert not re.search(r"%[yz]mm|\bv[a-z]+[sp][sd]\s", body), name


@pytest.mark.skipif(not shutil.which("nm"), reason="needs nm (binutils)")
def test_exports_only_the_module_initialiser():
    exported = subprocess.run(
        ["nm", "-D", "--defined-only", _ufuncs.__file__], capture_output=True, text=True, check=True
    ).stdout
    assert [line.split()[-1] for line in exported.splitlines()] == ["PyInit__ufuncs"]
