"""The fastest and most exact rectifier activations for NumPy.

For each activation ``f`` (relu, leaky_relu, prelu, elu):

======================== ==========================================================
``f(x)``                 the activation, a ufunc
``f_grad(x)``            its derivative, a ufunc
``f_backward(g, x)``     g times the derivative in one pass, a ufunc
``f_(x)``                in place: stores f(x) in x and returns x
======================== ==========================================================

and ``elu_backward_from_result``, ``prelu_alpha_backward``,
``elu_alpha_backward``. All but relu take a parameter alpha.
"""

from . import _ufuncs
from ._ufuncs import (
    __version__,
    config,
    get_num_threads,
    num_threads,
    set_num_threads,
    show_config,
)

_functions = _ufuncs.make_all()
globals().update(_functions)

__all__ = [
    *_functions,
    "__version__",
    "config",
    "get_num_threads",
    "num_threads",
    "set_num_threads",
    "show_config",
]
del _functions


def __dir__():
    return __all__
