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

from . import _config, _functions
from ._config import __version__, config, show_config
from ._threads import get_num_threads, num_threads, set_num_threads

_config.read_environment()
_made = _functions.make_all()
globals().update(_made)

__all__ = [
    *_made,
    "__version__",
    "config",
    "get_num_threads",
    "num_threads",
    "set_num_threads",
    "show_config",
]
del _made


def __dir__():
    return __all__
