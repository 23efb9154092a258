"""The functions of relu_fast in code that numba compiles.

numba calls `init` when it first compiles, and asks for the type of each constant it meets: so what
a function is there is made when it is met, as the function itself is. A call of it becomes one of
``relu_fast.h``'s `apply` or `sum_gradient`, with the operands on the stack. Compiled code knows
these, and the operations, by name: addresses would be others in a process that loads it from
numba's cache.
"""

from __future__ import annotations

import ctypes
import functools
import inspect
from collections.abc import Callable
from typing import Any

import llvmlite.binding
import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.errors import NumbaNotImplementedError, TypingError
from numba.core.typing.templates import make_overload_template
from numba.core.typing.typeof import Purpose
from numba.extending import intrinsic, register_jitable, typeof_impl
from numba.np.numpy_support import as_dtype, from_dtype

from . import _functions, _ufuncs
from ._catalog import FUNCTIONS, Function

# As relu_fast.h numbers them.
_DTYPES = "float16 float32 float64 bfloat16 int8 uint8 int16 uint16 int32 uint32 int64 uint64"
_DTYPE_NUMBERS = {name: number for number, name in enumerate(_DTYPES.split())}
_NO_OVERLAP, _REFUSE_OVERLAP = 0, 2


# ---- What numba calls ------------------------------------------------------------


class _Api(ctypes.Structure):
    """The first members of relu_fast_api."""

    _fields_ = (
        ("major", ctypes.c_int),
        ("minor", ctypes.c_int),
        *((name, ctypes.c_void_p) for name in ("function", "find", "apply", "sum_gradient")),
    )


def init() -> None:
    """Tell numba of relu_fast: the entry point ``numba_extensions``."""
    pointer = ctypes.PYFUNCTYPE(ctypes.c_void_p, ctypes.py_object, ctypes.c_char_p)(
        ("PyCapsule_GetPointer", ctypes.pythonapi)
    )
    api = _Api.from_address(pointer(_ufuncs.C_API, b"relu_fast._ufuncs.C_API"))
    for name in ("find", "apply", "sum_gradient"):
        llvmlite.binding.add_symbol(f"relu_fast_{name}", getattr(api, name))
    # Ufuncs, and what Cython makes of a def: the in-place twins, the sums.
    for kind in (np.ufunc, type(_ufuncs.make_ufunc)):
        typeof_impl.register(kind)(functools.partial(_typeof, typeof_impl.dispatch(kind)))


def _typeof(others: Callable[..., Any], value: Any, context: Any) -> Any:
    """The type of a function of ours that is a constant; what `others` say of any other value."""
    name = getattr(value, "__name__", "")
    if context.purpose is Purpose.constant and _functions._made.get(name) is value:
        return _function_type(name)
    return others(value, context)


@functools.cache
def _function_type(name: str) -> Any:
    # Under a name, not under the ufunc: numba would take that for one whose loop it may merge with
    # its neighbours'. For the CPU, and not for numba's GPU targets.
    template = make_overload_template(
        f"relu_fast.{name}", _overload(FUNCTIONS[name]), {}, True, "never", target="cpu"
    )
    return types.Function(template)


# ---- A call, by the types of its arguments ---------------------------------------


def _overload(function: Function) -> Callable[..., Any]:
    """What numba asks for an implementation, as `numba.extending.overload` takes it."""
    if function.parameter:
        names = (*function.form.inputs, function.parameter.name)
        parameters = ", ".join(names)
    else:
        names = function.arguments
        defaults = {p.name: p.default for p in function.activation.parameters}
        texts = [f"{n}={defaults[n]!r}" if defaults.get(n) is not None else n for n in names]
        parameters = ", ".join([*texts, "out=None"] if function.is_ufunc else texts)
    signature = inspect.signature(eval(f"lambda {parameters}: None"))

    def overload(*arguments: Any, **keywords: Any) -> Any:
        bound = signature.bind(*arguments, **keywords)
        bound.apply_defaults()
        call = _Call(function, {name: bound.arguments[name] for name in names})
        if function.form.kind == "sum":
            lines = call.sum()
        elif function.form.kind == "in_place":
            lines = call.into("x", bound.arguments["x"])
        elif _is_none(bound.arguments["out"]):
            lines = call.fresh()
        else:
            lines = call.into("out", bound.arguments["out"])
        exec("\n    ".join([f"def {function.name}({parameters}):", *lines]), call.namespace)
        return call.namespace[function.name]

    overload.__signature__ = signature  # type: ignore[attr-defined]
    return overload


def _is_none(out: Any) -> bool:
    return out in (None, types.none) or (isinstance(out, types.Omitted) and out.value is None)


