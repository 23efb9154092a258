# Made by tools/update.py from the tables and tools/generate/stubs.pyi.in.

# mypy: disable-error-code="overload-overlap"
from collections.abc import Callable
from typing import (
    Any,
    Literal,
    NoReturn,
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

class _HasUfuncs(Protocol):
    @property
    def __array_ufunc__(self) -> Any: ...

class _HasToNumpy(Protocol):  # such as DataFrame, of whose ufuncs the stubs of pandas do not tell
    @property
    def to_numpy(self) -> Any: ...

class _Wraps(Protocol):  # no ndarray, whose method takes no other str than names of methods
    def __array_ufunc__(self, ufunc: Any, method: str, /, *inputs: Any, **kw: Any) -> Any: ...

_T = TypeVar("_T")
_Call = TypeVar("_Call", bound=Callable[..., Any])
_G = TypeVar("_G", bound=np.generic)
_N = TypeVar("_N", bound=np.number[Any])
_F = TypeVar("_F", bound=np.floating[Any])
# What comes back as it is given: real or floating numbers of NumPy and arrays, containers, out.
_R = TypeVar("_R", bound=np.number[Any] | NDArray[np.number[Any]])
_S = TypeVar("_S", bound=np.floating[Any] | NDArray[np.floating[Any]])
_W = TypeVar("_W", bound=_Wraps)
_C = TypeVar("_C", bound=_HasUfuncs | _HasToNumpy)
_O1 = TypeVar("_O1", bound=_HasUfuncs | _HasToNumpy)
_O2 = TypeVar("_O2", bound=_HasUfuncs | _HasToNumpy)

_Array = NDArray[Any]
_Floats = NDArray[np.floating[Any]]
_Ints = NDArray[np.bool | np.integer[Any]]
_Ints8 = NDArray[np.bool | np.int8 | np.uint8]
_Ints16 = NDArray[np.int16 | np.uint16]
_Ints32 = NDArray[np.int32 | np.uint32 | np.int64 | np.uint64]
_Number = float | np.generic
_Plain = _Number | _Array
_Parameter = float | _G | NDArray[_G]
_Container = _Wraps | _HasToNumpy
_Like = ArrayLike | _HasUfuncs | _HasToNumpy
_Out = _T | tuple[_T]
_NoOut = tuple[None] | None
_SomeOut = _HasUfuncs | _HasToNumpy | None
_DType = type[_N] | np.dtype[_N]
_Signature = str | tuple[DTypeLike, ...]

class _BaseKw(TypedDict, total=False):
    where: ArrayLike
    casting: Literal["no", "equiv", "safe", "same_kind", "unsafe"]
    order: Literal["K", "A", "C", "F"] | None
    subok: bool

class _Kw(_BaseKw, total=False):
    out: _NoOut

class _Kw2(_BaseKw, total=False):
    out: tuple[None, None]

class _OutKw(_BaseKw, total=False):
    dtype: DTypeLike | None
    signature: _Signature

# Methods that raise, as they do for the ufuncs of NumPy.
class _NoReduce(np.ufunc):  # type: ignore[misc]
    def reduce(self, *operands: Any, **kw: Any) -> NoReturn: ...
    def accumulate(self, *operands: Any, **kw: Any) -> NoReturn: ...
    def reduceat(self, *operands: Any, **kw: Any) -> NoReturn: ...

class _NoOuter(np.ufunc):  # type: ignore[misc]
    def outer(self, *operands: Any, **kw: Any) -> NoReturn: ...

class _NoAt(np.ufunc):  # type: ignore[misc]
    def at(self, *operands: Any, **kw: Any) -> NoReturn: ...

# Overloads, those that say more first: what is given as out comes back; dtype= decides; a
# parameter of type np.float64, which is a float to type checkers, promotes; Python numbers leave
# the type of the arrays as it is; integers become floating by their size; all else is as NumPy,
# or a container, does it.
#
# What types do not tell: an array of no dimensions, or an ArrayLike that is a number, gets a
# number and is said to get an array.  bfloat16 has no type that a checker knows: to it,
# ml_dtypes.bfloat16 is Any or np.generic, and what comes back is that or np.floating.

class _From1To1(_NoReduce, _NoOuter):  # type: ignore[misc]
    @overload
    def __call__(self, x: _Like, /, out: _O1, **kw: Unpack[_OutKw]) -> _O1: ...
    @overload
    def __call__(self, x: _Like, /, *, out: _Out[_O1], **kw: Unpack[_OutKw]) -> _O1: ...
    @overload
    def __call__(self, x: _Array, /, *, dtype: _DType[_F], **kw: Unpack[_Kw]) -> NDArray[_F]: ...
    @overload
    def __call__(self, x: _Like, /, *, dtype: DTypeLike | None, **kw: Unpack[_Kw]) -> Any: ...
    @overload
    def __call__(self, x: _Like, /, *, signature: _Signature, **kw: Unpack[_Kw]) -> Any: ...
    @overload
    def __call__(self, x: _S, /, out: _NoOut = None, **kw: Unpack[_BaseKw]) -> _S: ...
    @overload
    def __call__(self, x: _Ints8, /, **kw: Unpack[_Kw]) -> NDArray[np.float16]: ...
    @overload
    def __call__(self, x: _Ints16, /, **kw: Unpack[_Kw]) -> NDArray[np.float32]: ...
    @overload
    def __call__(self, x: _Ints32, /, **kw: Unpack[_Kw]) -> NDArray[np.float64]: ...
    @overload
    def __call__(self, x: _Ints, /, **kw: Unpack[_Kw]) -> _Floats: ...
    @overload
    def __call__(self, x: bool, /, **kw: Unpack[_Kw]) -> np.float16: ...
    @overload
    def __call__(self, x: float, /, **kw: Unpack[_Kw]) -> np.float64: ...
    @overload
    def __call__(self, x: NDArray[_G], /, **kw: Unpack[_Kw]) -> NDArray[_G]: ...
    @overload
    def __call__(self, x: _W, /, **kw: Unpack[_Kw]) -> _W: ...
    @overload
    def __call__(self, x: _Number | _Container, /, **kw: Unpack[_Kw]) -> Any: ...
    @overload
    def __call__(self, x: ArrayLike, /, **kw: Unpack[_Kw]) -> _Floats: ...

class _From1To1KeepingIntegers(_NoReduce, _NoOuter):  # type: ignore[misc]
    @overload
    def __call__(self, x: _Like, /, out: _O1, **kw: Unpack[_OutKw]) -> _O1: ...
    @overload
    def __call__(self, x: _Like, /, *, out: _Out[_O1], **kw: Unpack[_OutKw]) -> _O1: ...
    @overload
    def __call__(self, x: _Array, /, *, dtype: _DType[_N], **kw: Unpack[_Kw]) -> NDArray[_N]: ...
    @overload
    def __call__(self, x: _Like, /, *, dtype: DTypeLike | None, **kw: Unpack[_Kw]) -> Any: ...
    @overload
    def __call__(self, x: _Like, /, *, signature: _Signature, **kw: Unpack[_Kw]) -> Any: ...
    @overload
    def __call__(self, x: _R, /, out: _NoOut = None, **kw: Unpack[_BaseKw]) -> _R: ...
    @overload
    def __call__(self, x: NDArray[np.bool], /, **kw: Unpack[_Kw]) -> NDArray[np.int8]: ...
    @overload
    def __call__(self, x: bool, /, **kw: Unpack[_Kw]) -> np.int8: ...
    @overload
    def __call__(self, x: int, /, **kw: Unpack[_Kw]) -> np.int64: ...
    @overload
    def __call__(self, x: float, /, **kw: Unpack[_Kw]) -> np.float64: ...
    @overload
    def __call__(self, x: NDArray[_G], /, **kw: Unpack[_Kw]) -> NDArray[_G]: ...
    @overload
    def __call__(self, x: _W, /, **kw: Unpack[_Kw]) -> _W: ...
    @overload
    def __call__(self, x: _Number | _Container, /, **kw: Unpack[_Kw]) -> Any: ...
    @overload
    def __call__(self, x: ArrayLike, /, **kw: Unpack[_Kw]) -> _Array: ...

class _From1To1Alpha(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(self, x: _Like, /, alpha: _Like, out: _O1, **kw: Unpack[_OutKw]) -> _O1: ...
    @overload
    def __call__(
        self, x: _Like, /, alpha: _Like, *, out: _Out[_O1], **kw: Unpack[_OutKw]
    ) -> _O1: ...
    @overload
    def __call__(
        self, x: _Array, /, alpha: _Plain, *, dtype: _DType[_F], **kw: Unpack[_Kw]
    ) -> NDArray[_F]: ...
    @overload
    def __call__(
        self, x: _Like, /, alpha: _Like, *, dtype: DTypeLike | None, **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Like, /, alpha: _Like, *, signature: _Signature, **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Floats, /, alpha: np.float64, **kw: Unpack[_Kw]
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(self, x: _F, /, alpha: _F, **kw: Unpack[_Kw]) -> _F: ...
    @overload
    def __call__(self, x: _S, /, alpha: float, out: _NoOut = None, **kw: Unpack[_BaseKw]) -> _S: ...
    @overload
    def __call__(self, x: _Ints32, /, alpha: float, **kw: Unpack[_Kw]) -> NDArray[np.float64]: ...
    @overload
    def __call__(self, x: _Ints, /, alpha: _Plain, **kw: Unpack[_Kw]) -> _Floats: ...
    @overload
    def __call__(self, x: float, /, alpha: float, **kw: Unpack[_Kw]) -> np.float64: ...
    @overload
    def __call__(
        self, x: NDArray[_F], /, alpha: _Parameter[_F], **kw: Unpack[_Kw]
    ) -> NDArray[_F]: ...
    @overload
    def __call__(self, x: NDArray[_G], /, alpha: float, **kw: Unpack[_Kw]) -> NDArray[_G]: ...
    @overload
    def __call__(self, x: _W, /, alpha: _Plain | _W, **kw: Unpack[_Kw]) -> _W: ...
    @overload
    def __call__(self, x: _Number | _Container, /, alpha: _Like, **kw: Unpack[_Kw]) -> Any: ...
    @overload
    def __call__(self, x: _Like, /, alpha: _Container, **kw: Unpack[_Kw]) -> Any: ...
    @overload
    def __call__(self, x: ArrayLike, /, alpha: ArrayLike, **kw: Unpack[_Kw]) -> _Floats: ...

class _From1To1OptionalAlpha(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(self, x: _Like, /, alpha: _Like, out: _O1, **kw: Unpack[_OutKw]) -> _O1: ...
    @overload
    def __call__(
        self, x: _Like, /, alpha: _Like = ..., *, out: _Out[_O1], **kw: Unpack[_OutKw]
    ) -> _O1: ...
    @overload
    def __call__(
        self, x: _Array, /, alpha: _Plain = ..., *, dtype: _DType[_F], **kw: Unpack[_Kw]
    ) -> NDArray[_F]: ...
    @overload
    def __call__(
        self, x: _Like, /, alpha: _Like = ..., *, dtype: DTypeLike | None, **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Like, /, alpha: _Like = ..., *, signature: _Signature, **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Floats, /, alpha: np.float64, **kw: Unpack[_Kw]
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(self, x: _F, /, alpha: _F, **kw: Unpack[_Kw]) -> _F: ...
    @overload
    def __call__(
        self, x: _S, /, alpha: float = ..., out: _NoOut = None, **kw: Unpack[_BaseKw]
    ) -> _S: ...
    @overload
    def __call__(self, x: _Ints, /, **kw: Unpack[_Kw]) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self, x: _Ints32, /, alpha: float = ..., **kw: Unpack[_Kw]
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(self, x: _Ints, /, alpha: _Plain = ..., **kw: Unpack[_Kw]) -> _Floats: ...
    @overload
    def __call__(self, x: float, /, alpha: float = ..., **kw: Unpack[_Kw]) -> np.float64: ...
    @overload
    def __call__(
        self, x: NDArray[_F], /, alpha: _Parameter[_F] = ..., **kw: Unpack[_Kw]
    ) -> NDArray[_F]: ...
    @overload
    def __call__(self, x: NDArray[_G], /, alpha: float = ..., **kw: Unpack[_Kw]) -> NDArray[_G]: ...
    @overload
    def __call__(self, x: _W, /, alpha: _Plain | _W = ..., **kw: Unpack[_Kw]) -> _W: ...
    @overload
    def __call__(
        self, x: _Number | _Container, /, alpha: _Like = ..., **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(self, x: _Like, /, alpha: _Container, **kw: Unpack[_Kw]) -> Any: ...
    @overload
    def __call__(self, x: ArrayLike, /, alpha: ArrayLike = ..., **kw: Unpack[_Kw]) -> _Floats: ...

class _From1To1OptionalB(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(self, x: _Like, /, b: _Like, out: _O1, **kw: Unpack[_OutKw]) -> _O1: ...
    @overload
    def __call__(
        self, x: _Like, /, b: _Like = ..., *, out: _Out[_O1], **kw: Unpack[_OutKw]
    ) -> _O1: ...
    @overload
    def __call__(
        self, x: _Array, /, b: _Plain = ..., *, dtype: _DType[_F], **kw: Unpack[_Kw]
    ) -> NDArray[_F]: ...
    @overload
    def __call__(
        self, x: _Like, /, b: _Like = ..., *, dtype: DTypeLike | None, **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Like, /, b: _Like = ..., *, signature: _Signature, **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(self, x: _Floats, /, b: np.float64, **kw: Unpack[_Kw]) -> NDArray[np.float64]: ...
    @overload
    def __call__(self, x: _F, /, b: _F, **kw: Unpack[_Kw]) -> _F: ...
    @overload
    def __call__(
        self, x: _S, /, b: float = ..., out: _NoOut = None, **kw: Unpack[_BaseKw]
    ) -> _S: ...
    @overload
    def __call__(self, x: _Ints, /, **kw: Unpack[_Kw]) -> NDArray[np.float64]: ...
    @overload
    def __call__(self, x: _Ints32, /, b: float = ..., **kw: Unpack[_Kw]) -> NDArray[np.float64]: ...
    @overload
    def __call__(self, x: _Ints, /, b: _Plain = ..., **kw: Unpack[_Kw]) -> _Floats: ...
    @overload
    def __call__(self, x: float, /, b: float = ..., **kw: Unpack[_Kw]) -> np.float64: ...
    @overload
    def __call__(
        self, x: NDArray[_F], /, b: _Parameter[_F] = ..., **kw: Unpack[_Kw]
    ) -> NDArray[_F]: ...
    @overload
    def __call__(self, x: NDArray[_G], /, b: float = ..., **kw: Unpack[_Kw]) -> NDArray[_G]: ...
    @overload
    def __call__(self, x: _W, /, b: _Plain | _W = ..., **kw: Unpack[_Kw]) -> _W: ...
    @overload
    def __call__(self, x: _Number | _Container, /, b: _Like = ..., **kw: Unpack[_Kw]) -> Any: ...
    @overload
    def __call__(self, x: _Like, /, b: _Container, **kw: Unpack[_Kw]) -> Any: ...
    @overload
    def __call__(self, x: ArrayLike, /, b: ArrayLike = ..., **kw: Unpack[_Kw]) -> _Floats: ...

class _From1To1OptionalBeta(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(self, x: _Like, /, beta: _Like, out: _O1, **kw: Unpack[_OutKw]) -> _O1: ...
    @overload
    def __call__(
        self, x: _Like, /, beta: _Like = ..., *, out: _Out[_O1], **kw: Unpack[_OutKw]
    ) -> _O1: ...
    @overload
    def __call__(
        self, x: _Array, /, beta: _Plain = ..., *, dtype: _DType[_F], **kw: Unpack[_Kw]
    ) -> NDArray[_F]: ...
    @overload
    def __call__(
        self, x: _Like, /, beta: _Like = ..., *, dtype: DTypeLike | None, **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Like, /, beta: _Like = ..., *, signature: _Signature, **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Floats, /, beta: np.float64, **kw: Unpack[_Kw]
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(self, x: _F, /, beta: _F, **kw: Unpack[_Kw]) -> _F: ...
    @overload
    def __call__(
        self, x: _S, /, beta: float = ..., out: _NoOut = None, **kw: Unpack[_BaseKw]
    ) -> _S: ...
    @overload
    def __call__(self, x: _Ints, /, **kw: Unpack[_Kw]) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self, x: _Ints32, /, beta: float = ..., **kw: Unpack[_Kw]
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(self, x: _Ints, /, beta: _Plain = ..., **kw: Unpack[_Kw]) -> _Floats: ...
    @overload
    def __call__(self, x: float, /, beta: float = ..., **kw: Unpack[_Kw]) -> np.float64: ...
    @overload
    def __call__(
        self, x: NDArray[_F], /, beta: _Parameter[_F] = ..., **kw: Unpack[_Kw]
    ) -> NDArray[_F]: ...
    @overload
    def __call__(self, x: NDArray[_G], /, beta: float = ..., **kw: Unpack[_Kw]) -> NDArray[_G]: ...
    @overload
    def __call__(self, x: _W, /, beta: _Plain | _W = ..., **kw: Unpack[_Kw]) -> _W: ...
    @overload
    def __call__(self, x: _Number | _Container, /, beta: _Like = ..., **kw: Unpack[_Kw]) -> Any: ...
    @overload
    def __call__(self, x: _Like, /, beta: _Container, **kw: Unpack[_Kw]) -> Any: ...
    @overload
    def __call__(self, x: ArrayLike, /, beta: ArrayLike = ..., **kw: Unpack[_Kw]) -> _Floats: ...

class _From1To1OptionalLambd(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(self, x: _Like, /, lambd: _Like, out: _O1, **kw: Unpack[_OutKw]) -> _O1: ...
    @overload
    def __call__(
        self, x: _Like, /, lambd: _Like = ..., *, out: _Out[_O1], **kw: Unpack[_OutKw]
    ) -> _O1: ...
    @overload
    def __call__(
        self, x: _Array, /, lambd: _Plain = ..., *, dtype: _DType[_F], **kw: Unpack[_Kw]
    ) -> NDArray[_F]: ...
    @overload
    def __call__(
        self, x: _Like, /, lambd: _Like = ..., *, dtype: DTypeLike | None, **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Like, /, lambd: _Like = ..., *, signature: _Signature, **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Floats, /, lambd: np.float64, **kw: Unpack[_Kw]
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(self, x: _F, /, lambd: _F, **kw: Unpack[_Kw]) -> _F: ...
    @overload
    def __call__(
        self, x: _S, /, lambd: float = ..., out: _NoOut = None, **kw: Unpack[_BaseKw]
    ) -> _S: ...
    @overload
    def __call__(self, x: _Ints, /, **kw: Unpack[_Kw]) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self, x: _Ints32, /, lambd: float = ..., **kw: Unpack[_Kw]
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(self, x: _Ints, /, lambd: _Plain = ..., **kw: Unpack[_Kw]) -> _Floats: ...
    @overload
    def __call__(self, x: float, /, lambd: float = ..., **kw: Unpack[_Kw]) -> np.float64: ...
    @overload
    def __call__(
        self, x: NDArray[_F], /, lambd: _Parameter[_F] = ..., **kw: Unpack[_Kw]
    ) -> NDArray[_F]: ...
    @overload
    def __call__(self, x: NDArray[_G], /, lambd: float = ..., **kw: Unpack[_Kw]) -> NDArray[_G]: ...
    @overload
    def __call__(self, x: _W, /, lambd: _Plain | _W = ..., **kw: Unpack[_Kw]) -> _W: ...
    @overload
    def __call__(
        self, x: _Number | _Container, /, lambd: _Like = ..., **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(self, x: _Like, /, lambd: _Container, **kw: Unpack[_Kw]) -> Any: ...
    @overload
    def __call__(self, x: ArrayLike, /, lambd: ArrayLike = ..., **kw: Unpack[_Kw]) -> _Floats: ...

class _From1To1OptionalMinValOptionalMaxVal(_NoReduce, _NoOuter, _NoAt):  # type: ignore[misc]
    @overload
    def __call__(
        self, x: _Like, /, min_val: _Like, max_val: _Like, out: _O1, **kw: Unpack[_OutKw]
    ) -> _O1: ...
    @overload
    def __call__(
        self,
        x: _Like,
        /,
        min_val: _Like = ...,
        max_val: _Like = ...,
        *,
        out: _Out[_O1],
        **kw: Unpack[_OutKw],
    ) -> _O1: ...
    @overload
    def __call__(
        self,
        x: _Array,
        /,
        min_val: _Plain = ...,
        max_val: _Plain = ...,
        *,
        dtype: _DType[_F],
        **kw: Unpack[_Kw],
    ) -> NDArray[_F]: ...
    @overload
    def __call__(
        self,
        x: _Like,
        /,
        min_val: _Like = ...,
        max_val: _Like = ...,
        *,
        dtype: DTypeLike | None,
        **kw: Unpack[_Kw],
    ) -> Any: ...
    @overload
    def __call__(
        self,
        x: _Like,
        /,
        min_val: _Like = ...,
        max_val: _Like = ...,
        *,
        signature: _Signature,
        **kw: Unpack[_Kw],
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Floats, /, min_val: np.float64, max_val: _Parameter[Any] = ..., **kw: Unpack[_Kw]
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        x: _Floats,
        /,
        min_val: _Parameter[Any] = ...,
        *,
        max_val: np.float64,
        **kw: Unpack[_Kw],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self, x: _Floats, /, min_val: _Parameter[Any], max_val: np.float64, **kw: Unpack[_Kw]
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        x: np.floating[Any],
        /,
        min_val: float | np.floating[Any] = ...,
        max_val: float | np.floating[Any] = ...,
        **kw: Unpack[_Kw],
    ) -> np.floating[Any]: ...
    @overload
    def __call__(
        self,
        x: _S,
        /,
        min_val: float = ...,
        max_val: float = ...,
        out: _NoOut = None,
        **kw: Unpack[_BaseKw],
    ) -> _S: ...
    @overload
    def __call__(self, x: _Ints, /, **kw: Unpack[_Kw]) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self, x: _Ints32, /, min_val: float = ..., max_val: float = ..., **kw: Unpack[_Kw]
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self, x: _Ints, /, min_val: _Plain = ..., max_val: _Plain = ..., **kw: Unpack[_Kw]
    ) -> _Floats: ...
    @overload
    def __call__(
        self, x: float, /, min_val: float = ..., max_val: float = ..., **kw: Unpack[_Kw]
    ) -> np.float64: ...
    @overload
    def __call__(
        self,
        x: NDArray[_F],
        /,
        min_val: _Parameter[_F] = ...,
        max_val: _Parameter[_F] = ...,
        **kw: Unpack[_Kw],
    ) -> NDArray[_F]: ...
    @overload
    def __call__(
        self, x: NDArray[_G], /, min_val: float = ..., max_val: float = ..., **kw: Unpack[_Kw]
    ) -> NDArray[_G]: ...
    @overload
    def __call__(
        self, x: _W, /, min_val: _Plain | _W = ..., max_val: _Plain | _W = ..., **kw: Unpack[_Kw]
    ) -> _W: ...
    @overload
    def __call__(
        self,
        x: _Number | _Container,
        /,
        min_val: _Like = ...,
        max_val: _Like = ...,
        **kw: Unpack[_Kw],
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Like, /, min_val: _Container, max_val: _Like = ..., **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Like, /, min_val: _Like = ..., *, max_val: _Container, **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Like, /, min_val: _Like, max_val: _Container, **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self, x: ArrayLike, /, min_val: ArrayLike = ..., max_val: ArrayLike = ..., **kw: Unpack[_Kw]
    ) -> _Floats: ...

class _From1To1ThresholdValue(_NoReduce, _NoOuter, _NoAt):  # type: ignore[misc]
    @overload
    def __call__(
        self, x: _Like, /, threshold: _Like, value: _Like, out: _O1, **kw: Unpack[_OutKw]
    ) -> _O1: ...
    @overload
    def __call__(
        self, x: _Like, /, threshold: _Like, value: _Like, *, out: _Out[_O1], **kw: Unpack[_OutKw]
    ) -> _O1: ...
    @overload
    def __call__(
        self,
        x: _Array,
        /,
        threshold: _Plain,
        value: _Plain,
        *,
        dtype: _DType[_F],
        **kw: Unpack[_Kw],
    ) -> NDArray[_F]: ...
    @overload
    def __call__(
        self,
        x: _Like,
        /,
        threshold: _Like,
        value: _Like,
        *,
        dtype: DTypeLike | None,
        **kw: Unpack[_Kw],
    ) -> Any: ...
    @overload
    def __call__(
        self,
        x: _Like,
        /,
        threshold: _Like,
        value: _Like,
        *,
        signature: _Signature,
        **kw: Unpack[_Kw],
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Floats, /, threshold: np.float64, value: _Parameter[Any], **kw: Unpack[_Kw]
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self, x: _Floats, /, threshold: _Parameter[Any], value: np.float64, **kw: Unpack[_Kw]
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        x: np.floating[Any],
        /,
        threshold: float | np.floating[Any],
        value: float | np.floating[Any],
        **kw: Unpack[_Kw],
    ) -> np.floating[Any]: ...
    @overload
    def __call__(
        self, x: _S, /, threshold: float, value: float, out: _NoOut = None, **kw: Unpack[_BaseKw]
    ) -> _S: ...
    @overload
    def __call__(
        self, x: _Ints32, /, threshold: float, value: float, **kw: Unpack[_Kw]
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self, x: _Ints, /, threshold: _Plain, value: _Plain, **kw: Unpack[_Kw]
    ) -> _Floats: ...
    @overload
    def __call__(
        self, x: float, /, threshold: float, value: float, **kw: Unpack[_Kw]
    ) -> np.float64: ...
    @overload
    def __call__(
        self, x: NDArray[_F], /, threshold: _Parameter[_F], value: _Parameter[_F], **kw: Unpack[_Kw]
    ) -> NDArray[_F]: ...
    @overload
    def __call__(
        self, x: NDArray[_G], /, threshold: float, value: float, **kw: Unpack[_Kw]
    ) -> NDArray[_G]: ...
    @overload
    def __call__(
        self, x: _W, /, threshold: _Plain | _W, value: _Plain | _W, **kw: Unpack[_Kw]
    ) -> _W: ...
    @overload
    def __call__(
        self, x: _Number | _Container, /, threshold: _Like, value: _Like, **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Like, /, threshold: _Container, value: _Like, **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Like, /, threshold: _Like, value: _Container, **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self, x: ArrayLike, /, threshold: ArrayLike, value: ArrayLike, **kw: Unpack[_Kw]
    ) -> _Floats: ...

class _From1To2(_NoReduce, _NoOuter, _NoAt):  # type: ignore[misc]
    @overload
    def __call__(
        self, x: _Like, /, *, out: tuple[_O1, _O2], **kw: Unpack[_OutKw]
    ) -> tuple[_O1, _O2]: ...
    @overload
    def __call__(
        self, x: _Array, /, *, dtype: _DType[_F], **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[_F], NDArray[_F]]: ...
    @overload
    def __call__(self, x: _Like, /, *, dtype: DTypeLike | None, **kw: Unpack[_Kw2]) -> Any: ...
    @overload
    def __call__(self, x: _Like, /, *, signature: _Signature, **kw: Unpack[_Kw2]) -> Any: ...
    @overload
    def __call__(self, x: _S, /, **kw: Unpack[_Kw2]) -> tuple[_S, _S]: ...
    @overload
    def __call__(
        self, x: _Ints8, /, **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[np.float16], NDArray[np.float16]]: ...
    @overload
    def __call__(
        self, x: _Ints16, /, **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]: ...
    @overload
    def __call__(
        self, x: _Ints32, /, **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(self, x: _Ints, /, **kw: Unpack[_Kw2]) -> tuple[_Floats, _Floats]: ...
    @overload
    def __call__(self, x: bool, /, **kw: Unpack[_Kw2]) -> tuple[np.float16, np.float16]: ...
    @overload
    def __call__(self, x: float, /, **kw: Unpack[_Kw2]) -> tuple[np.float64, np.float64]: ...
    @overload
    def __call__(
        self, x: NDArray[_G], /, **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[_G], NDArray[_G]]: ...
    @overload
    def __call__(self, x: _W, /, **kw: Unpack[_Kw2]) -> tuple[_W, _W]: ...
    @overload
    def __call__(self, x: _Number | _Container, /, **kw: Unpack[_Kw2]) -> Any: ...
    @overload
    def __call__(self, x: ArrayLike, /, **kw: Unpack[_Kw2]) -> tuple[_Floats, _Floats]: ...
    @overload
    def __call__(
        self, x: _Like, /, *, out: tuple[_SomeOut, _SomeOut], **kw: Unpack[_OutKw]
    ) -> Any: ...

class _From1To2Alpha(_NoReduce, _NoAt):  # type: ignore[misc]
    @overload
    def __call__(
        self, x: _Like, /, alpha: _Like, *, out: tuple[_O1, _O2], **kw: Unpack[_OutKw]
    ) -> tuple[_O1, _O2]: ...
    @overload
    def __call__(
        self, x: _Array, /, alpha: _Plain, *, dtype: _DType[_F], **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[_F], NDArray[_F]]: ...
    @overload
    def __call__(
        self, x: _Like, /, alpha: _Like, *, dtype: DTypeLike | None, **kw: Unpack[_Kw2]
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Like, /, alpha: _Like, *, signature: _Signature, **kw: Unpack[_Kw2]
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Floats, /, alpha: np.float64, **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(self, x: _F, /, alpha: _F, **kw: Unpack[_Kw2]) -> tuple[_F, _F]: ...
    @overload
    def __call__(self, x: _S, /, alpha: float, **kw: Unpack[_Kw2]) -> tuple[_S, _S]: ...
    @overload
    def __call__(
        self, x: _Ints32, /, alpha: float, **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self, x: _Ints, /, alpha: _Plain, **kw: Unpack[_Kw2]
    ) -> tuple[_Floats, _Floats]: ...
    @overload
    def __call__(
        self, x: float, /, alpha: float, **kw: Unpack[_Kw2]
    ) -> tuple[np.float64, np.float64]: ...
    @overload
    def __call__(
        self, x: NDArray[_F], /, alpha: _Parameter[_F], **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[_F], NDArray[_F]]: ...
    @overload
    def __call__(
        self, x: NDArray[_G], /, alpha: float, **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[_G], NDArray[_G]]: ...
    @overload
    def __call__(self, x: _W, /, alpha: _Plain | _W, **kw: Unpack[_Kw2]) -> tuple[_W, _W]: ...
    @overload
    def __call__(self, x: _Number | _Container, /, alpha: _Like, **kw: Unpack[_Kw2]) -> Any: ...
    @overload
    def __call__(self, x: _Like, /, alpha: _Container, **kw: Unpack[_Kw2]) -> Any: ...
    @overload
    def __call__(
        self, x: ArrayLike, /, alpha: ArrayLike, **kw: Unpack[_Kw2]
    ) -> tuple[_Floats, _Floats]: ...
    @overload
    def __call__(
        self, x: _Like, /, alpha: _Like, *, out: tuple[_SomeOut, _SomeOut], **kw: Unpack[_OutKw]
    ) -> Any: ...

class _From1To2OptionalAlpha(_NoReduce, _NoAt):  # type: ignore[misc]
    @overload
    def __call__(
        self, x: _Like, /, alpha: _Like = ..., *, out: tuple[_O1, _O2], **kw: Unpack[_OutKw]
    ) -> tuple[_O1, _O2]: ...
    @overload
    def __call__(
        self, x: _Array, /, alpha: _Plain = ..., *, dtype: _DType[_F], **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[_F], NDArray[_F]]: ...
    @overload
    def __call__(
        self, x: _Like, /, alpha: _Like = ..., *, dtype: DTypeLike | None, **kw: Unpack[_Kw2]
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Like, /, alpha: _Like = ..., *, signature: _Signature, **kw: Unpack[_Kw2]
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Floats, /, alpha: np.float64, **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(self, x: _F, /, alpha: _F, **kw: Unpack[_Kw2]) -> tuple[_F, _F]: ...
    @overload
    def __call__(self, x: _S, /, alpha: float = ..., **kw: Unpack[_Kw2]) -> tuple[_S, _S]: ...
    @overload
    def __call__(
        self, x: _Ints, /, **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self, x: _Ints32, /, alpha: float = ..., **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self, x: _Ints, /, alpha: _Plain = ..., **kw: Unpack[_Kw2]
    ) -> tuple[_Floats, _Floats]: ...
    @overload
    def __call__(
        self, x: float, /, alpha: float = ..., **kw: Unpack[_Kw2]
    ) -> tuple[np.float64, np.float64]: ...
    @overload
    def __call__(
        self, x: NDArray[_F], /, alpha: _Parameter[_F] = ..., **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[_F], NDArray[_F]]: ...
    @overload
    def __call__(
        self, x: NDArray[_G], /, alpha: float = ..., **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[_G], NDArray[_G]]: ...
    @overload
    def __call__(self, x: _W, /, alpha: _Plain | _W = ..., **kw: Unpack[_Kw2]) -> tuple[_W, _W]: ...
    @overload
    def __call__(
        self, x: _Number | _Container, /, alpha: _Like = ..., **kw: Unpack[_Kw2]
    ) -> Any: ...
    @overload
    def __call__(self, x: _Like, /, alpha: _Container, **kw: Unpack[_Kw2]) -> Any: ...
    @overload
    def __call__(
        self, x: ArrayLike, /, alpha: ArrayLike = ..., **kw: Unpack[_Kw2]
    ) -> tuple[_Floats, _Floats]: ...
    @overload
    def __call__(
        self,
        x: _Like,
        /,
        alpha: _Like = ...,
        *,
        out: tuple[_SomeOut, _SomeOut],
        **kw: Unpack[_OutKw],
    ) -> Any: ...

class _From1To2OptionalB(_NoReduce, _NoAt):  # type: ignore[misc]
    @overload
    def __call__(
        self, x: _Like, /, b: _Like = ..., *, out: tuple[_O1, _O2], **kw: Unpack[_OutKw]
    ) -> tuple[_O1, _O2]: ...
    @overload
    def __call__(
        self, x: _Array, /, b: _Plain = ..., *, dtype: _DType[_F], **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[_F], NDArray[_F]]: ...
    @overload
    def __call__(
        self, x: _Like, /, b: _Like = ..., *, dtype: DTypeLike | None, **kw: Unpack[_Kw2]
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Like, /, b: _Like = ..., *, signature: _Signature, **kw: Unpack[_Kw2]
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Floats, /, b: np.float64, **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(self, x: _F, /, b: _F, **kw: Unpack[_Kw2]) -> tuple[_F, _F]: ...
    @overload
    def __call__(self, x: _S, /, b: float = ..., **kw: Unpack[_Kw2]) -> tuple[_S, _S]: ...
    @overload
    def __call__(
        self, x: _Ints, /, **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self, x: _Ints32, /, b: float = ..., **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self, x: _Ints, /, b: _Plain = ..., **kw: Unpack[_Kw2]
    ) -> tuple[_Floats, _Floats]: ...
    @overload
    def __call__(
        self, x: float, /, b: float = ..., **kw: Unpack[_Kw2]
    ) -> tuple[np.float64, np.float64]: ...
    @overload
    def __call__(
        self, x: NDArray[_F], /, b: _Parameter[_F] = ..., **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[_F], NDArray[_F]]: ...
    @overload
    def __call__(
        self, x: NDArray[_G], /, b: float = ..., **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[_G], NDArray[_G]]: ...
    @overload
    def __call__(self, x: _W, /, b: _Plain | _W = ..., **kw: Unpack[_Kw2]) -> tuple[_W, _W]: ...
    @overload
    def __call__(self, x: _Number | _Container, /, b: _Like = ..., **kw: Unpack[_Kw2]) -> Any: ...
    @overload
    def __call__(self, x: _Like, /, b: _Container, **kw: Unpack[_Kw2]) -> Any: ...
    @overload
    def __call__(
        self, x: ArrayLike, /, b: ArrayLike = ..., **kw: Unpack[_Kw2]
    ) -> tuple[_Floats, _Floats]: ...
    @overload
    def __call__(
        self, x: _Like, /, b: _Like = ..., *, out: tuple[_SomeOut, _SomeOut], **kw: Unpack[_OutKw]
    ) -> Any: ...

class _From1To2OptionalBeta(_NoReduce, _NoAt):  # type: ignore[misc]
    @overload
    def __call__(
        self, x: _Like, /, beta: _Like = ..., *, out: tuple[_O1, _O2], **kw: Unpack[_OutKw]
    ) -> tuple[_O1, _O2]: ...
    @overload
    def __call__(
        self, x: _Array, /, beta: _Plain = ..., *, dtype: _DType[_F], **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[_F], NDArray[_F]]: ...
    @overload
    def __call__(
        self, x: _Like, /, beta: _Like = ..., *, dtype: DTypeLike | None, **kw: Unpack[_Kw2]
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Like, /, beta: _Like = ..., *, signature: _Signature, **kw: Unpack[_Kw2]
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Floats, /, beta: np.float64, **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(self, x: _F, /, beta: _F, **kw: Unpack[_Kw2]) -> tuple[_F, _F]: ...
    @overload
    def __call__(self, x: _S, /, beta: float = ..., **kw: Unpack[_Kw2]) -> tuple[_S, _S]: ...
    @overload
    def __call__(
        self, x: _Ints, /, **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self, x: _Ints32, /, beta: float = ..., **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self, x: _Ints, /, beta: _Plain = ..., **kw: Unpack[_Kw2]
    ) -> tuple[_Floats, _Floats]: ...
    @overload
    def __call__(
        self, x: float, /, beta: float = ..., **kw: Unpack[_Kw2]
    ) -> tuple[np.float64, np.float64]: ...
    @overload
    def __call__(
        self, x: NDArray[_F], /, beta: _Parameter[_F] = ..., **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[_F], NDArray[_F]]: ...
    @overload
    def __call__(
        self, x: NDArray[_G], /, beta: float = ..., **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[_G], NDArray[_G]]: ...
    @overload
    def __call__(self, x: _W, /, beta: _Plain | _W = ..., **kw: Unpack[_Kw2]) -> tuple[_W, _W]: ...
    @overload
    def __call__(
        self, x: _Number | _Container, /, beta: _Like = ..., **kw: Unpack[_Kw2]
    ) -> Any: ...
    @overload
    def __call__(self, x: _Like, /, beta: _Container, **kw: Unpack[_Kw2]) -> Any: ...
    @overload
    def __call__(
        self, x: ArrayLike, /, beta: ArrayLike = ..., **kw: Unpack[_Kw2]
    ) -> tuple[_Floats, _Floats]: ...
    @overload
    def __call__(
        self,
        x: _Like,
        /,
        beta: _Like = ...,
        *,
        out: tuple[_SomeOut, _SomeOut],
        **kw: Unpack[_OutKw],
    ) -> Any: ...

class _From1To2OptionalLambd(_NoReduce, _NoAt):  # type: ignore[misc]
    @overload
    def __call__(
        self, x: _Like, /, lambd: _Like = ..., *, out: tuple[_O1, _O2], **kw: Unpack[_OutKw]
    ) -> tuple[_O1, _O2]: ...
    @overload
    def __call__(
        self, x: _Array, /, lambd: _Plain = ..., *, dtype: _DType[_F], **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[_F], NDArray[_F]]: ...
    @overload
    def __call__(
        self, x: _Like, /, lambd: _Like = ..., *, dtype: DTypeLike | None, **kw: Unpack[_Kw2]
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Like, /, lambd: _Like = ..., *, signature: _Signature, **kw: Unpack[_Kw2]
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Floats, /, lambd: np.float64, **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(self, x: _F, /, lambd: _F, **kw: Unpack[_Kw2]) -> tuple[_F, _F]: ...
    @overload
    def __call__(self, x: _S, /, lambd: float = ..., **kw: Unpack[_Kw2]) -> tuple[_S, _S]: ...
    @overload
    def __call__(
        self, x: _Ints, /, **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self, x: _Ints32, /, lambd: float = ..., **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self, x: _Ints, /, lambd: _Plain = ..., **kw: Unpack[_Kw2]
    ) -> tuple[_Floats, _Floats]: ...
    @overload
    def __call__(
        self, x: float, /, lambd: float = ..., **kw: Unpack[_Kw2]
    ) -> tuple[np.float64, np.float64]: ...
    @overload
    def __call__(
        self, x: NDArray[_F], /, lambd: _Parameter[_F] = ..., **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[_F], NDArray[_F]]: ...
    @overload
    def __call__(
        self, x: NDArray[_G], /, lambd: float = ..., **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[_G], NDArray[_G]]: ...
    @overload
    def __call__(self, x: _W, /, lambd: _Plain | _W = ..., **kw: Unpack[_Kw2]) -> tuple[_W, _W]: ...
    @overload
    def __call__(
        self, x: _Number | _Container, /, lambd: _Like = ..., **kw: Unpack[_Kw2]
    ) -> Any: ...
    @overload
    def __call__(self, x: _Like, /, lambd: _Container, **kw: Unpack[_Kw2]) -> Any: ...
    @overload
    def __call__(
        self, x: ArrayLike, /, lambd: ArrayLike = ..., **kw: Unpack[_Kw2]
    ) -> tuple[_Floats, _Floats]: ...
    @overload
    def __call__(
        self,
        x: _Like,
        /,
        lambd: _Like = ...,
        *,
        out: tuple[_SomeOut, _SomeOut],
        **kw: Unpack[_OutKw],
    ) -> Any: ...

class _From1To2OptionalMinValOptionalMaxVal(_NoReduce, _NoOuter, _NoAt):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        x: _Like,
        /,
        min_val: _Like = ...,
        max_val: _Like = ...,
        *,
        out: tuple[_O1, _O2],
        **kw: Unpack[_OutKw],
    ) -> tuple[_O1, _O2]: ...
    @overload
    def __call__(
        self,
        x: _Array,
        /,
        min_val: _Plain = ...,
        max_val: _Plain = ...,
        *,
        dtype: _DType[_F],
        **kw: Unpack[_Kw2],
    ) -> tuple[NDArray[_F], NDArray[_F]]: ...
    @overload
    def __call__(
        self,
        x: _Like,
        /,
        min_val: _Like = ...,
        max_val: _Like = ...,
        *,
        dtype: DTypeLike | None,
        **kw: Unpack[_Kw2],
    ) -> Any: ...
    @overload
    def __call__(
        self,
        x: _Like,
        /,
        min_val: _Like = ...,
        max_val: _Like = ...,
        *,
        signature: _Signature,
        **kw: Unpack[_Kw2],
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Floats, /, min_val: np.float64, max_val: _Parameter[Any] = ..., **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self,
        x: _Floats,
        /,
        min_val: _Parameter[Any] = ...,
        *,
        max_val: np.float64,
        **kw: Unpack[_Kw2],
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self, x: _Floats, /, min_val: _Parameter[Any], max_val: np.float64, **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self,
        x: np.floating[Any],
        /,
        min_val: float | np.floating[Any] = ...,
        max_val: float | np.floating[Any] = ...,
        **kw: Unpack[_Kw2],
    ) -> tuple[np.floating[Any], np.floating[Any]]: ...
    @overload
    def __call__(
        self, x: _S, /, min_val: float = ..., max_val: float = ..., **kw: Unpack[_Kw2]
    ) -> tuple[_S, _S]: ...
    @overload
    def __call__(
        self, x: _Ints, /, **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self, x: _Ints32, /, min_val: float = ..., max_val: float = ..., **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self, x: _Ints, /, min_val: _Plain = ..., max_val: _Plain = ..., **kw: Unpack[_Kw2]
    ) -> tuple[_Floats, _Floats]: ...
    @overload
    def __call__(
        self, x: float, /, min_val: float = ..., max_val: float = ..., **kw: Unpack[_Kw2]
    ) -> tuple[np.float64, np.float64]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_F],
        /,
        min_val: _Parameter[_F] = ...,
        max_val: _Parameter[_F] = ...,
        **kw: Unpack[_Kw2],
    ) -> tuple[NDArray[_F], NDArray[_F]]: ...
    @overload
    def __call__(
        self, x: NDArray[_G], /, min_val: float = ..., max_val: float = ..., **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[_G], NDArray[_G]]: ...
    @overload
    def __call__(
        self, x: _W, /, min_val: _Plain | _W = ..., max_val: _Plain | _W = ..., **kw: Unpack[_Kw2]
    ) -> tuple[_W, _W]: ...
    @overload
    def __call__(
        self,
        x: _Number | _Container,
        /,
        min_val: _Like = ...,
        max_val: _Like = ...,
        **kw: Unpack[_Kw2],
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Like, /, min_val: _Container, max_val: _Like = ..., **kw: Unpack[_Kw2]
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Like, /, min_val: _Like = ..., *, max_val: _Container, **kw: Unpack[_Kw2]
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Like, /, min_val: _Like, max_val: _Container, **kw: Unpack[_Kw2]
    ) -> Any: ...
    @overload
    def __call__(
        self,
        x: ArrayLike,
        /,
        min_val: ArrayLike = ...,
        max_val: ArrayLike = ...,
        **kw: Unpack[_Kw2],
    ) -> tuple[_Floats, _Floats]: ...
    @overload
    def __call__(
        self,
        x: _Like,
        /,
        min_val: _Like = ...,
        max_val: _Like = ...,
        *,
        out: tuple[_SomeOut, _SomeOut],
        **kw: Unpack[_OutKw],
    ) -> Any: ...

class _From1To2ThresholdValue(_NoReduce, _NoOuter, _NoAt):  # type: ignore[misc]
    @overload
    def __call__(
        self,
        x: _Like,
        /,
        threshold: _Like,
        value: _Like,
        *,
        out: tuple[_O1, _O2],
        **kw: Unpack[_OutKw],
    ) -> tuple[_O1, _O2]: ...
    @overload
    def __call__(
        self,
        x: _Array,
        /,
        threshold: _Plain,
        value: _Plain,
        *,
        dtype: _DType[_F],
        **kw: Unpack[_Kw2],
    ) -> tuple[NDArray[_F], NDArray[_F]]: ...
    @overload
    def __call__(
        self,
        x: _Like,
        /,
        threshold: _Like,
        value: _Like,
        *,
        dtype: DTypeLike | None,
        **kw: Unpack[_Kw2],
    ) -> Any: ...
    @overload
    def __call__(
        self,
        x: _Like,
        /,
        threshold: _Like,
        value: _Like,
        *,
        signature: _Signature,
        **kw: Unpack[_Kw2],
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Floats, /, threshold: np.float64, value: _Parameter[Any], **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self, x: _Floats, /, threshold: _Parameter[Any], value: np.float64, **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self,
        x: np.floating[Any],
        /,
        threshold: float | np.floating[Any],
        value: float | np.floating[Any],
        **kw: Unpack[_Kw2],
    ) -> tuple[np.floating[Any], np.floating[Any]]: ...
    @overload
    def __call__(
        self, x: _S, /, threshold: float, value: float, **kw: Unpack[_Kw2]
    ) -> tuple[_S, _S]: ...
    @overload
    def __call__(
        self, x: _Ints32, /, threshold: float, value: float, **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self, x: _Ints, /, threshold: _Plain, value: _Plain, **kw: Unpack[_Kw2]
    ) -> tuple[_Floats, _Floats]: ...
    @overload
    def __call__(
        self, x: float, /, threshold: float, value: float, **kw: Unpack[_Kw2]
    ) -> tuple[np.float64, np.float64]: ...
    @overload
    def __call__(
        self,
        x: NDArray[_F],
        /,
        threshold: _Parameter[_F],
        value: _Parameter[_F],
        **kw: Unpack[_Kw2],
    ) -> tuple[NDArray[_F], NDArray[_F]]: ...
    @overload
    def __call__(
        self, x: NDArray[_G], /, threshold: float, value: float, **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[_G], NDArray[_G]]: ...
    @overload
    def __call__(
        self, x: _W, /, threshold: _Plain | _W, value: _Plain | _W, **kw: Unpack[_Kw2]
    ) -> tuple[_W, _W]: ...
    @overload
    def __call__(
        self, x: _Number | _Container, /, threshold: _Like, value: _Like, **kw: Unpack[_Kw2]
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Like, /, threshold: _Container, value: _Like, **kw: Unpack[_Kw2]
    ) -> Any: ...
    @overload
    def __call__(
        self, x: _Like, /, threshold: _Like, value: _Container, **kw: Unpack[_Kw2]
    ) -> Any: ...
    @overload
    def __call__(
        self, x: ArrayLike, /, threshold: ArrayLike, value: ArrayLike, **kw: Unpack[_Kw2]
    ) -> tuple[_Floats, _Floats]: ...
    @overload
    def __call__(
        self,
        x: _Like,
        /,
        threshold: _Like,
        value: _Like,
        *,
        out: tuple[_SomeOut, _SomeOut],
        **kw: Unpack[_OutKw],
    ) -> Any: ...

class _From2To1(np.ufunc):  # type: ignore[misc]
    @overload
    def __call__(self, g: _Like, x: _Like, /, out: _O1, **kw: Unpack[_OutKw]) -> _O1: ...
    @overload
    def __call__(self, g: _Like, x: _Like, /, *, out: _Out[_O1], **kw: Unpack[_OutKw]) -> _O1: ...
    @overload
    def __call__(
        self, g: _Array, x: _Array, /, *, dtype: _DType[_F], **kw: Unpack[_Kw]
    ) -> NDArray[_F]: ...
    @overload
    def __call__(
        self, g: _Like, x: _Like, /, *, dtype: DTypeLike | None, **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self, g: _Like, x: _Like, /, *, signature: _Signature, **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(self, g: _S, x: _S, /, out: _NoOut = None, **kw: Unpack[_BaseKw]) -> _S: ...
    @overload
    def __call__(self, g: _Ints8, x: _Ints8, /, **kw: Unpack[_Kw]) -> NDArray[np.float16]: ...
    @overload
    def __call__(self, g: _Ints16, x: _Ints16, /, **kw: Unpack[_Kw]) -> NDArray[np.float32]: ...
    @overload
    def __call__(self, g: _Ints32, x: _Ints32, /, **kw: Unpack[_Kw]) -> NDArray[np.float64]: ...
    @overload
    def __call__(self, g: _Ints, x: _Array, /, **kw: Unpack[_Kw]) -> _Floats: ...
    @overload
    def __call__(self, g: _Array, x: _Ints, /, **kw: Unpack[_Kw]) -> _Floats: ...
    @overload
    def __call__(self, g: bool, x: bool, /, **kw: Unpack[_Kw]) -> np.float16: ...
    @overload
    def __call__(self, g: float, x: float, /, **kw: Unpack[_Kw]) -> np.float64: ...
    @overload
    def __call__(self, g: NDArray[_G], x: NDArray[_G], /, **kw: Unpack[_Kw]) -> NDArray[_G]: ...
    @overload
    def __call__(self, g: _W, x: _W, /, **kw: Unpack[_Kw]) -> _W: ...
    @overload
    def __call__(self, g: _Number | _Container, x: _Like, /, **kw: Unpack[_Kw]) -> Any: ...
    @overload
    def __call__(self, g: _Like, x: _Number | _Container, /, **kw: Unpack[_Kw]) -> Any: ...
    @overload
    def __call__(self, g: ArrayLike, x: ArrayLike, /, **kw: Unpack[_Kw]) -> _Floats: ...

class _From2To1Alpha(_NoReduce, _NoOuter, _NoAt):  # type: ignore[misc]
    @overload
    def __call__(
        self, g: _Like, x: _Like, /, alpha: _Like, out: _O1, **kw: Unpack[_OutKw]
    ) -> _O1: ...
    @overload
    def __call__(
        self, g: _Like, x: _Like, /, alpha: _Like, *, out: _Out[_O1], **kw: Unpack[_OutKw]
    ) -> _O1: ...
    @overload
    def __call__(
        self, g: _Array, x: _Array, /, alpha: _Plain, *, dtype: _DType[_F], **kw: Unpack[_Kw]
    ) -> NDArray[_F]: ...
    @overload
    def __call__(
        self, g: _Like, x: _Like, /, alpha: _Like, *, dtype: DTypeLike | None, **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self, g: _Like, x: _Like, /, alpha: _Like, *, signature: _Signature, **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self, g: _Floats, x: _Floats, /, alpha: np.float64, **kw: Unpack[_Kw]
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(self, g: _F, x: _F, /, alpha: _F, **kw: Unpack[_Kw]) -> _F: ...
    @overload
    def __call__(
        self, g: _S, x: _S, /, alpha: float, out: _NoOut = None, **kw: Unpack[_BaseKw]
    ) -> _S: ...
    @overload
    def __call__(
        self, g: _Ints32, x: _Ints32, /, alpha: float, **kw: Unpack[_Kw]
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(self, g: _Ints, x: _Array, /, alpha: _Plain, **kw: Unpack[_Kw]) -> _Floats: ...
    @overload
    def __call__(self, g: _Array, x: _Ints, /, alpha: _Plain, **kw: Unpack[_Kw]) -> _Floats: ...
    @overload
    def __call__(self, g: float, x: float, /, alpha: float, **kw: Unpack[_Kw]) -> np.float64: ...
    @overload
    def __call__(
        self, g: NDArray[_F], x: NDArray[_F], /, alpha: _Parameter[_F], **kw: Unpack[_Kw]
    ) -> NDArray[_F]: ...
    @overload
    def __call__(
        self, g: NDArray[_G], x: NDArray[_G], /, alpha: float, **kw: Unpack[_Kw]
    ) -> NDArray[_G]: ...
    @overload
    def __call__(self, g: _W, x: _W, /, alpha: _Plain | _W, **kw: Unpack[_Kw]) -> _W: ...
    @overload
    def __call__(
        self, g: _Number | _Container, x: _Like, /, alpha: _Like, **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self, g: _Like, x: _Number | _Container, /, alpha: _Like, **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(self, g: _Like, x: _Like, /, alpha: _Container, **kw: Unpack[_Kw]) -> Any: ...
    @overload
    def __call__(
        self, g: ArrayLike, x: ArrayLike, /, alpha: ArrayLike, **kw: Unpack[_Kw]
    ) -> _Floats: ...

class _From2To1OptionalAlpha(_NoReduce, _NoOuter, _NoAt):  # type: ignore[misc]
    @overload
    def __call__(
        self, g: _Like, x: _Like, /, alpha: _Like, out: _O1, **kw: Unpack[_OutKw]
    ) -> _O1: ...
    @overload
    def __call__(
        self, g: _Like, x: _Like, /, alpha: _Like = ..., *, out: _Out[_O1], **kw: Unpack[_OutKw]
    ) -> _O1: ...
    @overload
    def __call__(
        self, g: _Array, x: _Array, /, alpha: _Plain = ..., *, dtype: _DType[_F], **kw: Unpack[_Kw]
    ) -> NDArray[_F]: ...
    @overload
    def __call__(
        self,
        g: _Like,
        x: _Like,
        /,
        alpha: _Like = ...,
        *,
        dtype: DTypeLike | None,
        **kw: Unpack[_Kw],
    ) -> Any: ...
    @overload
    def __call__(
        self, g: _Like, x: _Like, /, alpha: _Like = ..., *, signature: _Signature, **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self, g: _Floats, x: _Floats, /, alpha: np.float64, **kw: Unpack[_Kw]
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(self, g: _F, x: _F, /, alpha: _F, **kw: Unpack[_Kw]) -> _F: ...
    @overload
    def __call__(
        self, g: _S, x: _S, /, alpha: float = ..., out: _NoOut = None, **kw: Unpack[_BaseKw]
    ) -> _S: ...
    @overload
    def __call__(self, g: _Ints, x: _Ints, /, **kw: Unpack[_Kw]) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self, g: _Ints32, x: _Ints32, /, alpha: float = ..., **kw: Unpack[_Kw]
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self, g: _Ints, x: _Array, /, alpha: _Plain = ..., **kw: Unpack[_Kw]
    ) -> _Floats: ...
    @overload
    def __call__(
        self, g: _Array, x: _Ints, /, alpha: _Plain = ..., **kw: Unpack[_Kw]
    ) -> _Floats: ...
    @overload
    def __call__(
        self, g: float, x: float, /, alpha: float = ..., **kw: Unpack[_Kw]
    ) -> np.float64: ...
    @overload
    def __call__(
        self, g: NDArray[_F], x: NDArray[_F], /, alpha: _Parameter[_F] = ..., **kw: Unpack[_Kw]
    ) -> NDArray[_F]: ...
    @overload
    def __call__(
        self, g: NDArray[_G], x: NDArray[_G], /, alpha: float = ..., **kw: Unpack[_Kw]
    ) -> NDArray[_G]: ...
    @overload
    def __call__(self, g: _W, x: _W, /, alpha: _Plain | _W = ..., **kw: Unpack[_Kw]) -> _W: ...
    @overload
    def __call__(
        self, g: _Number | _Container, x: _Like, /, alpha: _Like = ..., **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self, g: _Like, x: _Number | _Container, /, alpha: _Like = ..., **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(self, g: _Like, x: _Like, /, alpha: _Container, **kw: Unpack[_Kw]) -> Any: ...
    @overload
    def __call__(
        self, g: ArrayLike, x: ArrayLike, /, alpha: ArrayLike = ..., **kw: Unpack[_Kw]
    ) -> _Floats: ...

class _From2To1OptionalB(_NoReduce, _NoOuter, _NoAt):  # type: ignore[misc]
    @overload
    def __call__(self, g: _Like, x: _Like, /, b: _Like, out: _O1, **kw: Unpack[_OutKw]) -> _O1: ...
    @overload
    def __call__(
        self, g: _Like, x: _Like, /, b: _Like = ..., *, out: _Out[_O1], **kw: Unpack[_OutKw]
    ) -> _O1: ...
    @overload
    def __call__(
        self, g: _Array, x: _Array, /, b: _Plain = ..., *, dtype: _DType[_F], **kw: Unpack[_Kw]
    ) -> NDArray[_F]: ...
    @overload
    def __call__(
        self, g: _Like, x: _Like, /, b: _Like = ..., *, dtype: DTypeLike | None, **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self, g: _Like, x: _Like, /, b: _Like = ..., *, signature: _Signature, **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self, g: _Floats, x: _Floats, /, b: np.float64, **kw: Unpack[_Kw]
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(self, g: _F, x: _F, /, b: _F, **kw: Unpack[_Kw]) -> _F: ...
    @overload
    def __call__(
        self, g: _S, x: _S, /, b: float = ..., out: _NoOut = None, **kw: Unpack[_BaseKw]
    ) -> _S: ...
    @overload
    def __call__(self, g: _Ints, x: _Ints, /, **kw: Unpack[_Kw]) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self, g: _Ints32, x: _Ints32, /, b: float = ..., **kw: Unpack[_Kw]
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(self, g: _Ints, x: _Array, /, b: _Plain = ..., **kw: Unpack[_Kw]) -> _Floats: ...
    @overload
    def __call__(self, g: _Array, x: _Ints, /, b: _Plain = ..., **kw: Unpack[_Kw]) -> _Floats: ...
    @overload
    def __call__(self, g: float, x: float, /, b: float = ..., **kw: Unpack[_Kw]) -> np.float64: ...
    @overload
    def __call__(
        self, g: NDArray[_F], x: NDArray[_F], /, b: _Parameter[_F] = ..., **kw: Unpack[_Kw]
    ) -> NDArray[_F]: ...
    @overload
    def __call__(
        self, g: NDArray[_G], x: NDArray[_G], /, b: float = ..., **kw: Unpack[_Kw]
    ) -> NDArray[_G]: ...
    @overload
    def __call__(self, g: _W, x: _W, /, b: _Plain | _W = ..., **kw: Unpack[_Kw]) -> _W: ...
    @overload
    def __call__(
        self, g: _Number | _Container, x: _Like, /, b: _Like = ..., **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self, g: _Like, x: _Number | _Container, /, b: _Like = ..., **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(self, g: _Like, x: _Like, /, b: _Container, **kw: Unpack[_Kw]) -> Any: ...
    @overload
    def __call__(
        self, g: ArrayLike, x: ArrayLike, /, b: ArrayLike = ..., **kw: Unpack[_Kw]
    ) -> _Floats: ...

class _From2To1OptionalBeta(_NoReduce, _NoOuter, _NoAt):  # type: ignore[misc]
    @overload
    def __call__(
        self, g: _Like, x: _Like, /, beta: _Like, out: _O1, **kw: Unpack[_OutKw]
    ) -> _O1: ...
    @overload
    def __call__(
        self, g: _Like, x: _Like, /, beta: _Like = ..., *, out: _Out[_O1], **kw: Unpack[_OutKw]
    ) -> _O1: ...
    @overload
    def __call__(
        self, g: _Array, x: _Array, /, beta: _Plain = ..., *, dtype: _DType[_F], **kw: Unpack[_Kw]
    ) -> NDArray[_F]: ...
    @overload
    def __call__(
        self,
        g: _Like,
        x: _Like,
        /,
        beta: _Like = ...,
        *,
        dtype: DTypeLike | None,
        **kw: Unpack[_Kw],
    ) -> Any: ...
    @overload
    def __call__(
        self, g: _Like, x: _Like, /, beta: _Like = ..., *, signature: _Signature, **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self, g: _Floats, x: _Floats, /, beta: np.float64, **kw: Unpack[_Kw]
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(self, g: _F, x: _F, /, beta: _F, **kw: Unpack[_Kw]) -> _F: ...
    @overload
    def __call__(
        self, g: _S, x: _S, /, beta: float = ..., out: _NoOut = None, **kw: Unpack[_BaseKw]
    ) -> _S: ...
    @overload
    def __call__(self, g: _Ints, x: _Ints, /, **kw: Unpack[_Kw]) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self, g: _Ints32, x: _Ints32, /, beta: float = ..., **kw: Unpack[_Kw]
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self, g: _Ints, x: _Array, /, beta: _Plain = ..., **kw: Unpack[_Kw]
    ) -> _Floats: ...
    @overload
    def __call__(
        self, g: _Array, x: _Ints, /, beta: _Plain = ..., **kw: Unpack[_Kw]
    ) -> _Floats: ...
    @overload
    def __call__(
        self, g: float, x: float, /, beta: float = ..., **kw: Unpack[_Kw]
    ) -> np.float64: ...
    @overload
    def __call__(
        self, g: NDArray[_F], x: NDArray[_F], /, beta: _Parameter[_F] = ..., **kw: Unpack[_Kw]
    ) -> NDArray[_F]: ...
    @overload
    def __call__(
        self, g: NDArray[_G], x: NDArray[_G], /, beta: float = ..., **kw: Unpack[_Kw]
    ) -> NDArray[_G]: ...
    @overload
    def __call__(self, g: _W, x: _W, /, beta: _Plain | _W = ..., **kw: Unpack[_Kw]) -> _W: ...
    @overload
    def __call__(
        self, g: _Number | _Container, x: _Like, /, beta: _Like = ..., **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self, g: _Like, x: _Number | _Container, /, beta: _Like = ..., **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(self, g: _Like, x: _Like, /, beta: _Container, **kw: Unpack[_Kw]) -> Any: ...
    @overload
    def __call__(
        self, g: ArrayLike, x: ArrayLike, /, beta: ArrayLike = ..., **kw: Unpack[_Kw]
    ) -> _Floats: ...

class _From2To1OptionalLambd(_NoReduce, _NoOuter, _NoAt):  # type: ignore[misc]
    @overload
    def __call__(
        self, g: _Like, x: _Like, /, lambd: _Like, out: _O1, **kw: Unpack[_OutKw]
    ) -> _O1: ...
    @overload
    def __call__(
        self, g: _Like, x: _Like, /, lambd: _Like = ..., *, out: _Out[_O1], **kw: Unpack[_OutKw]
    ) -> _O1: ...
    @overload
    def __call__(
        self, g: _Array, x: _Array, /, lambd: _Plain = ..., *, dtype: _DType[_F], **kw: Unpack[_Kw]
    ) -> NDArray[_F]: ...
    @overload
    def __call__(
        self,
        g: _Like,
        x: _Like,
        /,
        lambd: _Like = ...,
        *,
        dtype: DTypeLike | None,
        **kw: Unpack[_Kw],
    ) -> Any: ...
    @overload
    def __call__(
        self, g: _Like, x: _Like, /, lambd: _Like = ..., *, signature: _Signature, **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self, g: _Floats, x: _Floats, /, lambd: np.float64, **kw: Unpack[_Kw]
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(self, g: _F, x: _F, /, lambd: _F, **kw: Unpack[_Kw]) -> _F: ...
    @overload
    def __call__(
        self, g: _S, x: _S, /, lambd: float = ..., out: _NoOut = None, **kw: Unpack[_BaseKw]
    ) -> _S: ...
    @overload
    def __call__(self, g: _Ints, x: _Ints, /, **kw: Unpack[_Kw]) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self, g: _Ints32, x: _Ints32, /, lambd: float = ..., **kw: Unpack[_Kw]
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self, g: _Ints, x: _Array, /, lambd: _Plain = ..., **kw: Unpack[_Kw]
    ) -> _Floats: ...
    @overload
    def __call__(
        self, g: _Array, x: _Ints, /, lambd: _Plain = ..., **kw: Unpack[_Kw]
    ) -> _Floats: ...
    @overload
    def __call__(
        self, g: float, x: float, /, lambd: float = ..., **kw: Unpack[_Kw]
    ) -> np.float64: ...
    @overload
    def __call__(
        self, g: NDArray[_F], x: NDArray[_F], /, lambd: _Parameter[_F] = ..., **kw: Unpack[_Kw]
    ) -> NDArray[_F]: ...
    @overload
    def __call__(
        self, g: NDArray[_G], x: NDArray[_G], /, lambd: float = ..., **kw: Unpack[_Kw]
    ) -> NDArray[_G]: ...
    @overload
    def __call__(self, g: _W, x: _W, /, lambd: _Plain | _W = ..., **kw: Unpack[_Kw]) -> _W: ...
    @overload
    def __call__(
        self, g: _Number | _Container, x: _Like, /, lambd: _Like = ..., **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self, g: _Like, x: _Number | _Container, /, lambd: _Like = ..., **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(self, g: _Like, x: _Like, /, lambd: _Container, **kw: Unpack[_Kw]) -> Any: ...
    @overload
    def __call__(
        self, g: ArrayLike, x: ArrayLike, /, lambd: ArrayLike = ..., **kw: Unpack[_Kw]
    ) -> _Floats: ...

class _From2To1OptionalMinValOptionalMaxVal(_NoReduce, _NoOuter, _NoAt):  # type: ignore[misc]
    @overload
    def __call__(
        self, g: _Like, x: _Like, /, min_val: _Like, max_val: _Like, out: _O1, **kw: Unpack[_OutKw]
    ) -> _O1: ...
    @overload
    def __call__(
        self,
        g: _Like,
        x: _Like,
        /,
        min_val: _Like = ...,
        max_val: _Like = ...,
        *,
        out: _Out[_O1],
        **kw: Unpack[_OutKw],
    ) -> _O1: ...
    @overload
    def __call__(
        self,
        g: _Array,
        x: _Array,
        /,
        min_val: _Plain = ...,
        max_val: _Plain = ...,
        *,
        dtype: _DType[_F],
        **kw: Unpack[_Kw],
    ) -> NDArray[_F]: ...
    @overload
    def __call__(
        self,
        g: _Like,
        x: _Like,
        /,
        min_val: _Like = ...,
        max_val: _Like = ...,
        *,
        dtype: DTypeLike | None,
        **kw: Unpack[_Kw],
    ) -> Any: ...
    @overload
    def __call__(
        self,
        g: _Like,
        x: _Like,
        /,
        min_val: _Like = ...,
        max_val: _Like = ...,
        *,
        signature: _Signature,
        **kw: Unpack[_Kw],
    ) -> Any: ...
    @overload
    def __call__(
        self,
        g: _Floats,
        x: _Floats,
        /,
        min_val: np.float64,
        max_val: _Parameter[Any] = ...,
        **kw: Unpack[_Kw],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        g: _Floats,
        x: _Floats,
        /,
        min_val: _Parameter[Any] = ...,
        *,
        max_val: np.float64,
        **kw: Unpack[_Kw],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        g: _Floats,
        x: _Floats,
        /,
        min_val: _Parameter[Any],
        max_val: np.float64,
        **kw: Unpack[_Kw],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        g: np.floating[Any],
        x: np.floating[Any],
        /,
        min_val: float | np.floating[Any] = ...,
        max_val: float | np.floating[Any] = ...,
        **kw: Unpack[_Kw],
    ) -> np.floating[Any]: ...
    @overload
    def __call__(
        self,
        g: _S,
        x: _S,
        /,
        min_val: float = ...,
        max_val: float = ...,
        out: _NoOut = None,
        **kw: Unpack[_BaseKw],
    ) -> _S: ...
    @overload
    def __call__(self, g: _Ints, x: _Ints, /, **kw: Unpack[_Kw]) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        g: _Ints32,
        x: _Ints32,
        /,
        min_val: float = ...,
        max_val: float = ...,
        **kw: Unpack[_Kw],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        g: _Ints,
        x: _Array,
        /,
        min_val: _Plain = ...,
        max_val: _Plain = ...,
        **kw: Unpack[_Kw],
    ) -> _Floats: ...
    @overload
    def __call__(
        self,
        g: _Array,
        x: _Ints,
        /,
        min_val: _Plain = ...,
        max_val: _Plain = ...,
        **kw: Unpack[_Kw],
    ) -> _Floats: ...
    @overload
    def __call__(
        self, g: float, x: float, /, min_val: float = ..., max_val: float = ..., **kw: Unpack[_Kw]
    ) -> np.float64: ...
    @overload
    def __call__(
        self,
        g: NDArray[_F],
        x: NDArray[_F],
        /,
        min_val: _Parameter[_F] = ...,
        max_val: _Parameter[_F] = ...,
        **kw: Unpack[_Kw],
    ) -> NDArray[_F]: ...
    @overload
    def __call__(
        self,
        g: NDArray[_G],
        x: NDArray[_G],
        /,
        min_val: float = ...,
        max_val: float = ...,
        **kw: Unpack[_Kw],
    ) -> NDArray[_G]: ...
    @overload
    def __call__(
        self,
        g: _W,
        x: _W,
        /,
        min_val: _Plain | _W = ...,
        max_val: _Plain | _W = ...,
        **kw: Unpack[_Kw],
    ) -> _W: ...
    @overload
    def __call__(
        self,
        g: _Number | _Container,
        x: _Like,
        /,
        min_val: _Like = ...,
        max_val: _Like = ...,
        **kw: Unpack[_Kw],
    ) -> Any: ...
    @overload
    def __call__(
        self,
        g: _Like,
        x: _Number | _Container,
        /,
        min_val: _Like = ...,
        max_val: _Like = ...,
        **kw: Unpack[_Kw],
    ) -> Any: ...
    @overload
    def __call__(
        self, g: _Like, x: _Like, /, min_val: _Container, max_val: _Like = ..., **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self, g: _Like, x: _Like, /, min_val: _Like = ..., *, max_val: _Container, **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self, g: _Like, x: _Like, /, min_val: _Like, max_val: _Container, **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self,
        g: ArrayLike,
        x: ArrayLike,
        /,
        min_val: ArrayLike = ...,
        max_val: ArrayLike = ...,
        **kw: Unpack[_Kw],
    ) -> _Floats: ...

class _From2To1ThresholdValue(_NoReduce, _NoOuter, _NoAt):  # type: ignore[misc]
    @overload
    def __call__(
        self, g: _Like, x: _Like, /, threshold: _Like, value: _Like, out: _O1, **kw: Unpack[_OutKw]
    ) -> _O1: ...
    @overload
    def __call__(
        self,
        g: _Like,
        x: _Like,
        /,
        threshold: _Like,
        value: _Like,
        *,
        out: _Out[_O1],
        **kw: Unpack[_OutKw],
    ) -> _O1: ...
    @overload
    def __call__(
        self,
        g: _Array,
        x: _Array,
        /,
        threshold: _Plain,
        value: _Plain,
        *,
        dtype: _DType[_F],
        **kw: Unpack[_Kw],
    ) -> NDArray[_F]: ...
    @overload
    def __call__(
        self,
        g: _Like,
        x: _Like,
        /,
        threshold: _Like,
        value: _Like,
        *,
        dtype: DTypeLike | None,
        **kw: Unpack[_Kw],
    ) -> Any: ...
    @overload
    def __call__(
        self,
        g: _Like,
        x: _Like,
        /,
        threshold: _Like,
        value: _Like,
        *,
        signature: _Signature,
        **kw: Unpack[_Kw],
    ) -> Any: ...
    @overload
    def __call__(
        self,
        g: _Floats,
        x: _Floats,
        /,
        threshold: np.float64,
        value: _Parameter[Any],
        **kw: Unpack[_Kw],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        g: _Floats,
        x: _Floats,
        /,
        threshold: _Parameter[Any],
        value: np.float64,
        **kw: Unpack[_Kw],
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self,
        g: np.floating[Any],
        x: np.floating[Any],
        /,
        threshold: float | np.floating[Any],
        value: float | np.floating[Any],
        **kw: Unpack[_Kw],
    ) -> np.floating[Any]: ...
    @overload
    def __call__(
        self,
        g: _S,
        x: _S,
        /,
        threshold: float,
        value: float,
        out: _NoOut = None,
        **kw: Unpack[_BaseKw],
    ) -> _S: ...
    @overload
    def __call__(
        self, g: _Ints32, x: _Ints32, /, threshold: float, value: float, **kw: Unpack[_Kw]
    ) -> NDArray[np.float64]: ...
    @overload
    def __call__(
        self, g: _Ints, x: _Array, /, threshold: _Plain, value: _Plain, **kw: Unpack[_Kw]
    ) -> _Floats: ...
    @overload
    def __call__(
        self, g: _Array, x: _Ints, /, threshold: _Plain, value: _Plain, **kw: Unpack[_Kw]
    ) -> _Floats: ...
    @overload
    def __call__(
        self, g: float, x: float, /, threshold: float, value: float, **kw: Unpack[_Kw]
    ) -> np.float64: ...
    @overload
    def __call__(
        self,
        g: NDArray[_F],
        x: NDArray[_F],
        /,
        threshold: _Parameter[_F],
        value: _Parameter[_F],
        **kw: Unpack[_Kw],
    ) -> NDArray[_F]: ...
    @overload
    def __call__(
        self, g: NDArray[_G], x: NDArray[_G], /, threshold: float, value: float, **kw: Unpack[_Kw]
    ) -> NDArray[_G]: ...
    @overload
    def __call__(
        self, g: _W, x: _W, /, threshold: _Plain | _W, value: _Plain | _W, **kw: Unpack[_Kw]
    ) -> _W: ...
    @overload
    def __call__(
        self,
        g: _Number | _Container,
        x: _Like,
        /,
        threshold: _Like,
        value: _Like,
        **kw: Unpack[_Kw],
    ) -> Any: ...
    @overload
    def __call__(
        self,
        g: _Like,
        x: _Number | _Container,
        /,
        threshold: _Like,
        value: _Like,
        **kw: Unpack[_Kw],
    ) -> Any: ...
    @overload
    def __call__(
        self, g: _Like, x: _Like, /, threshold: _Container, value: _Like, **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self, g: _Like, x: _Like, /, threshold: _Like, value: _Container, **kw: Unpack[_Kw]
    ) -> Any: ...
    @overload
    def __call__(
        self,
        g: ArrayLike,
        x: ArrayLike,
        /,
        threshold: ArrayLike,
        value: ArrayLike,
        **kw: Unpack[_Kw],
    ) -> _Floats: ...

class _From3To2(_NoReduce, _NoOuter, _NoAt):  # type: ignore[misc]
    @overload
    def __call__(
        self, g: _Like, gate: _Like, up: _Like, /, *, out: tuple[_O1, _O2], **kw: Unpack[_OutKw]
    ) -> tuple[_O1, _O2]: ...
    @overload
    def __call__(
        self, g: _Array, gate: _Array, up: _Array, /, *, dtype: _DType[_F], **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[_F], NDArray[_F]]: ...
    @overload
    def __call__(
        self, g: _Like, gate: _Like, up: _Like, /, *, dtype: DTypeLike | None, **kw: Unpack[_Kw2]
    ) -> Any: ...
    @overload
    def __call__(
        self, g: _Like, gate: _Like, up: _Like, /, *, signature: _Signature, **kw: Unpack[_Kw2]
    ) -> Any: ...
    @overload
    def __call__(self, g: _S, gate: _S, up: _S, /, **kw: Unpack[_Kw2]) -> tuple[_S, _S]: ...
    @overload
    def __call__(
        self, g: _Ints8, gate: _Ints8, up: _Ints8, /, **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[np.float16], NDArray[np.float16]]: ...
    @overload
    def __call__(
        self, g: _Ints16, gate: _Ints16, up: _Ints16, /, **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]: ...
    @overload
    def __call__(
        self, g: _Ints32, gate: _Ints32, up: _Ints32, /, **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    @overload
    def __call__(
        self, g: _Ints, gate: _Array, up: _Array, /, **kw: Unpack[_Kw2]
    ) -> tuple[_Floats, _Floats]: ...
    @overload
    def __call__(
        self, g: _Array, gate: _Ints, up: _Array, /, **kw: Unpack[_Kw2]
    ) -> tuple[_Floats, _Floats]: ...
    @overload
    def __call__(
        self, g: _Array, gate: _Array, up: _Ints, /, **kw: Unpack[_Kw2]
    ) -> tuple[_Floats, _Floats]: ...
    @overload
    def __call__(
        self, g: bool, gate: bool, up: bool, /, **kw: Unpack[_Kw2]
    ) -> tuple[np.float16, np.float16]: ...
    @overload
    def __call__(
        self, g: float, gate: float, up: float, /, **kw: Unpack[_Kw2]
    ) -> tuple[np.float64, np.float64]: ...
    @overload
    def __call__(
        self, g: NDArray[_G], gate: NDArray[_G], up: NDArray[_G], /, **kw: Unpack[_Kw2]
    ) -> tuple[NDArray[_G], NDArray[_G]]: ...
    @overload
    def __call__(self, g: _W, gate: _W, up: _W, /, **kw: Unpack[_Kw2]) -> tuple[_W, _W]: ...
    @overload
    def __call__(
        self, g: _Number | _Container, gate: _Like, up: _Like, /, **kw: Unpack[_Kw2]
    ) -> Any: ...
    @overload
    def __call__(
        self, g: _Like, gate: _Number | _Container, up: _Like, /, **kw: Unpack[_Kw2]
    ) -> Any: ...
    @overload
    def __call__(
        self, g: _Like, gate: _Like, up: _Number | _Container, /, **kw: Unpack[_Kw2]
    ) -> Any: ...
    @overload
    def __call__(
        self, g: ArrayLike, gate: ArrayLike, up: ArrayLike, /, **kw: Unpack[_Kw2]
    ) -> tuple[_Floats, _Floats]: ...
    @overload
    def __call__(
        self,
        g: _Like,
        gate: _Like,
        up: _Like,
        /,
        *,
        out: tuple[_SomeOut, _SomeOut],
        **kw: Unpack[_OutKw],
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

def relu_(x: _C, /) -> _C: ...
def relu6_(x: _C, /) -> _C: ...
def relu_squared_(x: _C, /) -> _C: ...
def leaky_relu_(x: _C, /, alpha: _Like = 0.01) -> _C: ...
def prelu_(x: _C, /, alpha: _Like) -> _C: ...
@overload
def prelu_alpha_backward(g: _Plain, x: _Plain, /, alpha: NDArray[_F]) -> NDArray[_F]: ...
@overload
def prelu_alpha_backward(g: _Plain, x: _Plain, /, alpha: _F) -> _F: ...
@overload
def prelu_alpha_backward(g: NDArray[_F], x: NDArray[_F], /, alpha: float) -> _F: ...
@overload
def prelu_alpha_backward(g: _Like, x: _Like, /, alpha: _Like) -> Any: ...
def elu_(x: _C, /, alpha: _Like = 1.0) -> _C: ...
@overload
def elu_alpha_backward(g: _Plain, x: _Plain, /, alpha: NDArray[_F]) -> NDArray[_F]: ...
@overload
def elu_alpha_backward(g: _Plain, x: _Plain, /, alpha: _F) -> _F: ...
@overload
def elu_alpha_backward(g: NDArray[_F], x: NDArray[_F], /, alpha: float) -> _F: ...
@overload
def elu_alpha_backward(g: _Like, x: _Like, /, alpha: _Like) -> Any: ...
def selu_(x: _C, /) -> _C: ...
def celu_(x: _C, /, alpha: _Like = 1.0) -> _C: ...
def threshold_(x: _C, /, threshold: _Like, value: _Like) -> _C: ...
def hardswish_(x: _C, /) -> _C: ...
def softplus_(x: _C, /, beta: _Like = 1.0) -> _C: ...
def log_sigmoid_(x: _C, /) -> _C: ...
def silu_(x: _C, /, beta: _Like = 1.0) -> _C: ...
def mish_(x: _C, /) -> _C: ...
def gelu_(x: _C, /) -> _C: ...
def gelu_tanh_(x: _C, /) -> _C: ...
def quick_gelu_(x: _C, /) -> _C: ...
def squareplus_(x: _C, /, b: _Like = 4.0) -> _C: ...
def hardtanh_(x: _C, /, min_val: _Like = -1.0, max_val: _Like = 1.0) -> _C: ...
def hardsigmoid_(x: _C, /) -> _C: ...
def sigmoid_(x: _C, /) -> _C: ...
def tanh_(x: _C, /) -> _C: ...
def softsign_(x: _C, /) -> _C: ...
def hardshrink_(x: _C, /, lambd: _Like = 0.5) -> _C: ...
def softshrink_(x: _C, /, lambd: _Like = 0.5) -> _C: ...
def tanhshrink_(x: _C, /) -> _C: ...

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
    def __call__(self, function: _Call) -> _Call: ...
