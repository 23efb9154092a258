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
        if library in str(error):
            raise ImportError(
                f"relu_fast was built with OpenMP, and its runtime does not load: "
                f"install {packages}. The loader says: {error}"
            ) from error
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
