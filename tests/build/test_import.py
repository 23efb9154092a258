"""Where the package cannot be imported, the error says what to install."""

import pytest
from support.programs import run

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
OLD_NUMPY = "import numpy; numpy.__version__ = '1.26.4'; import relu_fast"


@pytest.mark.parametrize(
    ("program", "said"),
    [
        (WITHOUT_EXTENSION.format(GLIBC.format("libgomp.so.1")), "install libgomp1 (Debian"),
        (WITHOUT_EXTENSION.format(MUSL.format("libgomp.so.1")), "libgomp (Fedora, Alpine)"),
        (WITHOUT_EXTENSION.format(GLIBC.format("libomp.so.5")), "install libomp5 (Debian"),
        (WITHOUT_EXTENSION.format(OTHER), f"ImportError: {OTHER}"),
        (OLD_NUMPY, "relu_fast needs NumPy 2.0 or later, not 1.26.4"),
    ],
    ids=["libgomp of glibc", "libgomp of musl", "libomp", "what else", "NumPy 1"],
)
def test_error_of_the_import(program, said):
    ran = run("-c", program)
    assert ran.returncode == 1
    last = ran.stderr.splitlines()[-1]
    assert last.startswith("ImportError: ")
    assert said in last
