"""Flags that change arithmetic, as -ffast-math does: undone or refused, at compile and at link.

Instead of the library, which takes long, the commands that Meson writes for its parts compile and
link `src/c/arithmetic.c`, the program that tells what is wrong.
"""

import functools
import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = ROOT / "src" / "c" / "arithmetic.c"
pytestmark = [
    pytest.mark.build_independent,
    pytest.mark.slow,  # two minutes, half of them for a build
    pytest.mark.skipif(not (ROOT / "meson.build").exists(), reason="needs the source tree"),
    pytest.mark.skipif(
        not all(map(shutil.which, ("meson", "ninja", "cython", "numpy-config"))),
        reason="needs Meson and what the package is built with",
    ),
]

CLANGS = ("clang", *(f"clang-{version}" for version in range(30, 13, -1)))
COMPILERS = {
    "gcc": shutil.which("gcc"),
    "clang": next(filter(None, map(shutil.which, CLANGS)), None),
}
X86 = os.uname().machine == "x86_64"

# Each changes numbers that arithmetic.c computes.
OF_BOTH = [
    "-ffast-math",
    "-Ofast",
    "-funsafe-math-optimizations",
    "-ffinite-math-only",
    "-fno-signed-zeros",
    "-fassociative-math -fno-signed-zeros",
    "-freciprocal-math",
    "-ffp-contract=fast",
]
CHANGES = {
    "gcc": [*OF_BOTH, "-fsingle-precision-constant"],
    "clang": [
        *OF_BOTH,
        *("-ffp-model=fast", "-ffp-model=precise", "-fno-honor-nans", "-fno-honor-infinities"),
    ],
}
if X86:
    CHANGES["gcc"] += ["-mfpmath=387", "-mfpmath=both", "-mrecip -ffast-math"]
    CHANGES["clang"] += ["-ffp-eval-method=double", "-ffp-eval-method=extended"]

# What is linked with one has the CPU flush subnormal numbers.
LINK_CHANGES = ["-ffast-math", "-Ofast", "-funsafe-math-optimizations", "-Ofast -ffast-math"]

# Nothing undoes these.
MODE = "crtfastmath.o"
REFUSED = {
    "gcc": [f"LDFLAGS={MODE}"],
    "clang": [
        f"LDFLAGS={MODE}",
        "CFLAGS=-Xclang -ffast-math",
        "CFLAGS=-Xclang -menable-no-nans",
        "CPPFLAGS=-Xclang -fno-signed-zeros",
    ],
}
if X86:
    REFUSED["gcc"] += ["CFLAGS=-mpc32", "LDFLAGS=-mpc64", "CFLAGS=-mno-sse2"]

USER = "-DFLAGS_OF_THE_USER"  # in whose place such flags are put


def of_compilers(table):
    return [(compiler, each) for compiler, several in table.items() for each in several]


def run(*command, **keywords):
    return subprocess.run(command, capture_output=True, text=True, check=False, **keywords)


def path_of(compiler):
    return COMPILERS[compiler] or pytest.skip(f"needs {compiler}")


def setup(folder, compiler, *options, **variables):
    """`meson setup`, with no other flags in the environment than these."""
    inherited = {key: value for key, value in os.environ.items() if not key.endswith("FLAGS")}
    command = ("meson", "setup", folder, ROOT, "-Disas=oldest", *options)
    return run(*command, env=inherited | {"CC": path_of(compiler)} | variables)


def set_up(*arguments, **variables):
    ran = setup(*arguments, **variables)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def compile_commands(build):
    """By their flags: words without source, output and folders, of one that compiles so."""
    found = {}
    for entry in json.loads((build / "compile_commands.json").read_text()):
        if not entry["file"].endswith(".c"):
            continue
        words = shlex.split(entry["command"])
        words = [word for word in words[: words.index("-MD")] if not word.startswith("-I")]
        alike = " ".join(word for word in words if not word.startswith("-D") or word == USER)
        found[alike] = words
    return found


def link_commands(build):
    """Of the module and of a program, as words without the output and what is linked."""
    found = []
    for line in run("ninja", "-C", build, "-t", "commands").stdout.splitlines():
        words = shlex.split(line)
        links = "-c" not in words and words[0] != "cython"
        if links and any(f"-o {name}" in line for name in ("_ufuncs", "tests/c/check ")):
            del words[words.index("-o") : words.index("-o") + 2]
            found.append([word for word in words if not word.endswith((".o", ".a"))])
    return found


