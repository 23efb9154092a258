"""ONNX's activations, computed by relu_fast in onnx's own evaluator:

    ReferenceEvaluator(model, new_ops=OPERATORS)

That takes the first class whose ``op_domain`` and name are those of a node, whatever its opset. So
there is one class for all versions of an operator, and the opset of the model decides which
attributes it has and what their defaults are.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any

import ml_dtypes
import numpy as np
import onnx
from numpy.typing import NDArray
from onnx.reference.op_run import OpRun, RefAttrName, RuntimeTypeError
from onnx.reference.ops import load_op

import relu_fast as rf

Array = NDArray[Any]

LARGEST = {  # of each type
    np.float16: 65504.0,
    ml_dtypes.bfloat16: float.fromhex("0x1.fep127"),
    np.float32: float.fromhex("0x1.fffffep127"),
    np.float64: sys.float_info.max,
}
# What a model says where it means our constants: attributes are float32.
SIXTH = float(np.float32(1 / 6))
SELU = (float(np.float32(1.6732632423543772)), float(np.float32(1.0507009873554805)))


class Activation(OpRun):  # type: ignore[misc]
    """An operator: `compute` gets its inputs, as arrays, and its attributes by name.

    An attribute is the number that the model has, a float32, for inputs of every type: not
    rounded to float16, and in float64 not the decimal number that somebody once wrote.
    """

    integers = False  # whether it takes them; they are left to onnx's own operator
    compute: Callable[..., Array]

    def __init__(self, onnx_node: onnx.NodeProto, run_params: dict[str, Any]) -> None:
        name, domain = onnx_node.op_type, onnx_node.domain
        self.version = run_params["opsets"][domain]
        schema = onnx.defs.get_schema(name, self.version, domain)
        for attribute in onnx_node.attribute:
            known = schema.attributes.get(attribute.name)
            if known is None:
                raise ValueError(f"{name} of opset {self.version} has no {attribute.name!r}")
            if attribute.type != known.type.value:
                raise ValueError(f"{name}: {attribute.name!r} must be a {known.type.name}")
        super().__init__(onnx_node, run_params, schema)
        names = self.attributes_names_ - {"consumed_inputs"}
        self.attributes = {name: number(getattr(self, name)) for name in names}

    def run(
        self, *inputs: Array | None, linked_attributes: dict[str, Any] | None = None
    ) -> tuple[Array]:
        """Do what OpRun's does, in less time: most arrays in a model are small."""
        attributes = self.attributes
        if linked_attributes is not None:  # those of the function that has this node
            attributes = {
                name: number(linked_attributes[v.name]) if isinstance(v, RefAttrName) else v
                for name, v in attributes.items()
            }
        return self._run(*inputs, **attributes)

    def _run(self, x: Any, *others: Array | None, **attributes: Any) -> tuple[Array]:
        dtype = getattr(x, "dtype", None)
        kind = getattr(dtype, "type", type(x))  # of a list, list
        for other in others:
            if other is not None and other.dtype != dtype:
                raise RuntimeTypeError(f"{self.op_type}: inputs of {dtype} and {other.dtype}")
        if self.integers and issubclass(kind, np.integer):
            return self.onnx_computes(x, *others, **attributes)
        if kind not in LARGEST:
            raise RuntimeTypeError(f"{self.op_type}: an input of {kind.__name__}")
        y = self.compute(x if x.ndim else x[None], *others, **attributes)
        return (y if x.ndim else y[0, ...],)

    def onnx_computes(self, *inputs: Array | None, **attributes: Any) -> tuple[Array]:
        """Return what onnx's own operator returns, for what our functions do not define."""
        own = load_op(self.domain, self.op_type, self.version)
        results: tuple[Array] = own(self.onnx_node, self.run_params)._run(*inputs, **attributes)
        return results


def number(attribute: Any) -> Any:
    """Return a number as Python has it, which our fast path takes with arrays of any type."""
    return float(attribute) if isinstance(attribute, np.float32) else attribute


def in_steps(formula: Callable[..., Array], *arrays: Array) -> Array:
    """Return formula(*arrays) for one that rounds more than once: half types go by float32."""
    dtype = arrays[0].dtype
    if dtype.itemsize > 2:
        return formula(*arrays)
    return formula(*(array.astype(np.float32) for array in arrays)).astype(dtype)


# ---- Each -------------------------------------------------------------------------


class Celu(Activation):
    def compute(self, x: Array, alpha: float) -> Array:
        if not 0 < alpha < math.inf:
            return self.onnx_computes(x, alpha=alpha)[0]
        return rf.celu(x, alpha)


