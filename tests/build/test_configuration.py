"""What meson.build says where the library cannot be built, and what it leaves out.

The compilers that it sees are scripts, which say that they are others.
"""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = [
    pytest.mark.build_independent,
    pytest.mark.slow,  # a second each
    pytest.mark.skipif(not (ROOT / "meson.build").exists(), reason="needs the source tree"),
    pytest.mark.skipif(not shutil.which("meson"), reason="needs Meson"),
]

MACHINE = """
[binaries]
c = '{compiler}'
[host_machine]
system = '{system}'
cpu_family = '{family}'
cpu = '{family}'
endian = '{endian}'
"""


def setup(folder, *options, compiler="exec gcc", **variables):
    """Status and output of `meson setup`, for a compiler that is the lines of a shell script."""
    script = folder / "compiler"
    script.write_text(f'#!/bin/sh\n{compiler} "$@"\n')
    script.chmod(0o755)
    ran = subprocess.run(
        ["meson", "setup", folder / "build", ROOT, *options],
        env=os.environ | {"CC": str(script)} | variables,
        capture_output=True,
        text=True,
    )
    return ran.returncode, ran.stdout + ran.stderr


def says_version(text):
    return f'[ "$*" = --version ] && echo "{text}" && exit\nexec gcc'


@pytest.mark.parametrize(
    ("compiler", "message"),
    [
        (
            says_version("gcc (GCC) 8.5.0, Free Software Foundation") + " -U__GNUC__ -D__GNUC__=8",
            "relu_fast needs GCC 9 or clang 14, or later ones; this compiler is gcc 8.",
        ),
        (
            says_version("clang version 13.0.1"),
            "relu_fast needs GCC 9 or clang 14, or later ones; this compiler is clang 13.0.1.",
        ),
        (
            says_version("icc (ICC) 2021.7.0"),
            "relu_fast is written for GCC and clang; this compiler is intel 2021.7.0.",
        ),
        (
            "exec gcc -U__SIZEOF_POINTER__ -D__SIZEOF_POINTER__=4",
            "relu_fast is for 64-bit, little-endian machines; this is ",
        ),
    ],
    ids=["gcc-8", "clang-13", "icc", "32-bit"],
)
def test_compiler(tmp_path, compiler, message):
    status, output = setup(tmp_path, "-Dpython=disabled", compiler=compiler)
    assert status != 0
    assert message in output


@pytest.mark.parametrize(
    ("system", "family", "endian", "message"),
    [
        ("windows", "x86_64", "little", "for Linux (in WSL, too) and macOS; this is windows."),
        ("freebsd", "x86_64", "little", "for Linux (in WSL, too) and macOS; this is freebsd."),
        ("linux", "s390x", "big", "for 64-bit, little-endian machines; this is s390x."),
    ],
)
def test_machine(tmp_path, system, family, endian, message):
    file = tmp_path / "machine.ini"
    file.write_text(MACHINE.format(compiler="gcc", system=system, family=family, endian=endian))
    status, output = setup(tmp_path, "-Dpython=disabled", "--cross-file", file)
    assert status != 0
    assert message in output


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("cython", 'The Python package needs Cython: pip install "cython>=3.1"'),
        ("numpy-config", 'needs the numpy-config of NumPy 2.0 or later: pip install "numpy>=2.0"'),
    ],
)
def test_what_the_package_is_built_with(tmp_path, name, message):
    """NumPy 1 has no numpy-config. Cython, which is looked for first, has to be there, then."""
    if name != "cython" and not shutil.which("cython"):
        pytest.skip("needs Cython")
    native = tmp_path / "native.ini"
    native.write_text(f"[binaries]\n{name} = 'false'\n")
    status, output = setup(tmp_path, "--native-file", native, PKG_CONFIG_LIBDIR="")
    assert status != 0
    assert message in output


# What refuses some flags, as older compilers do that have not heard of them.
REFUSES = 'for a in "$@"; do case $a in {}) echo "unknown: $a" >&2; exit 1;; esac; done\nexec gcc'


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="names the ISAs of x86-64")
@pytest.mark.parametrize(
    ("unknown", "built"),
    [
        ("-march=x86-64-v*", ["baseline", "x86_64_v3", "x86_64_v4"]),
        ("-march=x86-64-v*|-mavx512*", ["baseline", "x86_64_v3"]),
        ("-march=x86-64-v*|-mavx*", ["baseline"]),
    ],
    ids=["names", "avx512", "avx2"],
)
def test_isas_that_the_compiler_does_not_know(tmp_path, unknown, built):
    status, output = setup(tmp_path, "-Dpython=disabled", compiler=REFUSES.format(unknown))
    assert status == 0, output
    summary = output.split("kernels for: ")[1].split("OpenMP")[0]
    assert summary.split() == built


def test_without_openmp_where_programs_with_it_do_not_run(tmp_path):
    """As with musl-gcc, which finds the libgomp of glibc."""
    dies = 'case "$*" in *-fopenmp*) set -- "$@" -Wl,-e,0;; esac\nexec gcc'
    status, output = setup(tmp_path, "-Dpython=disabled", compiler=dies)
    assert status == 0, output
    assert "WARNING: A program with OpenMP does not run here" in output
    assert "no: one thread computes" in output