@pytest.fixture(scope="module")
def commands(tmp_path_factory):
    """A function of a compiler: commands that compile, a kind each, and those that link."""

    @functools.cache
    def of(compiler):
        compiling, linking = {}, []
        for python in ("enabled", "disabled"):
            build = tmp_path_factory.mktemp(f"{compiler}-{python}")
            set_up(build, compiler, f"-Dpython={python}", CFLAGS=USER, LDFLAGS=USER)
            compiling |= compile_commands(build)
            linking += link_commands(build)
        return list(compiling.values()), linking

    return of


def with_flags(words, flags):
    assert USER in words
    return [each for word in words for each in (flags.split() if word == USER else [word])]


def compiled(folder, words):
    """The object of the program, compiled by a command."""
    ran = run(*words, "-fPIC", "-o", folder / "program.o", "-c", PROGRAM)
    assert ran.returncode == 0, ran.stderr
    return folder / "program.o"


def wrong_with(folder, words):
    """What the program that is compiled by a command says is wrong."""
    ran = run(words[0], compiled(folder, words), "-o", folder / "program", "-lm")
    assert ran.returncode == 0, ran.stderr
    return run(folder / "program").stdout


# Loads a module; before and after, and in another thread, a subnormal number is one.
LOADS = """
import ctypes, sys, threading
def check():
    assert sys.float_info.min / 2 > 0
    checked.append(1)
checked = []
check()
ctypes.CDLL(sys.argv[1])
check()
thread = threading.Thread(target=check)
thread.start()
thread.join()
assert len(checked) == 3
"""


def flushes(folder, words, linked):
    """Whether a module or a program that a command links has the CPU flush subnormal numbers."""
    output = folder / "output"
    ran = run(*words, "-o", output, linked, "-lm")
    assert ran.returncode == 0, ran.stderr
    if "-shared" in words:
        return run(sys.executable, "-c", LOADS, output).returncode != 0
    return run(output).returncode != 0


@pytest.mark.parametrize(("compiler", "flags"), of_compilers(CHANGES))
def test_what_compiles(tmp_path, commands, compiler, flags):
    compiling, _ = commands(compiler)
    assert len(compiling) >= 4  # kernels, engine, bridge, programs
    assert wrong_with(tmp_path, [path_of(compiler), "-O3", *flags.split()])
    for words in compiling:
        assert not wrong_with(tmp_path, with_flags(words, flags)), words


@pytest.mark.parametrize("flags", LINK_CHANGES)
@pytest.mark.parametrize("compiler", COMPILERS)
def test_what_links(tmp_path, commands, compiler, flags):
    _, linking = commands(compiler)
    linked = compiled(tmp_path, [path_of(compiler), "-ffp-contract=off"])
    assert flushes(tmp_path, [path_of(compiler), *flags.split()], linked)
    assert ["-shared" in words for words in linking] == [True, False]
    for words in linking:
        assert not flushes(tmp_path, with_flags(words, flags), linked), words


def machine_file(folder, flags, more=""):
    file = folder / "machine.ini"
    file.write_text(
        f"[binaries]\nc = {path_of('gcc')!r}\n{more}"
        f"[built-in options]\nc_args = {flags.split()}\nc_link_args = {flags.split()}\n"
    )
    return file


def cross_file(folder, flags):
    family = os.uname().machine
    machine = f"system = 'linux'\ncpu_family = '{family}'\ncpu = '{family}'\nendian = 'little'\n"
    return machine_file(folder, flags, f"[host_machine]\n{machine}")


# What brings flags in, by a folder and the flags: options of setup, and variables.
WAYS = {
    "CFLAGS": lambda _, flags: ([], {"CFLAGS": flags}),
    "CPPFLAGS, LDFLAGS": lambda _, flags: ([], {"CPPFLAGS": flags, "LDFLAGS": flags}),
    "CC": lambda _, flags: ([], {"CC": f"{path_of('gcc')} {flags}"}),
    "options": lambda _, flags: ([f"-Dc_args={flags}", f"-Dc_link_args={flags}"], {}),
    "native file": lambda folder, flags: (["--native-file", machine_file(folder, flags)], {}),
    "cross file": lambda folder, flags: (["--cross-file", cross_file(folder, flags)], {}),
    "plain": lambda _, flags: (["-Dbuildtype=plain"], {"CFLAGS": flags}),
    "debug": lambda _, flags: (["-Dbuildtype=debug"], {"CFLAGS": flags}),
    "LTO": lambda _, flags: (["-Db_lto=true"], {"CFLAGS": flags}),
}


