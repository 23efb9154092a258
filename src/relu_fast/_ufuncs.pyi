from collections.abc import Callable
from contextvars import ContextVar
from inspect import Signature
from typing import Any

import numpy as np

from ._threads import num_threads

# ---- The tables ----------------------------------------------------------------

def dtypes() -> list[str]: ...
def forms() -> list[tuple[str, str, str, str, str]]: ...  # id, kind, suffix, inputs, outputs
def has_form(activation: int, form: int) -> bool: ...
def takes(activation: int, form: int, dtype: str) -> bool: ...
def activations() -> list[dict[str, Any]]: ...

# ---- For compiled code -----------------------------------------------------------

C_API: object

def capsules() -> dict[str, object]: ...

# ---- Functions -----------------------------------------------------------------

def make_ufunc(
    activation: int,
    form: int,
    name: str,
    doc: str,
    signature: Signature,
    parameters: tuple[tuple[str, float | None], ...],
) -> np.ufunc: ...
def make_in_place(
    ufunc: Callable[..., Any],
    name: str,
    parameters: tuple[tuple[str, float | None], ...],
    store: Callable[[str, Any, Any], None],
) -> Callable[..., Any]: ...
def make_parameter_gradient(
    activation: int,
    form: int,
    index: int,
    name: str,
    parameter_name: str,
    backward: Callable[..., Any],
    sum_products: Callable[..., Any],
) -> Callable[..., Any]: ...

# ---- Threads -------------------------------------------------------------------

blocks: ContextVar[tuple[num_threads, ...]]

def openmp() -> str | None: ...
def max_threads() -> int: ...
def set_threads(n: int) -> None: ...
def threads() -> int: ...
def set_blocks(entered: tuple[num_threads, ...]) -> None: ...

# ---- What computes -------------------------------------------------------------

version: str
compiler: str

def isas_built() -> list[str]: ...
def isa() -> str: ...
def isa_supported(isa: str) -> bool: ...
def check_numpy(offset: int = ...) -> None: ...

# ---- Switches for tests and measurements ---------------------------------------

def select_isa(isa: str | None) -> None: ...
def set_cache_bytes(size: int) -> None: ...
def cache_bytes() -> int: ...
def set_fast_path(on: bool, *, only: bool = False) -> None: ...
