# Made by tools/update.py from the tables and tools/generate/stubs.pyi.in.

from collections.abc import Callable
from typing import (
    Any,
    Literal,
    ParamSpec,
    Protocol,
    Self,
    SupportsIndex,
    TypedDict,
    TypeVar,
    Unpack,
    overload,
)

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

__all__: list[str]
__version__: str

_P = ParamSpec("_P")
_R = TypeVar("_R")
_Floating = TypeVar("_Floating", np.float16, np.float32, np.float64)
_Real = TypeVar("_Real", bound=np.integer[Any] | np.float16 | np.float32 | np.float64)
_Integers8 = np.bool | np.int8 | np.uint8
_Integers16 = np.int16 | np.uint16
_Integers32And64 = np.int32 | np.uint32 | np.int64 | np.uint64
_Out1 = TypeVar("_Out1", bound=np.ndarray[Any, Any])
_Out2 = TypeVar("_Out2", bound=np.ndarray[Any, Any])
_SomeOut = np.ndarray[Any, Any] | None

class _HasUfuncs(Protocol):
    @property
    def __array_ufunc__(self) -> Any: ...

_Container = TypeVar("_Container", bound=_HasUfuncs)

class _Keywords(TypedDict, total=False):
    where: ArrayLike
    casting: Literal["no", "equiv", "safe", "same_kind", "unsafe"]
    order: Literal["K", "A", "C", "F"] | None
    subok: bool

class _AllKeywords(_Keywords, total=False):
    dtype: DTypeLike
    signature: str | tuple[DTypeLike, ...] | None

# Overloads, in this order: what is given as out comes back; dtype= decides; a parameter of
# type np.float64, which is a float to type checkers, promotes; Python numbers and what has the
# type of the arrays leave that type as it is, and integers become floating by their size; all
# else is as NumPy promotes it.  bfloat16 has no type of its own that a checker knows: to it,
# ml_dtypes.bfloat16 is Any, or np.generic, and so is what comes back.

class _From1To1(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        out: _Out1,
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        *,
        out: _Out1 | tuple[_Out1],
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        x: NDArray[Any],
        /,
        out: None = None,
        *,
        dtype: type[_Floating] | np.dtype[_Floating],
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Floating],
        /,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        x: NDArray[_Integers8],
        /,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float16]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        x: NDArray[_Integers16],
        /,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float32]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Integers32And64],
        /,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        out: _SomeOut | tuple[_SomeOut] = None,
        **keywords: Unpack[_AllKeywords],
    ) -> Any: ...

class _From1To1KeepingIntegers(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        out: _Out1,
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        *,
        out: _Out1 | tuple[_Out1],
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        x: NDArray[Any],
        /,
        out: None = None,
        *,
        dtype: type[_Real] | np.dtype[_Real],
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Real]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Real],
        /,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Real]: ...
    @overload
    def __call__(
        self,
        x: NDArray[np.bool],
        /,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.int8]: ...
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        out: _SomeOut | tuple[_SomeOut] = None,
        **keywords: Unpack[_AllKeywords],
    ) -> Any: ...

class _From1To1Alpha(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        alpha: ArrayLike,
        out: _Out1,
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        alpha: ArrayLike,
        *,
        out: _Out1 | tuple[_Out1],
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        x: NDArray[Any],
        /,
        alpha: ArrayLike,
        out: None = None,
        *,
        dtype: type[_Floating] | np.dtype[_Floating],
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        x: NDArray[_Floating],
        /,
        alpha: np.float64,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Floating],
        /,
        alpha: float | _Floating | NDArray[_Floating],
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Integers32And64],
        /,
        alpha: float,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        alpha: ArrayLike,
        out: _SomeOut | tuple[_SomeOut] = None,
        **keywords: Unpack[_AllKeywords],
    ) -> Any: ...

class _From1To1OptionalAlpha(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        alpha: ArrayLike,
        out: _Out1,
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        alpha: ArrayLike = ...,
        *,
        out: _Out1 | tuple[_Out1],
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        x: NDArray[Any],
        /,
        alpha: ArrayLike = ...,
        out: None = None,
        *,
        dtype: type[_Floating] | np.dtype[_Floating],
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        x: NDArray[_Floating],
        /,
        alpha: np.float64,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Floating],
        /,
        alpha: float | _Floating | NDArray[_Floating] = ...,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Integers32And64],
        /,
        alpha: float = ...,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Integers8 | _Integers16],
        /,
        *,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        alpha: ArrayLike = ...,
        out: _SomeOut | tuple[_SomeOut] = None,
        **keywords: Unpack[_AllKeywords],
    ) -> Any: ...

class _From1To1OptionalB(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        b: ArrayLike,
        out: _Out1,
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        b: ArrayLike = ...,
        *,
        out: _Out1 | tuple[_Out1],
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        x: NDArray[Any],
        /,
        b: ArrayLike = ...,
        out: None = None,
        *,
        dtype: type[_Floating] | np.dtype[_Floating],
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        x: NDArray[_Floating],
        /,
        b: np.float64,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Floating],
        /,
        b: float | _Floating | NDArray[_Floating] = ...,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Integers32And64],
        /,
        b: float = ...,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Integers8 | _Integers16],
        /,
        *,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        b: ArrayLike = ...,
        out: _SomeOut | tuple[_SomeOut] = None,
        **keywords: Unpack[_AllKeywords],
    ) -> Any: ...