def _is_array(type_: Any) -> bool:
    return isinstance(type_, types.Array)


def _dims(type_: Any) -> int:
    return int(type_.ndim) if _is_array(type_) else 0


class _Call:
    """A function with operands of these types, and the lines of Python that implement it."""

    def __init__(self, function: Function, operands: dict[str, Any]) -> None:
        self.function = function
        self.operands = {name: self.checked(name, type_) for name, type_ in operands.items()}
        self.types = list(self.operands.values())
        self.inputs = len(function.form.inputs)
        self.ufunc = _ufunc_of(function)
        self.dims = max(map(_dims, self.types))
        self.loop = self.resolve()
        # What the lines use.
        layouts = {t.layout for t in self.types[: self.inputs] if _dims(t) == self.dims > 0}
        self.namespace: dict[str, Any] = {
            "empty": _empty_fortran if layouts == {"F"} else np.empty,
            "loop": self.loop.type,
            "shape": _shape(self, 0),
        }

    def error(self, text: str) -> TypingError:
        return TypingError(f"{self.function.name}(): {text}")

    def checked(self, name: str, given: Any) -> Any:
        """The type of an operand, if it is that of one."""
        given = given.value if isinstance(given, types.Omitted) else given
        if isinstance(given, float):  # a default
            return types.float64
        given = types.unliteral(given)
        if not _is_array(given) and not isinstance(given, (types.Number, types.Boolean)):
            raise self.error(f"{name} must be an array or a number, not {given}")
        return given

    def resolve(self) -> np.dtype[Any]:
        """The element type that NumPy computes in.

        numba's type of a Python float is float64, of an int int64. Numbers of these types are
        taken as Python's beside arrays, and as parameters; among numbers alone as NumPy's.
        """
        has_array = any(map(_is_array, self.types))
        python = {types.float64: float, types.int64: int}
        ufunc: Any = _functions.make(self.ufunc.name)
        shown = ", ".join(f"{name} = {type_}" for name, type_ in self.operands.items())
        try:
            given = [
                python[type_]
                if type_ in python and (has_array or i >= self.inputs)
                else as_dtype(type_.dtype if _is_array(type_) else type_)
                for i, type_ in enumerate(self.types)
            ]
            if self.function.parameter:  # stands for all
                given += given[-1:] * (ufunc.nin - len(given))
            loop: np.dtype[Any] = ufunc.resolve_dtypes((*given, *[None] * ufunc.nout))[0]
        except (TypeError, NumbaNotImplementedError):
            raise self.error(f"takes real numbers that fit into float64, not {shown}") from None
        if loop == np.float16:
            raise self.error(f"computes {shown} in float16, which numba does not have on the CPU")
        return loop

    def is_plain(self, type_: Any) -> bool:
        """Whether the engine takes an array as it is."""
        return bool(type_.dtype == from_dtype(self.loop) and type_.aligned)

    def given(self) -> tuple[list[str], str]:
        """Lines that convert arrays to the type of the loop, and the operands after them.

        Here and in what follows no tuple holds arrays: numba would count references to them, which
        takes 20 ns a call.
        """
        converted = {
            name: f"{name}_converted"
            for name, type_ in self.operands.items()
            if _is_array(type_) and not self.is_plain(type_)
        }
        lines = [f"{new} = {name}.astype(loop)" for name, new in converted.items()]
        return lines, ", ".join(converted.get(name, name) for name in self.operands)

    def made(self) -> tuple[list[str], str]:
        """Lines that make new arrays, and these."""
        names = [f"made_{i}" for i in range(len(self.function.form.outputs))]
        return [f"{name} = empty(lengths, loop)" for name in names], ", ".join(names)

    def fresh(self) -> list[str]:
        """Into new arrays, or numbers where all operands are or have no dimensions."""
        lines, operands = self.given()
        if self.dims == 0:
            self.namespace["apply_to_numbers"] = _apply_to_numbers(self)
            return [*lines, f"return apply_to_numbers({operands})"]
        making, made = self.made()
        self.namespace["apply"] = _apply(self)
        return [
            *lines,
            f"lengths = shape({operands})",
            *making,
            f"apply(lengths, {operands}, {made})",
            f"return {made}",
        ]

    def into(self, name: str, given: Any) -> list[str]:
        """Into the array of this name, or the tuple of arrays.

        By way of new arrays where it has another type, or overlaps an operand.
        """
        count = len(self.function.form.outputs)
        outs = given if isinstance(given, types.BaseTuple) and count > 1 else (given,)
        if len(outs) != count or not all(map(_is_array, outs)):
            wanted = "an array" if count == 1 else f"a tuple of {count} arrays"
            raise self.error(f"{name} must be {wanted}, not {given}")
        dims = max(self.dims, *map(_dims, outs))
        for out in outs:
            if not out.mutable:
                raise self.error(f"{name} is read-only")
            if out.ndim < dims:
                raise self.error(f"the result has {dims} dimensions, {name} is {given}")
            if not np.can_cast(self.loop, as_dtype(out.dtype), "same_kind"):
                raise self.error(f"the result is {self.loop}, which does not fit {given}")
        is_plain = all(map(self.is_plain, outs))
        names = [name] if count == 1 else [f"out_{i}" for i in range(count)]
        lines, operands = self.given()
        making, made = self.made()
        call = f"apply(lengths, {operands}, {', '.join(names)})"
        self.namespace |= {
            "apply": _apply(self),
            "ndindex": np.ndindex,
            "shape": _shape(self, count),
        }
        return [
            *lines,
            *(f"{names[i]} = out[{i}]" for i in range(count) if count > 1),
            f"lengths = shape({operands}, {', '.join(names)})",
            f"if {f'not {call}' if is_plain else 'True'}:",
            *(f"    {line}" for line in making),
            f"    apply(lengths, {operands}, {made})",
            "    for index in ndindex(lengths):",  # compiles in a tenth of the time of [...] =
            *(f"        {names[i]}[index] = made_{i}[index]" for i in range(count)),
            f"return {name}",
        ]

    def sum(self) -> list[str]:
        """The gradient of a learned parameter, in its shape and type."""
        *_, name = self.operands
        parameter = self.types[-1]
        of = parameter.dtype if _is_array(parameter) else parameter
        is_number = of in (types.float64, types.int64) and not _is_array(parameter)
        result = self.loop if is_number else as_dtype(of)
        if result not in (np.float32, np.float64):
            raise self.error(f"{name} must be float32 or float64, as its gradient is, not {of}")
        self.namespace |= {
            "empty": np.empty,
            "result": result.type,
            "sum_gradient": _sum_gradient(self),
        }
        has_dims = _dims(parameter) > 0
        lines, operands = self.given()
        return [
            *lines,
            f"total = empty({f'{name}.shape' if has_dims else '()'}, result)",
            f"sum_gradient(shape({operands}), {operands}, total)",
            f"return total{'' if has_dims else '[()]'}",
        ]


