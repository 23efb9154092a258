"""What computes here: the version, the ISA, threads; and what the environment asks for."""

from __future__ import annotations

import os
import warnings
from typing import Literal, TypedDict

from . import _threads, _ufuncs

__version__: str = _ufuncs.version


class Config(TypedDict):
    """What `config` returns."""

    version: str
    isa: str
    isas_built: list[str]
    isas_supported: list[str]
    threads: int
    openmp: str | Literal[False]


def config() -> Config:
    """How this installation computes, as a dict.

    Returns
    -------
    dict
        ``version``; ``isa``, the active instruction set level; ``isas_built``
        and ``isas_supported``, newest first; ``threads``, what a large call
        would use now; ``openmp``, the file of the OpenMP runtime whose threads
        compute, or False in a build without OpenMP, which has one thread.

    See Also
    --------
    show_config

    Examples
    --------
    >>> import relu_fast
    >>> sorted(relu_fast.config())
    ['isa', 'isas_built', 'isas_supported', 'openmp', 'threads', 'version']
    """
    built = _ufuncs.isas_built()
    return {
        "version": __version__,
        "isa": _ufuncs.isa(),
        "isas_built": built,
        "isas_supported": [isa for isa in built if _ufuncs.isa_supported(isa)],
        "threads": _threads.get_num_threads(),
        "openmp": _ufuncs.openmp() or False,
    }


def show_config() -> None:
    """Print how this installation computes: `config`, a line for each key.

    Returns
    -------
    None

    See Also
    --------
    config

    Examples
    --------
    >>> import relu_fast
    >>> relu_fast.show_config()  # doctest: +ELLIPSIS
    relu_fast ...
    """
    found = config()
    print(f"relu_fast {found['version']}")
    print(
        f"  ISA      {found['isa']} (built: {', '.join(found['isas_built'])}; "
        f"this CPU supports: {', '.join(found['isas_supported'])})"
    )
    print(f"  threads  {found['threads']}")
    print(f"  OpenMP   {found['openmp'] or 'none: this build computes on one thread'}")


def get_include() -> str:
    """The folder of ``relu_fast.h``, for compilers of code that calls the functions from C.

    Returns
    -------
    str
        The path of the folder.

    Notes
    -----
    Cython needs no folder for ``cimport relu_fast.cython_api``, nor does its C code.

    Examples
    --------
    >>> import os, relu_fast
    >>> os.path.exists(os.path.join(relu_fast.get_include(), "relu_fast.h"))
    True
    """
    from importlib.resources import files  # slow to import

    # An editable install has it elsewhere than this file.
    return os.path.dirname(str(files("relu_fast").joinpath("include/relu_fast.h")))


for _public in (config, get_include, show_config):
    _public.__module__ = "relu_fast"


def read_environment() -> None:
    """Heed RELU_FAST_ISA and RELU_FAST_NUM_THREADS."""
    isa = os.environ.get("RELU_FAST_ISA")
    try:
        _ufuncs.select_isa(isa or None)
    except ValueError as error:
        raise ValueError(f"environment variable RELU_FAST_ISA: {error}") from None
    threads = os.environ.get("RELU_FAST_NUM_THREADS")
    if threads:
        source = "environment variable RELU_FAST_NUM_THREADS"
        try:
            number = int(threads)
        except ValueError:
            raise ValueError(f"{source}: not an integer: {threads!r}") from None
        most = _ufuncs.max_threads()
        if number > most:
            # Set for another machine, or for all of them.
            warnings.warn(
                f"{source}: {threads} threads are more than {most} (4 times the CPUs): "
                f"{most} it is",
                RuntimeWarning,
                stacklevel=2,
            )
        _ufuncs.set_threads(_threads.checked(source, min(number, most)))