class Clip(Activation):
    """Of opset 11 and later, the bounds are inputs; before, attributes."""

    integers = True

    def compute(
        self,
        x: Array,
        low: Array | None = None,
        high: Array | None = None,
        **attributes: float | None,
    ) -> Array:
        largest = LARGEST[x.dtype.type]  # the bound where there is none: of inf, too
        least = scalar(low, attributes.get("min"), -largest)
        return rf.hardtanh(x, least, scalar(high, attributes.get("max"), largest))


def scalar(bound: Array | None, attribute: float | None, default: float) -> float:
    if bound is None:
        return default if attribute is None else attribute
    if bound.size != 1:
        raise ValueError(f"Clip: min and max must be scalars, not of shape {bound.shape}")
    return float(bound.item())


class Gelu(Activation):
    def compute(self, x: Array, approximate: str) -> Array:
        forms = {"none": rf.gelu, "tanh": rf.gelu_tanh}
        if approximate not in forms:
            raise ValueError(f"Gelu: 'approximate' must be 'none' or 'tanh', not {approximate!r}")
        return forms[approximate](x)


class HardSigmoid(Activation):
    def compute(self, x: Array, alpha: float, beta: float) -> Array:
        if (alpha, beta) == (SIXTH, 0.5) and x.dtype != np.float64:
            return rf.hardsigmoid(x)

        def clipped_line(x: Array) -> Array:
            y = x * alpha
            y += beta
            return rf.hardtanh(y, 0.0, 1.0, out=y)

        return in_steps(clipped_line, x)


class PRelu(Activation):
    integers = True

    def compute(self, x: Array, slope: Array) -> Array:
        if self.version < 7 and slope.ndim == 1 and slope.size > 1:  # one for each channel
            slope = slope.reshape(-1, *[1] * (x.ndim - 2))
        try:
            shape = np.broadcast_shapes(x.shape, slope.shape)
        except ValueError:
            shape = None
        if shape != x.shape:
            raise ValueError(f"PRelu: slopes of shape {slope.shape} for an input of {x.shape}")
        return rf.prelu(x, slope)


class Relu(Activation):
    integers = True

    def compute(self, x: Array) -> Array:
        return rf.relu(x)


class Selu(Activation):
    def compute(self, x: Array, alpha: float, gamma: float) -> Array:
        if (alpha, gamma) == SELU and x.dtype != np.float64:
            return rf.selu(x)

        def scaled(x: Array) -> Array:
            y = rf.elu(x, alpha)
            y *= gamma
            return y

        return in_steps(scaled, x)


class Shrink(Activation):
    integers = True

    def compute(self, x: Array, lambd: float, bias: float) -> Array:
        if not lambd >= 0:
            return self.onnx_computes(x, lambd=lambd, bias=bias)[0]
        if bias == 0:
            return rf.hardshrink(x, lambd)
        if bias == lambd:
            return rf.softshrink(x, lambd)

        def shrunk(x: Array) -> Array:
            y = rf.hardshrink(x, lambd)
            y -= bias * np.sign(y)
            return y

        return in_steps(shrunk, x)


class SwiGLU(Activation):
    def compute(self, gate: Array, up: Array, alpha: float) -> Array:
        if gate.shape != (up.shape or (1,)):
            raise ValueError(f"SwiGLU: inputs of different shapes, {gate.shape} and {up.shape}")
        if alpha == 1:
            return rf.swiglu(gate, up)
        return in_steps(lambda gate, up: rf.silu(gate, alpha) * up, gate, up)


class Swish(Activation):
    def compute(self, x: Array, alpha: float) -> Array:
        return rf.silu(x, alpha)


class ThresholdedRelu(Activation):
    def compute(self, x: Array, alpha: float) -> Array:
        return rf.threshold(x, alpha, 0.0)


# ---- All of them -----------------------------------------------------------------

SAME = {  # the operator's attributes are our parameters
    "Elu": rf.elu,
    "HardSwish": rf.hardswish,
    "LeakyRelu": rf.leaky_relu,
    "Mish": rf.mish,
    "Sigmoid": rf.sigmoid,
    "Softplus": rf.softplus,
    "Softsign": rf.softsign,
    "Tanh": rf.tanh,
}
OPERATORS = [
    *(type(name, (Activation,), {"compute": staticmethod(f)}) for name, f in SAME.items()),
    *(Celu, Clip, Gelu, HardSigmoid, PRelu, Relu, Selu, Shrink, SwiGLU, Swish, ThresholdedRelu),
]