def _ufunc_of(function: Function) -> Function:
    """The ufunc that has the types of a function, and does its work unless it is a sum."""
    if function.form.kind == "in_place":
        return _functions._same_outputs(function)
    return function if function.is_ufunc else _functions._same_inputs(function)


@register_jitable
def _empty_fortran(lengths, dtype):  # type: ignore[no-untyped-def]
    return np.empty(lengths[::-1], dtype).T


# ---- What numba has no Python for ------------------------------------------------

_BYTE = ir.IntType(8)
_BYTES = _BYTE.as_pointer()
_INT = ir.IntType(32)  # and an enum
_SIZE = ir.IntType(64)
_SIZES = _SIZE.as_pointer()
_OPERAND = ir.LiteralStructType([_BYTES, _SIZES, _INT])  # relu_fast_operand
_OPERANDS = _OPERAND.as_pointer()

_Item = tuple[Any, Any]  # numba's type of a value, and the value


def _intrinsic(count: int) -> Callable[[Callable[..., Any]], Any]:
    """`numba.extending.intrinsic`, which knows no *arguments, of a function with so many."""

    def decorate(definition: Callable[..., Any]) -> Any:
        kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
        names = ("typing", *(f"argument_{i}" for i in range(count)))
        parameters = [inspect.Parameter(name, kind) for name in names]
        definition.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        return intrinsic(definition)

    return decorate


def _shape(call: _Call, outputs: int) -> Any:
    """Makes the shape to which operands broadcast, and which outputs have, if they are given."""
    count = len(call.operands)

    @_intrinsic(count + outputs)
    def shape(_, *arguments):  # type: ignore[no-untyped-def]
        dims = max(map(_dims, arguments))

        def generate(context, builder, signature, values):  # type: ignore[no-untyped-def]
            code = _Code(call, context, builder)
            shapes = [code.lengths(item) for item in zip(signature.args, values, strict=True)]
            lengths, fits = code.broadcast(dims, shapes)
            code.raise_unless(fits, ValueError, "operands could not be broadcast together")
            for own in shapes[count:]:
                for length, wanted in zip(own, lengths, strict=True):
                    same = builder.icmp_signed("==", length, wanted)
                    text = "the output does not have the shape of the result"
                    code.raise_unless(same, ValueError, text)
            return context.make_tuple(builder, signature.return_type, lengths)

        return types.UniTuple(types.intp, dims)(*arguments), generate

    return shape