class _From1To1OptionalBeta(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        beta: ArrayLike,
        out: _Out1,
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        beta: ArrayLike = ...,
        *,
        out: _Out1 | tuple[_Out1],
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        x: NDArray[Any],
        /,
        beta: ArrayLike = ...,
        out: None = None,
        *,
        dtype: type[_Floating] | np.dtype[_Floating],
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        x: NDArray[_Floating],
        /,
        beta: np.float64,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Floating],
        /,
        beta: float | _Floating | NDArray[_Floating] = ...,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Integers32And64],
        /,
        beta: float = ...,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Integers8 | _Integers16],
        /,
        *,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        beta: ArrayLike = ...,
        out: _SomeOut | tuple[_SomeOut] = None,
        **keywords: Unpack[_AllKeywords],
    ) -> Any: ...

class _From1To1OptionalLambd(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        lambd: ArrayLike,
        out: _Out1,
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        lambd: ArrayLike = ...,
        *,
        out: _Out1 | tuple[_Out1],
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        x: NDArray[Any],
        /,
        lambd: ArrayLike = ...,
        out: None = None,
        *,
        dtype: type[_Floating] | np.dtype[_Floating],
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        x: NDArray[_Floating],
        /,
        lambd: np.float64,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Floating],
        /,
        lambd: float | _Floating | NDArray[_Floating] = ...,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Integers32And64],
        /,
        lambd: float = ...,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Integers8 | _Integers16],
        /,
        *,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        lambd: ArrayLike = ...,
        out: _SomeOut | tuple[_SomeOut] = None,
        **keywords: Unpack[_AllKeywords],
    ) -> Any: ...

class _From1To1OptionalMinValOptionalMaxVal(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        min_val: ArrayLike,
        max_val: ArrayLike,
        out: _Out1,
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        min_val: ArrayLike = ...,
        max_val: ArrayLike = ...,
        *,
        out: _Out1 | tuple[_Out1],
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        x: NDArray[Any],
        /,
        min_val: ArrayLike = ...,
        max_val: ArrayLike = ...,
        out: None = None,
        *,
        dtype: type[_Floating] | np.dtype[_Floating],
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        x: NDArray[_Floating],
        /,
        min_val: np.float64,
        max_val: float | _Floating | NDArray[_Floating] = ...,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        x: NDArray[_Floating],
        /,
        min_val: float | _Floating | NDArray[_Floating] = ...,
        *,
        max_val: np.float64,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        x: NDArray[_Floating],
        /,
        min_val: float | _Floating | NDArray[_Floating],
        max_val: np.float64,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Floating],
        /,
        min_val: float | _Floating | NDArray[_Floating] = ...,
        max_val: float | _Floating | NDArray[_Floating] = ...,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Integers32And64],
        /,
        min_val: float = ...,
        max_val: float = ...,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Integers8 | _Integers16],
        /,
        *,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        min_val: ArrayLike = ...,
        max_val: ArrayLike = ...,
        out: _SomeOut | tuple[_SomeOut] = None,
        **keywords: Unpack[_AllKeywords],
    ) -> Any: ...

class _From1To1ThresholdValue(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        threshold: ArrayLike,
        value: ArrayLike,
        out: _Out1,
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        threshold: ArrayLike,
        value: ArrayLike,
        *,
        out: _Out1 | tuple[_Out1],
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        x: NDArray[Any],
        /,
        threshold: ArrayLike,
        value: ArrayLike,
        out: None = None,
        *,
        dtype: type[_Floating] | np.dtype[_Floating],
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        x: NDArray[_Floating],
        /,
        threshold: np.float64,
        value: float | _Floating | NDArray[_Floating],
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        x: NDArray[_Floating],
        /,
        threshold: float | _Floating | NDArray[_Floating],
        value: np.float64,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Floating],
        /,
        threshold: float | _Floating | NDArray[_Floating],
        value: float | _Floating | NDArray[_Floating],
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Integers32And64],
        /,
        threshold: float,
        value: float,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        threshold: ArrayLike,
        value: ArrayLike,
        out: _SomeOut | tuple[_SomeOut] = None,
        **keywords: Unpack[_AllKeywords],
    ) -> Any: ...

class _From1To2(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        *,
        out: tuple[_Out1, _Out2],
        **keywords: Unpack[_AllKeywords],
    ) -> tuple[_Out1, _Out2]: ...
    @overload
    def __call__(
        self,
        x: NDArray[Any],
        /,
        *,
        out: tuple[None, None] = ...,
        dtype: type[_Floating] | np.dtype[_Floating],
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[_Floating], NDArray[_Floating]]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Floating],
        /,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[_Floating], NDArray[_Floating]]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        x: NDArray[_Integers8],
        /,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[np.float16], NDArray[np.float16]]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        x: NDArray[_Integers16],
        /,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Integers32And64],
        /,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        *,
        out: tuple[_SomeOut, _SomeOut] = ...,
        **keywords: Unpack[_AllKeywords],
    ) -> Any: ...

