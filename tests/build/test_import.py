"""Where the package cannot be imported, the error says what to install."""

import shutil
import sysconfig
from pathlib import Path

import pytest
from support.programs import run

import relu_fast

pytestmark = pytest.mark.build_independent

# The extension module fails as the loader of each system says it.
WITHOUT_EXTENSION = """
import sys

class Loader:
    def find_spec(self, name, path, target=None):
        if name == "relu_fast._ufuncs":
            raise ImportError({!r})

sys.meta_path.insert(0, Loader())
import relu_fast
"""
GLIBC = "{}: cannot open shared object file: No such file or directory"
MUSL = "Error loading shared library {}: No such file or directory (needed by _ufuncs.so)"
OTHER = "_ufuncs.so: undefined symbol: sincos"
STATIC_TLS = "libgomp.so.1: cannot allocate memory in static TLS block"
OLD_LIBRARY = "/opt/lib/libgomp.so.1: version `GOMP_5.0' not found (required by _ufuncs.so)"
OLD_NUMPY = "import numpy; numpy.__version__ = '1.26.4'; import relu_fast"


@pytest.mark.parametrize(
    ("program", "said"),
    [
        (WITHOUT_EXTENSION.format(GLIBC.format("libgomp.so.1")), "install libgomp1 (Debian"),
        (WITHOUT_EXTENSION.format(MUSL.format("libgomp.so.1")), "libgomp (Fedora, Alpine)"),
        (WITHOUT_EXTENSION.format(GLIBC.format("libomp.so.5")), "install libomp5 (Debian"),
        (WITHOUT_EXTENSION.format(STATIC_TLS), "import relu_fast before other libraries"),
        (WITHOUT_EXTENSION.format(OLD_LIBRARY), "another file may be found first"),
        (WITHOUT_EXTENSION.format("libgomp.so.1: file too short"), "may be found first"),
        (WITHOUT_EXTENSION.format(OTHER), f"ImportError: {OTHER}"),
        (OLD_NUMPY, "relu_fast needs NumPy 2.0 or later, not 1.26.4"),
    ],
    ids=[
        *("libgomp of glibc", "libgomp of musl", "libomp", "no room", "old", "no library"),
        *("what else", "NumPy 1"),
    ],
)
def test_error_of_the_import(program, said):
    ran = run("-c", program)
    assert ran.returncode == 1
    last = ran.stderr.splitlines()[-1]
    assert last.startswith("ImportError: ")
    assert said in last


@pytest.mark.parametrize("kind", ["the source", "of another Python", "a zip file"])
def test_package_without_its_extension(tmp_path, kind):
    """What is said is not Python's guess, which is a circular import."""
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    package, copy = Path(relu_fast.__file__).parent, tmp_path / "relu_fast"
    shutil.copytree(package, copy, ignore=shutil.ignore_patterns(f"*{suffix}", "__pycache__"))
    where = tmp_path
    if kind == "of another Python":
        (copy / "_ufuncs.cpython-27-x86_64-linux-gnu.so").touch()
    if kind == "a zip file":
        where = Path(shutil.make_archive(str(tmp_path / "all"), "zip", tmp_path, "relu_fast"))
    ran = run("-c", f"import sys; sys.path.insert(0, {str(where)!r}); import relu_fast")
    assert ran.returncode == 1
    last = ran.stderr.splitlines()[-1]
    assert last.startswith(f"ImportError: {where / 'relu_fast'} has no _ufuncs{suffix}: ")
    assert "-m pip install" in last