def _apply(call: _Call) -> Any:
    """Makes relu_fast_apply; False if it refuses, because an output overlaps an operand."""

    @_intrinsic(1 + len(call.operands) + len(call.function.form.outputs))
    def apply(_, lengths, *arguments):  # type: ignore[no-untyped-def]
        def generate(context, builder, signature, values):  # type: ignore[no-untyped-def]
            code = _Code(call, context, builder)
            shape, *items = code.items(signature, values)
            structs = [code.operand(item, shape) for item in items]
            return code.apply(shape, structs, _REFUSE_OVERLAP)

        return types.boolean(lengths, *arguments), generate

    return apply


def _apply_to_numbers(call: _Call) -> Any:
    """Makes relu_fast_apply of operands without dimensions, which returns numbers."""
    loop, count = from_dtype(call.loop), len(call.function.form.outputs)
    result = loop if count == 1 else types.UniTuple(loop, count)

    @_intrinsic(len(call.operands))
    def apply_to_numbers(_, *arguments):  # type: ignore[no-untyped-def]
        def generate(context, builder, signature, values):  # type: ignore[no-untyped-def]
            code = _Code(call, context, builder)
            shape = [_SIZE(1)]  # with one dimension, the engine takes its shortest way
            items = zip(signature.args, values, strict=True)
            structs = [code.operand(item, shape) for item in items]
            slots = [
                cgutils.alloca_once(builder, context.get_data_type(loop)) for _ in range(count)
            ]
            strides = code.array(_SIZE, [_SIZE(0)])
            structs += [code.struct(slot, strides) for slot in slots]
            code.apply(shape, structs, _NO_OVERLAP)
            found = [builder.load(slot) for slot in slots]
            return found[0] if count == 1 else context.make_tuple(builder, result, found)

        return result(*arguments), generate

    return apply_to_numbers


def _sum_gradient(call: _Call) -> Any:
    """Makes relu_fast_sum_gradient, into an array, which comes last."""

    @_intrinsic(2 + len(call.operands))
    def sum_gradient(_, lengths, *arguments):  # type: ignore[no-untyped-def]
        def generate(context, builder, signature, values):  # type: ignore[no-untyped-def]
            code = _Code(call, context, builder)
            shape, *arrays, parameter, (total_type, total) = code.items(signature, values)
            own = code.lengths(parameter)
            own = [_SIZE(1)] * (len(shape) - len(own)) + own
            kept = [builder.icmp_signed("==", a, b) for a, b in zip(own, shape, strict=True)]
            structs = [code.operand(item, shape) for item in arrays]
            takes = [_BYTES, _INT, _SIZES, _BYTES, _OPERANDS, _INT, _BYTES]
            given = [
                code.operation(),
                _INT(len(shape)),
                code.array(_SIZE, shape),
                code.array(_BYTE, [builder.zext(bit, _BYTE) for bit in kept]),
                code.array(_OPERAND, structs),
                _INT(_DTYPE_NUMBERS[as_dtype(total_type.dtype).name]),
                builder.bitcast(code.made(total_type, total).data, _BYTES),
            ]
            failed = builder.call(code.function("sum_gradient", _INT, takes), given)
            done = builder.icmp_signed("==", failed, _INT(0))
            code.raise_unless(done, MemoryError, "no memory for the partial sums")
            return context.get_dummy_value()

        return types.none(lengths, *arguments), generate

    return sum_gradient