class _From1To2Alpha(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        alpha: ArrayLike,
        *,
        out: tuple[_Out1, _Out2],
        **keywords: Unpack[_AllKeywords],
    ) -> tuple[_Out1, _Out2]: ...
    @overload
    def __call__(
        self,
        x: NDArray[Any],
        /,
        alpha: ArrayLike,
        *,
        out: tuple[None, None] = ...,
        dtype: type[_Floating] | np.dtype[_Floating],
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[_Floating], NDArray[_Floating]]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        x: NDArray[_Floating],
        /,
        alpha: np.float64,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Floating],
        /,
        alpha: float | _Floating | NDArray[_Floating],
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[_Floating], NDArray[_Floating]]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Integers32And64],
        /,
        alpha: float,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        alpha: ArrayLike,
        *,
        out: tuple[_SomeOut, _SomeOut] = ...,
        **keywords: Unpack[_AllKeywords],
    ) -> Any: ...

class _From1To2OptionalAlpha(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        alpha: ArrayLike = ...,
        *,
        out: tuple[_Out1, _Out2],
        **keywords: Unpack[_AllKeywords],
    ) -> tuple[_Out1, _Out2]: ...
    @overload
    def __call__(
        self,
        x: NDArray[Any],
        /,
        alpha: ArrayLike = ...,
        *,
        out: tuple[None, None] = ...,
        dtype: type[_Floating] | np.dtype[_Floating],
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[_Floating], NDArray[_Floating]]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        x: NDArray[_Floating],
        /,
        alpha: np.float64,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Floating],
        /,
        alpha: float | _Floating | NDArray[_Floating] = ...,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[_Floating], NDArray[_Floating]]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Integers32And64],
        /,
        alpha: float = ...,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Integers8 | _Integers16],
        /,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        alpha: ArrayLike = ...,
        *,
        out: tuple[_SomeOut, _SomeOut] = ...,
        **keywords: Unpack[_AllKeywords],
    ) -> Any: ...

class _From1To2OptionalB(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        b: ArrayLike = ...,
        *,
        out: tuple[_Out1, _Out2],
        **keywords: Unpack[_AllKeywords],
    ) -> tuple[_Out1, _Out2]: ...
    @overload
    def __call__(
        self,
        x: NDArray[Any],
        /,
        b: ArrayLike = ...,
        *,
        out: tuple[None, None] = ...,
        dtype: type[_Floating] | np.dtype[_Floating],
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[_Floating], NDArray[_Floating]]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        x: NDArray[_Floating],
        /,
        b: np.float64,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Floating],
        /,
        b: float | _Floating | NDArray[_Floating] = ...,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[_Floating], NDArray[_Floating]]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Integers32And64],
        /,
        b: float = ...,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Integers8 | _Integers16],
        /,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        b: ArrayLike = ...,
        *,
        out: tuple[_SomeOut, _SomeOut] = ...,
        **keywords: Unpack[_AllKeywords],
    ) -> Any: ...

class _From1To2OptionalBeta(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        beta: ArrayLike = ...,
        *,
        out: tuple[_Out1, _Out2],
        **keywords: Unpack[_AllKeywords],
    ) -> tuple[_Out1, _Out2]: ...
    @overload
    def __call__(
        self,
        x: NDArray[Any],
        /,
        beta: ArrayLike = ...,
        *,
        out: tuple[None, None] = ...,
        dtype: type[_Floating] | np.dtype[_Floating],
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[_Floating], NDArray[_Floating]]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        x: NDArray[_Floating],
        /,
        beta: np.float64,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Floating],
        /,
        beta: float | _Floating | NDArray[_Floating] = ...,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[_Floating], NDArray[_Floating]]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Integers32And64],
        /,
        beta: float = ...,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Integers8 | _Integers16],
        /,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        beta: ArrayLike = ...,
        *,
        out: tuple[_SomeOut, _SomeOut] = ...,
        **keywords: Unpack[_AllKeywords],
    ) -> Any: ...

class _From1To2OptionalLambd(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        lambd: ArrayLike = ...,
        *,
        out: tuple[_Out1, _Out2],
        **keywords: Unpack[_AllKeywords],
    ) -> tuple[_Out1, _Out2]: ...
    @overload
    def __call__(
        self,
        x: NDArray[Any],
        /,
        lambd: ArrayLike = ...,
        *,
        out: tuple[None, None] = ...,
        dtype: type[_Floating] | np.dtype[_Floating],
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[_Floating], NDArray[_Floating]]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        x: NDArray[_Floating],
        /,
        lambd: np.float64,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Floating],
        /,
        lambd: float | _Floating | NDArray[_Floating] = ...,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[_Floating], NDArray[_Floating]]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Integers32And64],
        /,
        lambd: float = ...,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Integers8 | _Integers16],
        /,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        lambd: ArrayLike = ...,
        *,
        out: tuple[_SomeOut, _SomeOut] = ...,
        **keywords: Unpack[_AllKeywords],
    ) -> Any: ...