@pytest.mark.parametrize("way", WAYS)
def test_ways(tmp_path, way):
    options, variables = WAYS[way](tmp_path, "-Ofast -ffast-math -fno-signed-zeros")
    build = tmp_path / "build"
    set_up(build, "gcc", "-Dpython=disabled", *options, **variables)
    linked = compiled(tmp_path, [path_of("gcc"), "-ffp-contract=off"])
    for words in compile_commands(build).values():
        assert "-Ofast" in words
        assert not wrong_with(tmp_path, words), words
    for words in link_commands(build):
        assert "-Ofast" in words
        assert not flushes(tmp_path, words, linked), words


@pytest.mark.parametrize(("compiler", "setting"), of_compilers(REFUSED))
def test_refused(tmp_path, compiler, setting):
    variable, flags = setting.split("=")
    if flags == MODE:
        flags = run(path_of(compiler), f"-print-file-name={MODE}").stdout.strip()
        if flags == MODE:
            pytest.skip(f"there is no {MODE}")
    ran = setup(tmp_path, compiler, "-Dpython=disabled", **{variable: flags})
    assert ran.returncode != 0
    line = next(line for line in ran.stdout.splitlines() if "ERROR" in line)
    assert "Some of these flags change arithmetic, leave them out: " in line
    assert f" {flags}" in line


@pytest.mark.parametrize("flags", ["-march=native", *["-march=sapphirerapids"] * X86])
def test_not_refused(tmp_path, flags):
    """Nor where the flags are for a newer CPU, on which the program ends by a signal."""
    set_up(tmp_path, "gcc", "-Dpython=disabled", CFLAGS=flags)


@pytest.mark.parametrize("compiler", COMPILERS)
@pytest.mark.parametrize("flags", ["-ffast-math", "-Ofast", "-ffinite-math-only"])
def test_kernels_without_meson(compiler, flags):
    options = ["-fsyntax-only", "-DRELU_FAST_ISA=baseline", "-DRELU_FAST_SINGLE=1"]
    kernels = ROOT / "src" / "c" / "kernels" / "convert.c"
    assert run(path_of(compiler), *options, kernels).returncode == 0
    ran = run(path_of(compiler), *options, flags, kernels)
    assert ran.returncode != 0
    assert "a flag changes arithmetic" in ran.stderr


# ---- Builds ------------------------------------------------------------------

IMPORTS = """
import sys, threading
import numpy as np
def check():
    x = np.full(8, 1e-40, np.float32)
    assert sys.float_info.min / 2 > 0 and (x > 0).all() and (x * np.float32(1) == x).all()
    checked.append(1)
checked = []
check()
import relu_fast
assert relu_fast.__file__.startswith(sys.argv[1])
check()
x = np.full(1 << 20, -1e-40, np.float32)
with relu_fast.num_threads(2):
    assert relu_fast.elu(x).tobytes() == x.tobytes()
thread = threading.Thread(target=check)
thread.start()
thread.join()
assert len(checked) == 3
"""


def test_the_package(tmp_path):
    """Built as a whole, and imported."""
    build, site = tmp_path / "build", tmp_path / "site"
    options = [f"-Dpython.{kind}libdir={site}" for kind in ("pure", "plat")]
    set_up(build, "gcc", "-Dpython=enabled", *options, CFLAGS="-Ofast", LDFLAGS="-Ofast")
    ran = run("meson", "install", "-C", build)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    # Without what .pth files add, as an editable install of relu_fast.
    path = os.pathsep.join(map(str, (site, Path(np.__file__).parents[1])))
    hashes = (ROOT / "tools" / "make_hashes.py", "--check", "--quick")
    for program in (("-c", IMPORTS, site), hashes):
        ran = run(sys.executable, "-S", *program, env=os.environ | {"PYTHONPATH": path})
        assert ran.returncode == 0, ran.stdout + ran.stderr


def check_the_library(build):
    ran = run("ninja", "-C", build, "tests/c/check")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    ran = run(build / "tests" / "c" / "check", "--quick", ROOT / "tests" / "data")
    assert ran.returncode == 0, ran.stdout


def test_the_library_by_clang(tmp_path):
    set_up(tmp_path, "clang", "-Dpython=disabled", CFLAGS="-ffp-model=fast -march=native")
    check_the_library(tmp_path)


def test_the_library_without_optimisation(tmp_path):
    """Whatever the compiler finds out, as that a number is constant, must not choose a formula."""
    compiler = tmp_path / "compiler"
    compiler.write_text(f'#!/bin/sh\nexec {path_of("gcc")} "$@" -O0\n')
    compiler.chmod(0o755)
    set_up(tmp_path / "build", "gcc", "-Dpython=disabled", CC=str(compiler))
    check_the_library(tmp_path / "build")
