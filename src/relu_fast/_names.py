# Made by tools/update.py.
"""The functions, for tools that read no stubs.  Nothing that runs imports this."""

from collections.abc import Callable as _Callable
from typing import Any as _Any

import numpy as _np

relu: _np.ufunc
relu_: _Callable[..., _Any]
relu_grad: _np.ufunc
relu_backward: _np.ufunc
relu_value_and_grad: _np.ufunc
relu6: _np.ufunc
relu6_: _Callable[..., _Any]
relu6_grad: _np.ufunc
relu6_backward: _np.ufunc
relu6_value_and_grad: _np.ufunc
relu_squared: _np.ufunc
relu_squared_: _Callable[..., _Any]
relu_squared_grad: _np.ufunc
relu_squared_backward: _np.ufunc
relu_squared_value_and_grad: _np.ufunc
leaky_relu: _np.ufunc
leaky_relu_: _Callable[..., _Any]
leaky_relu_grad: _np.ufunc
leaky_relu_backward: _np.ufunc
leaky_relu_value_and_grad: _np.ufunc
prelu: _np.ufunc
prelu_: _Callable[..., _Any]
prelu_grad: _np.ufunc
prelu_backward: _np.ufunc
prelu_value_and_grad: _np.ufunc
prelu_alpha_backward: _Callable[..., _Any]
elu: _np.ufunc
elu_: _Callable[..., _Any]
elu_grad: _np.ufunc
elu_backward: _np.ufunc
elu_value_and_grad: _np.ufunc
elu_backward_from_result: _np.ufunc
elu_alpha_backward: _Callable[..., _Any]
selu: _np.ufunc
selu_: _Callable[..., _Any]
selu_grad: _np.ufunc
selu_backward: _np.ufunc
selu_value_and_grad: _np.ufunc
selu_backward_from_result: _np.ufunc
celu: _np.ufunc
celu_: _Callable[..., _Any]
celu_grad: _np.ufunc
celu_backward: _np.ufunc
celu_value_and_grad: _np.ufunc
celu_backward_from_result: _np.ufunc
threshold: _np.ufunc
threshold_: _Callable[..., _Any]
threshold_grad: _np.ufunc
threshold_backward: _np.ufunc
threshold_value_and_grad: _np.ufunc
hardswish: _np.ufunc
hardswish_: _Callable[..., _Any]
hardswish_grad: _np.ufunc
hardswish_backward: _np.ufunc
hardswish_value_and_grad: _np.ufunc
softplus: _np.ufunc
softplus_: _Callable[..., _Any]
softplus_grad: _np.ufunc
softplus_backward: _np.ufunc
softplus_value_and_grad: _np.ufunc
log_sigmoid: _np.ufunc
log_sigmoid_: _Callable[..., _Any]
log_sigmoid_grad: _np.ufunc
log_sigmoid_backward: _np.ufunc
log_sigmoid_value_and_grad: _np.ufunc
silu: _np.ufunc
silu_: _Callable[..., _Any]
silu_grad: _np.ufunc
silu_backward: _np.ufunc
silu_value_and_grad: _np.ufunc
mish: _np.ufunc
mish_: _Callable[..., _Any]
mish_grad: _np.ufunc
mish_backward: _np.ufunc
mish_value_and_grad: _np.ufunc
gelu: _np.ufunc
gelu_: _Callable[..., _Any]
gelu_grad: _np.ufunc
gelu_backward: _np.ufunc
gelu_value_and_grad: _np.ufunc
gelu_tanh: _np.ufunc
gelu_tanh_: _Callable[..., _Any]
gelu_tanh_grad: _np.ufunc
gelu_tanh_backward: _np.ufunc
gelu_tanh_value_and_grad: _np.ufunc
quick_gelu: _np.ufunc
quick_gelu_: _Callable[..., _Any]
quick_gelu_grad: _np.ufunc
quick_gelu_backward: _np.ufunc
quick_gelu_value_and_grad: _np.ufunc
squareplus: _np.ufunc
squareplus_: _Callable[..., _Any]
squareplus_grad: _np.ufunc
squareplus_backward: _np.ufunc
squareplus_value_and_grad: _np.ufunc
hardtanh: _np.ufunc
hardtanh_: _Callable[..., _Any]
hardtanh_grad: _np.ufunc
hardtanh_backward: _np.ufunc
hardtanh_value_and_grad: _np.ufunc
hardsigmoid: _np.ufunc
hardsigmoid_: _Callable[..., _Any]
hardsigmoid_grad: _np.ufunc
hardsigmoid_backward: _np.ufunc
hardsigmoid_value_and_grad: _np.ufunc
sigmoid: _np.ufunc
sigmoid_: _Callable[..., _Any]
sigmoid_grad: _np.ufunc
sigmoid_backward: _np.ufunc
sigmoid_value_and_grad: _np.ufunc
sigmoid_backward_from_result: _np.ufunc
tanh: _np.ufunc
tanh_: _Callable[..., _Any]
tanh_grad: _np.ufunc
tanh_backward: _np.ufunc
tanh_value_and_grad: _np.ufunc
tanh_backward_from_result: _np.ufunc
softsign: _np.ufunc
softsign_: _Callable[..., _Any]
softsign_grad: _np.ufunc
softsign_backward: _np.ufunc
softsign_value_and_grad: _np.ufunc
hardshrink: _np.ufunc
hardshrink_: _Callable[..., _Any]
hardshrink_grad: _np.ufunc
hardshrink_backward: _np.ufunc
hardshrink_value_and_grad: _np.ufunc
softshrink: _np.ufunc
softshrink_: _Callable[..., _Any]
softshrink_grad: _np.ufunc
softshrink_backward: _np.ufunc
softshrink_value_and_grad: _np.ufunc
tanhshrink: _np.ufunc
tanhshrink_: _Callable[..., _Any]
tanhshrink_grad: _np.ufunc
tanhshrink_backward: _np.ufunc
tanhshrink_value_and_grad: _np.ufunc
reglu: _np.ufunc
reglu_backward: _np.ufunc
geglu: _np.ufunc
geglu_backward: _np.ufunc
swiglu: _np.ufunc
swiglu_backward: _np.ufunc