class _From1To2OptionalMinValOptionalMaxVal(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        min_val: ArrayLike = ...,
        max_val: ArrayLike = ...,
        *,
        out: tuple[_Out1, _Out2],
        **keywords: Unpack[_AllKeywords],
    ) -> tuple[_Out1, _Out2]: ...
    @overload
    def __call__(
        self,
        x: NDArray[Any],
        /,
        min_val: ArrayLike = ...,
        max_val: ArrayLike = ...,
        *,
        out: tuple[None, None] = ...,
        dtype: type[_Floating] | np.dtype[_Floating],
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[_Floating], NDArray[_Floating]]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        x: NDArray[_Floating],
        /,
        min_val: np.float64,
        max_val: float | _Floating | NDArray[_Floating] = ...,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        x: NDArray[_Floating],
        /,
        min_val: float | _Floating | NDArray[_Floating] = ...,
        *,
        max_val: np.float64,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        x: NDArray[_Floating],
        /,
        min_val: float | _Floating | NDArray[_Floating],
        max_val: np.float64,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Floating],
        /,
        min_val: float | _Floating | NDArray[_Floating] = ...,
        max_val: float | _Floating | NDArray[_Floating] = ...,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[_Floating], NDArray[_Floating]]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Integers32And64],
        /,
        min_val: float = ...,
        max_val: float = ...,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Integers8 | _Integers16],
        /,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        min_val: ArrayLike = ...,
        max_val: ArrayLike = ...,
        *,
        out: tuple[_SomeOut, _SomeOut] = ...,
        **keywords: Unpack[_AllKeywords],
    ) -> Any: ...

class _From1To2ThresholdValue(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        threshold: ArrayLike,
        value: ArrayLike,
        *,
        out: tuple[_Out1, _Out2],
        **keywords: Unpack[_AllKeywords],
    ) -> tuple[_Out1, _Out2]: ...
    @overload
    def __call__(
        self,
        x: NDArray[Any],
        /,
        threshold: ArrayLike,
        value: ArrayLike,
        *,
        out: tuple[None, None] = ...,
        dtype: type[_Floating] | np.dtype[_Floating],
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[_Floating], NDArray[_Floating]]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        x: NDArray[_Floating],
        /,
        threshold: np.float64,
        value: float | _Floating | NDArray[_Floating],
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        x: NDArray[_Floating],
        /,
        threshold: float | _Floating | NDArray[_Floating],
        value: np.float64,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Floating],
        /,
        threshold: float | _Floating | NDArray[_Floating],
        value: float | _Floating | NDArray[_Floating],
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[_Floating], NDArray[_Floating]]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_Integers32And64],
        /,
        threshold: float,
        value: float,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        threshold: ArrayLike,
        value: ArrayLike,
        *,
        out: tuple[_SomeOut, _SomeOut] = ...,
        **keywords: Unpack[_AllKeywords],
    ) -> Any: ...

class _From2To1(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        g: ArrayLike,
        x: ArrayLike,
        /,
        out: _Out1,
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        g: ArrayLike,
        x: ArrayLike,
        /,
        *,
        out: _Out1 | tuple[_Out1],
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        g: NDArray[Any],
        x: NDArray[Any],
        /,
        out: None = None,
        *,
        dtype: type[_Floating] | np.dtype[_Floating],
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
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
    def __call__(  # type: ignore[overload-overlap]
        self,
        g: NDArray[_Integers8],
        x: NDArray[_Integers8],
        /,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float16]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        g: NDArray[_Integers16],
        x: NDArray[_Integers16],
        /,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float32]: ...
    @overload
    def __call__(
        self,
        g: NDArray[_Integers32And64],
        x: NDArray[_Integers32And64],
        /,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        g: ArrayLike,
        x: ArrayLike,
        /,
        out: _SomeOut | tuple[_SomeOut] = None,
        **keywords: Unpack[_AllKeywords],
    ) -> Any: ...

