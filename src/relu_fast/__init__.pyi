from typing import Any, Literal, Self, SupportsIndex, TypedDict, TypeVar, Unpack, overload

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

__all__: list[str]
__version__: str

_Floating = TypeVar("_Floating", np.float32, np.float64)
_Array = TypeVar("_Array", bound=np.ndarray[Any, Any])
_Out = np.ndarray[Any, Any] | tuple[np.ndarray[Any, Any] | None] | None

class _Keywords(TypedDict, total=False):
    where: ArrayLike
    casting: Literal["no", "equiv", "safe", "same_kind", "unsafe"]
    order: Literal["K", "A", "C", "F"] | None
    dtype: DTypeLike
    subok: bool
    signature: str | tuple[DTypeLike, ...] | None

# A Python number for alpha leaves the dtype of the arrays as it is; anything
# else promotes as NumPy promotes.

class _Unary(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(
        self, x: NDArray[_Floating], /, out: None = None, **keywords: Unpack[_Keywords]
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(self, x: ArrayLike, /, out: _Out = None, **keywords: Unpack[_Keywords]) -> Any: ...

class _UnaryDefaultAlpha(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        x: NDArray[_Floating],
        /,
        alpha: float = ...,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        alpha: ArrayLike = ...,
        out: _Out = None,
        **keywords: Unpack[_Keywords],
    ) -> Any: ...

class _UnaryAlpha(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        x: NDArray[_Floating],
        /,
        alpha: float | NDArray[_Floating],
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        alpha: ArrayLike,
        out: _Out = None,
        **keywords: Unpack[_Keywords],
    ) -> Any: ...

class _Backward(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        g: NDArray[_Floating],
        x: NDArray[_Floating],
        /,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(
        self, g: ArrayLike, x: ArrayLike, /, out: _Out = None, **keywords: Unpack[_Keywords]
    ) -> Any: ...

class _BackwardDefaultAlpha(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        g: NDArray[_Floating],
        x: NDArray[_Floating],
        /,
        alpha: float = ...,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(
        self,
        g: ArrayLike,
        x: ArrayLike,
        /,
        alpha: ArrayLike = ...,
        out: _Out = None,
        **keywords: Unpack[_Keywords],
    ) -> Any: ...

class _BackwardAlpha(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        g: NDArray[_Floating],
        x: NDArray[_Floating],
        /,
        alpha: float | NDArray[_Floating],
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(
        self,
        g: ArrayLike,
        x: ArrayLike,
        /,
        alpha: ArrayLike,
        out: _Out = None,
        **keywords: Unpack[_Keywords],
    ) -> Any: ...

relu: _Unary
relu_grad: _Unary
relu_backward: _Backward

def relu_(x: _Array, /) -> _Array: ...

leaky_relu: _UnaryDefaultAlpha
leaky_relu_grad: _UnaryDefaultAlpha
leaky_relu_backward: _BackwardDefaultAlpha

def leaky_relu_(x: _Array, /, alpha: ArrayLike = 0.01) -> _Array: ...

prelu: _UnaryAlpha
prelu_grad: _UnaryAlpha
prelu_backward: _BackwardAlpha

def prelu_(x: _Array, /, alpha: ArrayLike) -> _Array: ...
def prelu_alpha_backward(g: ArrayLike, x: ArrayLike, alpha: ArrayLike, /) -> Any: ...

elu: _UnaryDefaultAlpha
elu_grad: _UnaryDefaultAlpha
elu_backward: _BackwardDefaultAlpha
elu_backward_from_result: _BackwardDefaultAlpha

def elu_(x: _Array, /, alpha: ArrayLike = 1.0) -> _Array: ...
def elu_alpha_backward(g: ArrayLike, x: ArrayLike, alpha: ArrayLike, /) -> Any: ...

class _Config(TypedDict):
    version: str
    isa: str
    isas_built: list[str]
    isas_supported: list[str]
    threads: int
    openmp: bool

def config() -> _Config: ...
def show_config() -> None: ...
def get_num_threads() -> int: ...
def set_num_threads(n: SupportsIndex | None) -> None: ...

class num_threads:  # noqa: N801
    def __init__(self, n: SupportsIndex) -> None: ...
    @property
    def n(self) -> int: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> None: ...
