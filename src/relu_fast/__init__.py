"""The fastest and most exact rectifier activations for NumPy.

For each activation ``f``:

======================== ==========================================================
``f(x)``                 the activation, a ufunc
``f_grad(x)``            its derivative, a ufunc
``f_backward(g, x)``     g times the derivative in one pass, a ufunc
``f_value_and_grad(x)``  the activation and its derivative in one pass, a ufunc
``f_(x)``                in place: stores f(x) in x and returns x
======================== ==========================================================

Some have more: ``f_backward_from_result(g, y)``, and ``f_p_backward(g, x, p)`` for a
parameter p that is learned. Parameters follow the arrays, by position or by name; the
docstring of each activation tells which it takes.
"""

import typing as _typing

import numpy as _numpy

# Without this, neither error would name a remedy.
if int(_numpy.__version__.split(".")[0]) < 2:
    raise ImportError(f"relu_fast needs NumPy 2.0 or later, not {_numpy.__version__}")
try:
    from . import _ufuncs as _ufuncs
except ImportError as error:
    for library, packages in {
        "libgomp": "libgomp1 (Debian, Ubuntu) or libgomp (Fedora, Alpine)",
        "libomp": "libomp5 (Debian, Ubuntu) or libomp (Fedora)",
    }.items():
        if library not in str(error):
            continue
        if "No such file" in str(error):
            remedy = f"install {packages}"
        elif "static TLS" in str(error):
            remedy = (
                "import relu_fast before other libraries, or set the environment variable "
                "GLIBC_TUNABLES=glibc.rtld.optional_static_tls=4096"
            )
        else:
            remedy = f"another file may be found first; what is needed is that of {packages}"
        raise ImportError(
            f"relu_fast was built with OpenMP, and its runtime does not load: {remedy}. "
            f"The loader says: {error}"
        ) from error
    from importlib.util import find_spec

    if find_spec("._ufuncs", __name__) is None:  # Python speaks of a circular import
        import sys
        import sysconfig

        raise ImportError(
            f"{__path__[0]} has no _ufuncs{sysconfig.get_config_var('EXT_SUFFIX')}: "
            "it is the source, a zip file, or was installed for another Python or machine; "
            f"run {sys.executable} -m pip install for this one"
        ) from None
    raise

from . import _catalog, _config
from ._config import __version__, config, get_include, show_config
from ._threads import get_num_threads, num_threads, set_num_threads

if _typing.TYPE_CHECKING:  # for pylint and others that read neither stubs nor __getattr__
    from ._names import *  # noqa: F403

_config.read_environment()

__all__ = [
    *_catalog.FUNCTIONS,
    "__version__",
    "config",
    "get_include",
    "get_num_threads",
    "num_threads",
    "set_num_threads",
    "show_config",
]


def __getattr__(name):
    """Make a function at its first use: to document all takes longer than the whole import."""
    if name not in _catalog.FUNCTIONS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from . import _functions

    globals()[name] = made = _functions.make(name)
    return made


def __dir__():
    return __all__