class _Code:
    """LLVM's code of a call, which `builder` appends to a function."""

    def __init__(self, call: _Call, context: Any, builder: Any) -> None:
        self.call = call
        self.context = context
        self.builder = builder

    def items(self, signature: Any, values: Any) -> list[Any]:
        """The lengths of a shape, which comes first, and the other items."""
        shape, *others = zip(signature.args, values, strict=True)
        lengths = cgutils.unpack_tuple(self.builder, shape[1], len(shape[0]))
        return [list(lengths), *others]

    def made(self, type_: Any, value: Any) -> Any:
        """An array, with its members as attributes."""
        return self.context.make_array(type_)(self.context, self.builder, value)

    def lengths(self, item: _Item) -> list[Any]:
        """The shape of an array; none of a number."""
        shape = self.made(*item).shape if _dims(item[0]) else None
        return list(cgutils.unpack_tuple(self.builder, shape)) if shape else []

    def broadcast(self, dims: int, shapes: list[list[Any]]) -> tuple[list[Any], Any]:
        """The shape to which these broadcast, and whether they do."""
        builder, one = self.builder, _SIZE(1)
        lengths, fits = [one] * dims, cgutils.true_bit
        for own in shapes:
            for d, length in enumerate(own, dims - len(own)):
                is_one = builder.icmp_signed("==", length, one)
                was_one = builder.icmp_signed("==", lengths[d], one)
                same = builder.icmp_signed("==", length, lengths[d])
                fits = builder.and_(fits, builder.or_(same, builder.or_(is_one, was_one)))
                lengths[d] = builder.select(was_one, length, lengths[d])
        return lengths, fits

    def array(self, type_: Any, values: list[Any]) -> Any:
        """The address of these values on the stack."""
        array = cgutils.alloca_once(self.builder, ir.ArrayType(type_, max(len(values), 1)))
        for i, value in enumerate(values):
            self.builder.store(value, cgutils.gep_inbounds(self.builder, array, 0, i))
        return self.builder.bitcast(array, type_.as_pointer())

    def struct(self, data: Any, strides: Any) -> Any:
        """A relu_fast_operand."""
        dtype = _INT(_DTYPE_NUMBERS[self.call.loop.name])
        struct = _OPERAND(ir.Undefined)
        for i, member in enumerate((self.builder.bitcast(data, _BYTES), strides, dtype)):
            struct = self.builder.insert_value(struct, member, i)
        return struct

    def operand(self, item: _Item, lengths: list[Any]) -> Any:
        """The same of an array of the loop's type, or of a number; broadcast to a shape."""
        builder, (type_, value) = self.builder, item
        strides = [_SIZE(0)] * len(lengths)
        if _is_array(type_):
            array = self.made(type_, value)
            own = zip(self.lengths(item), cgutils.unpack_tuple(builder, array.strides), strict=True)
            for d, (length, stride) in enumerate(own, len(lengths) - type_.ndim):
                is_one = builder.icmp_signed("==", length, _SIZE(1))
                strides[d] = builder.select(is_one, _SIZE(0), stride)
            return self.struct(array.data, self.array(_SIZE, strides))
        loop = from_dtype(self.call.loop)
        if loop == types.float32 and isinstance(type_, types.Integer):  # two steps, as NumPy
            value, type_ = self.context.cast(builder, value, type_, types.float64), types.float64
        number = cgutils.alloca_once_value(builder, self.context.cast(builder, value, type_, loop))
        return self.struct(number, self.array(_SIZE, strides))

    def function(self, name: str, returns: Any, takes: list[Any]) -> Any:
        """A function of relu_fast.h."""
        type_ = ir.FunctionType(returns, takes)
        return cgutils.get_or_insert_function(self.builder.module, type_, f"relu_fast_{name}")

    def apply(self, lengths: list[Any], structs: list[Any], overlap: int) -> Any:
        function = self.function("apply", _INT, [_BYTES, _INT, _SIZES, _OPERANDS, _INT])
        given = [
            self.operation(),
            _INT(len(lengths)),
            self.array(_SIZE, lengths),
            self.array(_OPERAND, structs),
            _INT(overlap),
        ]
        return self.builder.icmp_signed("!=", self.builder.call(function, given), _INT(0))

    def operation(self) -> Any:
        """The operation, which the first call in a process looks up and keeps in a variable."""
        builder, module, dtype = self.builder, self.builder.module, self.call.loop.name
        is_sum = self.call.function.form.kind == "sum"
        name = self.call.function.name if is_sum else self.call.ufunc.name
        symbol = f"relu_fast.{name}.{dtype}"
        variable = module.globals.get(symbol)
        if variable is None:
            variable = cgutils.add_global_variable(module, _BYTES, symbol)
            variable.initializer = _BYTES(None)
            variable.linkage = "internal"
        operation = cgutils.alloca_once_value(builder, builder.load(variable))
        with builder.if_then(cgutils.is_null(builder, builder.load(operation)), likely=False):
            find = self.function("find", _BYTES, [_BYTES, _INT])
            text = self.context.insert_const_string(module, name)
            found = builder.call(find, [text, _INT(_DTYPE_NUMBERS[dtype])])
            exists = cgutils.is_not_null(builder, found)
            self.raise_unless(exists, ImportError, f"not for {dtype} in the relu_fast installed")
            builder.store(found, variable)
            builder.store(found, operation)
        return builder.load(operation)

    def raise_unless(self, condition: Any, error: type[Exception], text: str) -> None:
        with self.builder.if_then(self.builder.not_(condition), likely=False):
            message = f"{self.call.function.name}(): {text}"
            self.context.call_conv.return_user_exc(self.builder, error, (message,))