class _From2To1Alpha(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        g: ArrayLike,
        x: ArrayLike,
        /,
        alpha: ArrayLike,
        out: _Out1,
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        g: ArrayLike,
        x: ArrayLike,
        /,
        alpha: ArrayLike,
        *,
        out: _Out1 | tuple[_Out1],
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        g: NDArray[Any],
        x: NDArray[Any],
        /,
        alpha: ArrayLike,
        out: None = None,
        *,
        dtype: type[_Floating] | np.dtype[_Floating],
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        g: NDArray[_Floating],
        x: NDArray[_Floating],
        /,
        alpha: np.float64,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        g: NDArray[_Floating],
        x: NDArray[_Floating],
        /,
        alpha: float | _Floating | NDArray[_Floating],
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(
        self,
        g: NDArray[_Integers32And64],
        x: NDArray[_Integers32And64],
        /,
        alpha: float,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        g: ArrayLike,
        x: ArrayLike,
        /,
        alpha: ArrayLike,
        out: _SomeOut | tuple[_SomeOut] = None,
        **keywords: Unpack[_AllKeywords],
    ) -> Any: ...

class _From2To1OptionalAlpha(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        g: ArrayLike,
        x: ArrayLike,
        /,
        alpha: ArrayLike,
        out: _Out1,
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        g: ArrayLike,
        x: ArrayLike,
        /,
        alpha: ArrayLike = ...,
        *,
        out: _Out1 | tuple[_Out1],
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        g: NDArray[Any],
        x: NDArray[Any],
        /,
        alpha: ArrayLike = ...,
        out: None = None,
        *,
        dtype: type[_Floating] | np.dtype[_Floating],
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        g: NDArray[_Floating],
        x: NDArray[_Floating],
        /,
        alpha: np.float64,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        g: NDArray[_Floating],
        x: NDArray[_Floating],
        /,
        alpha: float | _Floating | NDArray[_Floating] = ...,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(
        self,
        g: NDArray[_Integers32And64],
        x: NDArray[_Integers32And64],
        /,
        alpha: float = ...,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        g: NDArray[_Integers8 | _Integers16],
        x: NDArray[_Integers8 | _Integers16],
        /,
        *,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        g: ArrayLike,
        x: ArrayLike,
        /,
        alpha: ArrayLike = ...,
        out: _SomeOut | tuple[_SomeOut] = None,
        **keywords: Unpack[_AllKeywords],
    ) -> Any: ...

class _From2To1OptionalB(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        g: ArrayLike,
        x: ArrayLike,
        /,
        b: ArrayLike,
        out: _Out1,
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        g: ArrayLike,
        x: ArrayLike,
        /,
        b: ArrayLike = ...,
        *,
        out: _Out1 | tuple[_Out1],
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        g: NDArray[Any],
        x: NDArray[Any],
        /,
        b: ArrayLike = ...,
        out: None = None,
        *,
        dtype: type[_Floating] | np.dtype[_Floating],
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        g: NDArray[_Floating],
        x: NDArray[_Floating],
        /,
        b: np.float64,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        g: NDArray[_Floating],
        x: NDArray[_Floating],
        /,
        b: float | _Floating | NDArray[_Floating] = ...,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(
        self,
        g: NDArray[_Integers32And64],
        x: NDArray[_Integers32And64],
        /,
        b: float = ...,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        g: NDArray[_Integers8 | _Integers16],
        x: NDArray[_Integers8 | _Integers16],
        /,
        *,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        g: ArrayLike,
        x: ArrayLike,
        /,
        b: ArrayLike = ...,
        out: _SomeOut | tuple[_SomeOut] = None,
        **keywords: Unpack[_AllKeywords],
    ) -> Any: ...

class _From2To1OptionalBeta(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        g: ArrayLike,
        x: ArrayLike,
        /,
        beta: ArrayLike,
        out: _Out1,
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        g: ArrayLike,
        x: ArrayLike,
        /,
        beta: ArrayLike = ...,
        *,
        out: _Out1 | tuple[_Out1],
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        g: NDArray[Any],
        x: NDArray[Any],
        /,
        beta: ArrayLike = ...,
        out: None = None,
        *,
        dtype: type[_Floating] | np.dtype[_Floating],
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        g: NDArray[_Floating],
        x: NDArray[_Floating],
        /,
        beta: np.float64,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        g: NDArray[_Floating],
        x: NDArray[_Floating],
        /,
        beta: float | _Floating | NDArray[_Floating] = ...,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(
        self,
        g: NDArray[_Integers32And64],
        x: NDArray[_Integers32And64],
        /,
        beta: float = ...,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        g: NDArray[_Integers8 | _Integers16],
        x: NDArray[_Integers8 | _Integers16],
        /,
        *,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        g: ArrayLike,
        x: ArrayLike,
        /,
        beta: ArrayLike = ...,
        out: _SomeOut | tuple[_SomeOut] = None,
        **keywords: Unpack[_AllKeywords],
    ) -> Any: ...

class _From2To1OptionalLambd(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        g: ArrayLike,
        x: ArrayLike,
        /,
        lambd: ArrayLike,
        out: _Out1,
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        g: ArrayLike,
        x: ArrayLike,
        /,
        lambd: ArrayLike = ...,
        *,
        out: _Out1 | tuple[_Out1],
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        g: NDArray[Any],
        x: NDArray[Any],
        /,
        lambd: ArrayLike = ...,
        out: None = None,
        *,
        dtype: type[_Floating] | np.dtype[_Floating],
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        g: NDArray[_Floating],
        x: NDArray[_Floating],
        /,
        lambd: np.float64,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        g: NDArray[_Floating],
        x: NDArray[_Floating],
        /,
        lambd: float | _Floating | NDArray[_Floating] = ...,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(
        self,
        g: NDArray[_Integers32And64],
        x: NDArray[_Integers32And64],
        /,
        lambd: float = ...,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        g: NDArray[_Integers8 | _Integers16],
        x: NDArray[_Integers8 | _Integers16],
        /,
        *,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        g: ArrayLike,
        x: ArrayLike,
        /,
        lambd: ArrayLike = ...,
        out: _SomeOut | tuple[_SomeOut] = None,
        **keywords: Unpack[_AllKeywords],
    ) -> Any: ...

class _From2To1OptionalMinValOptionalMaxVal(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        g: ArrayLike,
        x: ArrayLike,
        /,
        min_val: ArrayLike,
        max_val: ArrayLike,
        out: _Out1,
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        g: ArrayLike,
        x: ArrayLike,
        /,
        min_val: ArrayLike = ...,
        max_val: ArrayLike = ...,
        *,
        out: _Out1 | tuple[_Out1],
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        g: NDArray[Any],
        x: NDArray[Any],
        /,
        min_val: ArrayLike = ...,
        max_val: ArrayLike = ...,
        out: None = None,
        *,
        dtype: type[_Floating] | np.dtype[_Floating],
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        g: NDArray[_Floating],
        x: NDArray[_Floating],
        /,
        min_val: np.float64,
        max_val: float | _Floating | NDArray[_Floating] = ...,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        g: NDArray[_Floating],
        x: NDArray[_Floating],
        /,
        min_val: float | _Floating | NDArray[_Floating] = ...,
        *,
        max_val: np.float64,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        g: NDArray[_Floating],
        x: NDArray[_Floating],
        /,
        min_val: float | _Floating | NDArray[_Floating],
        max_val: np.float64,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        g: NDArray[_Floating],
        x: NDArray[_Floating],
        /,
        min_val: float | _Floating | NDArray[_Floating] = ...,
        max_val: float | _Floating | NDArray[_Floating] = ...,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(
        self,
        g: NDArray[_Integers32And64],
        x: NDArray[_Integers32And64],
        /,
        min_val: float = ...,
        max_val: float = ...,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        g: NDArray[_Integers8 | _Integers16],
        x: NDArray[_Integers8 | _Integers16],
        /,
        *,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        g: ArrayLike,
        x: ArrayLike,
        /,
        min_val: ArrayLike = ...,
        max_val: ArrayLike = ...,
        out: _SomeOut | tuple[_SomeOut] = None,
        **keywords: Unpack[_AllKeywords],
    ) -> Any: ...

class _From2To1ThresholdValue(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        g: ArrayLike,
        x: ArrayLike,
        /,
        threshold: ArrayLike,
        value: ArrayLike,
        out: _Out1,
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        g: ArrayLike,
        x: ArrayLike,
        /,
        threshold: ArrayLike,
        value: ArrayLike,
        *,
        out: _Out1 | tuple[_Out1],
        **keywords: Unpack[_AllKeywords],
    ) -> _Out1: ...
    @overload
    def __call__(
        self,
        g: NDArray[Any],
        x: NDArray[Any],
        /,
        threshold: ArrayLike,
        value: ArrayLike,
        out: None = None,
        *,
        dtype: type[_Floating] | np.dtype[_Floating],
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        g: NDArray[_Floating],
        x: NDArray[_Floating],
        /,
        threshold: np.float64,
        value: float | _Floating | NDArray[_Floating],
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        g: NDArray[_Floating],
        x: NDArray[_Floating],
        /,
        threshold: float | _Floating | NDArray[_Floating],
        value: np.float64,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        g: NDArray[_Floating],
        x: NDArray[_Floating],
        /,
        threshold: float | _Floating | NDArray[_Floating],
        value: float | _Floating | NDArray[_Floating],
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[_Floating]: ...
    @overload
    def __call__(
        self,
        g: NDArray[_Integers32And64],
        x: NDArray[_Integers32And64],
        /,
        threshold: float,
        value: float,
        out: None = None,
        **keywords: Unpack[_Keywords],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        g: ArrayLike,
        x: ArrayLike,
        /,
        threshold: ArrayLike,
        value: ArrayLike,
        out: _SomeOut | tuple[_SomeOut] = None,
        **keywords: Unpack[_AllKeywords],
    ) -> Any: ...

class _From3To2(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        g: ArrayLike,
        gate: ArrayLike,
        up: ArrayLike,
        /,
        *,
        out: tuple[_Out1, _Out2],
        **keywords: Unpack[_AllKeywords],
    ) -> tuple[_Out1, _Out2]: ...
    @overload
    def __call__(
        self,
        g: NDArray[Any],
        gate: NDArray[Any],
        up: NDArray[Any],
        /,
        *,
        out: tuple[None, None] = ...,
        dtype: type[_Floating] | np.dtype[_Floating],
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[_Floating], NDArray[_Floating]]: ...
    @overload
    def __call__(
        self,
        g: NDArray[_Floating],
        gate: NDArray[_Floating],
        up: NDArray[_Floating],
        /,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[_Floating], NDArray[_Floating]]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        g: NDArray[_Integers8],
        gate: NDArray[_Integers8],
        up: NDArray[_Integers8],
        /,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[np.float16], NDArray[np.float16]]: ...
    @overload
    def __call__(  # type: ignore[overload-overlap]
        self,
        g: NDArray[_Integers16],
        gate: NDArray[_Integers16],
        up: NDArray[_Integers16],
        /,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]: ...
    @overload
    def __call__(
        self,
        g: NDArray[_Integers32And64],
        gate: NDArray[_Integers32And64],
        up: NDArray[_Integers32And64],
        /,
        *,
        out: tuple[None, None] = ...,
        **keywords: Unpack[_Keywords],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self,
        g: ArrayLike,
        gate: ArrayLike,
        up: ArrayLike,
        /,
        *,
        out: tuple[_SomeOut, _SomeOut] = ...,
        **keywords: Unpack[_AllKeywords],
    ) -> Any: ...

relu: _From1To1KeepingIntegers
relu_grad: _From1To1
relu_backward: _From2To1
relu_value_and_grad: _From1To2
relu6: _From1To1KeepingIntegers
relu6_grad: _From1To1
relu6_backward: _From2To1
relu6_value_and_grad: _From1To2
relu_squared: _From1To1
relu_squared_grad: _From1To1
relu_squared_backward: _From2To1
relu_squared_value_and_grad: _From1To2
leaky_relu: _From1To1OptionalAlpha  # alpha=0.01
leaky_relu_grad: _From1To1OptionalAlpha  # alpha=0.01
leaky_relu_backward: _From2To1OptionalAlpha  # alpha=0.01
leaky_relu_value_and_grad: _From1To2OptionalAlpha  # alpha=0.01
prelu: _From1To1Alpha
prelu_grad: _From1To1Alpha
prelu_backward: _From2To1Alpha
prelu_value_and_grad: _From1To2Alpha
elu: _From1To1OptionalAlpha  # alpha=1.0
elu_grad: _From1To1OptionalAlpha  # alpha=1.0
elu_backward: _From2To1OptionalAlpha  # alpha=1.0
elu_value_and_grad: _From1To2OptionalAlpha  # alpha=1.0
elu_backward_from_result: _From2To1OptionalAlpha  # alpha=1.0
selu: _From1To1
selu_grad: _From1To1
selu_backward: _From2To1
selu_value_and_grad: _From1To2
selu_backward_from_result: _From2To1
celu: _From1To1OptionalAlpha  # alpha=1.0
celu_grad: _From1To1OptionalAlpha  # alpha=1.0
celu_backward: _From2To1OptionalAlpha  # alpha=1.0
celu_value_and_grad: _From1To2OptionalAlpha  # alpha=1.0
celu_backward_from_result: _From2To1OptionalAlpha  # alpha=1.0
threshold: _From1To1ThresholdValue
threshold_grad: _From1To1ThresholdValue
threshold_backward: _From2To1ThresholdValue
threshold_value_and_grad: _From1To2ThresholdValue
hardswish: _From1To1
hardswish_grad: _From1To1
hardswish_backward: _From2To1
hardswish_value_and_grad: _From1To2
softplus: _From1To1OptionalBeta  # beta=1.0
softplus_grad: _From1To1OptionalBeta  # beta=1.0
softplus_backward: _From2To1OptionalBeta  # beta=1.0
softplus_value_and_grad: _From1To2OptionalBeta  # beta=1.0
log_sigmoid: _From1To1
log_sigmoid_grad: _From1To1
log_sigmoid_backward: _From2To1
log_sigmoid_value_and_grad: _From1To2
silu: _From1To1OptionalBeta  # beta=1.0
silu_grad: _From1To1OptionalBeta  # beta=1.0
silu_backward: _From2To1OptionalBeta  # beta=1.0
silu_value_and_grad: _From1To2OptionalBeta  # beta=1.0
mish: _From1To1
mish_grad: _From1To1
mish_backward: _From2To1
mish_value_and_grad: _From1To2
gelu: _From1To1
gelu_grad: _From1To1
gelu_backward: _From2To1
gelu_value_and_grad: _From1To2
gelu_tanh: _From1To1
gelu_tanh_grad: _From1To1
gelu_tanh_backward: _From2To1
gelu_tanh_value_and_grad: _From1To2
quick_gelu: _From1To1
quick_gelu_grad: _From1To1
quick_gelu_backward: _From2To1
quick_gelu_value_and_grad: _From1To2
squareplus: _From1To1OptionalB  # b=4.0
squareplus_grad: _From1To1OptionalB  # b=4.0
squareplus_backward: _From2To1OptionalB  # b=4.0
squareplus_value_and_grad: _From1To2OptionalB  # b=4.0
hardtanh: _From1To1OptionalMinValOptionalMaxVal  # min_val=-1.0, max_val=1.0
hardtanh_grad: _From1To1OptionalMinValOptionalMaxVal  # min_val=-1.0, max_val=1.0
hardtanh_backward: _From2To1OptionalMinValOptionalMaxVal  # min_val=-1.0, max_val=1.0
hardtanh_value_and_grad: _From1To2OptionalMinValOptionalMaxVal  # min_val=-1.0, max_val=1.0
hardsigmoid: _From1To1
hardsigmoid_grad: _From1To1
hardsigmoid_backward: _From2To1
hardsigmoid_value_and_grad: _From1To2
sigmoid: _From1To1
sigmoid_grad: _From1To1
sigmoid_backward: _From2To1
sigmoid_value_and_grad: _From1To2
sigmoid_backward_from_result: _From2To1
tanh: _From1To1
tanh_grad: _From1To1
tanh_backward: _From2To1
tanh_value_and_grad: _From1To2
tanh_backward_from_result: _From2To1
softsign: _From1To1
softsign_grad: _From1To1
softsign_backward: _From2To1
softsign_value_and_grad: _From1To2
hardshrink: _From1To1OptionalLambd  # lambd=0.5
hardshrink_grad: _From1To1OptionalLambd  # lambd=0.5
hardshrink_backward: _From2To1OptionalLambd  # lambd=0.5
hardshrink_value_and_grad: _From1To2OptionalLambd  # lambd=0.5
softshrink: _From1To1OptionalLambd  # lambd=0.5
softshrink_grad: _From1To1OptionalLambd  # lambd=0.5
softshrink_backward: _From2To1OptionalLambd  # lambd=0.5
softshrink_value_and_grad: _From1To2OptionalLambd  # lambd=0.5
tanhshrink: _From1To1
tanhshrink_grad: _From1To1
tanhshrink_backward: _From2To1
tanhshrink_value_and_grad: _From1To2
reglu: _From2To1
reglu_backward: _From3To2
geglu: _From2To1
geglu_backward: _From3To2
swiglu: _From2To1
swiglu_backward: _From3To2

def relu_(x: _Container, /) -> _Container: ...
def relu6_(x: _Container, /) -> _Container: ...
def relu_squared_(x: _Container, /) -> _Container: ...
def leaky_relu_(x: _Container, /, alpha: ArrayLike = 0.01) -> _Container: ...
def prelu_(x: _Container, /, alpha: ArrayLike) -> _Container: ...
@overload
def prelu_alpha_backward(
    g: ArrayLike,
    x: ArrayLike,
    /,
    alpha: NDArray[_Floating],
) -> NDArray[_Floating]: ...
@overload
def prelu_alpha_backward(
    g: ArrayLike,
    x: ArrayLike,
    /,
    alpha: _Floating,
) -> _Floating: ...
@overload
def prelu_alpha_backward(
    g: NDArray[_Floating],
    x: NDArray[_Floating],
    /,
    alpha: float,
) -> _Floating: ...
@overload
def prelu_alpha_backward(
    g: ArrayLike,
    x: ArrayLike,
    /,
    alpha: ArrayLike,
) -> Any: ...
def elu_(x: _Container, /, alpha: ArrayLike = 1.0) -> _Container: ...
@overload
def elu_alpha_backward(
    g: ArrayLike,
    x: ArrayLike,
    /,
    alpha: NDArray[_Floating],
) -> NDArray[_Floating]: ...
@overload
def elu_alpha_backward(
    g: ArrayLike,
    x: ArrayLike,
    /,
    alpha: _Floating,
) -> _Floating: ...
@overload
def elu_alpha_backward(
    g: NDArray[_Floating],
    x: NDArray[_Floating],
    /,
    alpha: float,
) -> _Floating: ...
@overload
def elu_alpha_backward(
    g: ArrayLike,
    x: ArrayLike,
    /,
    alpha: ArrayLike,
) -> Any: ...
def selu_(x: _Container, /) -> _Container: ...
def celu_(x: _Container, /, alpha: ArrayLike = 1.0) -> _Container: ...
def threshold_(x: _Container, /, threshold: ArrayLike, value: ArrayLike) -> _Container: ...
def hardswish_(x: _Container, /) -> _Container: ...
def softplus_(x: _Container, /, beta: ArrayLike = 1.0) -> _Container: ...
def log_sigmoid_(x: _Container, /) -> _Container: ...
def silu_(x: _Container, /, beta: ArrayLike = 1.0) -> _Container: ...
def mish_(x: _Container, /) -> _Container: ...
def gelu_(x: _Container, /) -> _Container: ...
def gelu_tanh_(x: _Container, /) -> _Container: ...
def quick_gelu_(x: _Container, /) -> _Container: ...
def squareplus_(x: _Container, /, b: ArrayLike = 4.0) -> _Container: ...
def hardtanh_(
    x: _Container, /, min_val: ArrayLike = -1.0, max_val: ArrayLike = 1.0
) -> _Container: ...
def hardsigmoid_(x: _Container, /) -> _Container: ...
def sigmoid_(x: _Container, /) -> _Container: ...
def tanh_(x: _Container, /) -> _Container: ...
def softsign_(x: _Container, /) -> _Container: ...
def hardshrink_(x: _Container, /, lambd: ArrayLike = 0.5) -> _Container: ...
def softshrink_(x: _Container, /, lambd: ArrayLike = 0.5) -> _Container: ...
def tanhshrink_(x: _Container, /) -> _Container: ...

class _Config(TypedDict):
    version: str
    isa: str
    isas_built: list[str]
    isas_supported: list[str]
    threads: int
    openmp: str | Literal[False]

def config() -> _Config: ...
def show_config() -> None: ...
def get_include() -> str: ...
def set_num_threads(n: SupportsIndex | None) -> None: ...
def get_num_threads() -> int: ...

class num_threads:  # noqa: N801
    def __init__(self, n: SupportsIndex) -> None: ...
    @property
    def n(self) -> int: ...
    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> None: ...
    def __call__(self, function: Callable[_P, _R]) -> Callable[_P, _R]: ...
