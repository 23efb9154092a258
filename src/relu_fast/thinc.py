"""The activations in thinc, the machine-learning library of spaCy.

After ``import relu_fast.thinc``, ``with thinc.api.use_ops("relu_fast"):`` computes with NumPy as
thinc does, and the activations here. Tried with thinc 9.1; ``pip install thinc``.
"""

from typing import Any

from thinc.api import NumpyOps, registry
from thinc.types import Floats2d, FloatsXdT

import relu_fast as rf

__all__ = ["ReluFastOps"]


def _value(ufunc: Any, X: Any, inplace: bool) -> Any:
    return ufunc(X, out=X) if inplace else ufunc(X)


def _check_shapes(dY: Any, X: Any) -> None:
    if dY.shape != X.shape:
        raise ValueError(f"arrays have incompatible shapes: {dY.shape} and {X.shape}")


def _gradient(ufunc: Any, dY: Any, X: Any, inplace: bool) -> Any:
    _check_shapes(dY, X)
    return ufunc(dY, X, out=dY) if inplace else ufunc(dY, X)


@registry.ops("relu_fast")
class ReluFastOps(NumpyOps):  # type: ignore[misc]
    """Operations of thinc on NumPy's arrays, with the activations of relu_fast."""

    name = "relu_fast"

    def relu(self, X: Floats2d, inplace: bool = False) -> Floats2d:
        return _value(rf.relu, X, inplace)

    def backprop_relu(self, dY: Floats2d, Y: Floats2d, inplace: bool = False) -> Floats2d:
        return _gradient(rf.relu_backward, dY, Y, inplace)

    def relu_k(self, X: FloatsXdT, n: float = 6.0, inplace: bool = False) -> FloatsXdT:
        return _value(rf.relu6, X, inplace) if n == 6 else super().relu_k(X, n, inplace)

    def backprop_relu_k(
        self, dY: FloatsXdT, X: FloatsXdT, n: float = 6.0, inplace: bool = False
    ) -> FloatsXdT:
        if n == 6:
            return _gradient(rf.relu6_backward, dY, X, inplace)
        return super().backprop_relu_k(dY, X, n, inplace)

    def hard_tanh(self, X: FloatsXdT, inplace: bool = False) -> FloatsXdT:
        return _value(rf.hardtanh, X, inplace)

    def backprop_hard_tanh(self, dY: FloatsXdT, X: FloatsXdT, inplace: bool = False) -> FloatsXdT:
        return _gradient(rf.hardtanh_backward, dY, X, inplace)

    def sigmoid(self, X: FloatsXdT, *, inplace: bool = False) -> FloatsXdT:
        return _value(rf.sigmoid, X, inplace)

    def backprop_sigmoid(self, dY: FloatsXdT, Y: FloatsXdT, *, inplace: bool = False) -> FloatsXdT:
        # In place thinc stores it in Y.
        return rf.sigmoid_backward_from_result(dY, Y, out=Y if inplace else None)

    def swish(self, X: FloatsXdT, inplace: bool = False) -> FloatsXdT:
        return _value(rf.silu, X, inplace)

    def backprop_swish(
        self, dY: FloatsXdT, X: FloatsXdT, Y: FloatsXdT, inplace: bool = False
    ) -> FloatsXdT:
        _check_shapes(dY, Y)
        return _gradient(rf.silu_backward, dY, X, inplace)

    def hard_swish_mobilenet(self, X: FloatsXdT, inplace: bool = False) -> FloatsXdT:
        return _value(rf.hardswish, X, inplace)

    def backprop_hard_swish_mobilenet(
        self, dY: FloatsXdT, X: FloatsXdT, inplace: bool = False
    ) -> FloatsXdT:
        return _gradient(rf.hardswish_backward, dY, X, inplace)

    def gelu(self, X: FloatsXdT, inplace: bool = False) -> FloatsXdT:
        return _value(rf.gelu, X, inplace)

    def backprop_gelu(self, dY: FloatsXdT, X: FloatsXdT, inplace: bool = False) -> FloatsXdT:
        return _gradient(rf.gelu_backward, dY, X, inplace)

    def gelu_approx(self, X: FloatsXdT, inplace: bool = False) -> FloatsXdT:
        return _value(rf.gelu_tanh, X, inplace)

    def backprop_gelu_approx(self, dY: FloatsXdT, X: FloatsXdT, inplace: bool = False) -> FloatsXdT:
        return _gradient(rf.gelu_tanh_backward, dY, X, inplace)

    def mish(self, X: FloatsXdT, threshold: float = 20.0, inplace: bool = False) -> FloatsXdT:
        # From 20 on mish(x) is x, to float32, as thinc has it.
        return (
            _value(rf.mish, X, inplace) if threshold == 20 else super().mish(X, threshold, inplace)
        )

    def backprop_mish(
        self, dY: FloatsXdT, X: Floats2d, threshold: float = 20.0, inplace: bool = False
    ) -> FloatsXdT:
        if threshold == 20:
            return _gradient(rf.mish_backward, dY, X, inplace)
        return super().backprop_mish(dY, X, threshold, inplace)
