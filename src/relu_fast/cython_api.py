"""The functions of relu_fast for compiled code, which ``cython_api.pxd`` declares.

Cython's ``cimport`` finds them here, as do numba, SciPy, cffi and ctypes: a capsule with the
address of each, by its name. All of them are functions of the one library that the ufuncs use.
"""

from ._ufuncs import capsules

__pyx_capi__: dict[str, object] = capsules()
