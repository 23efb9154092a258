"""The peers with arrays of their own: PyTorch, ONNX Runtime, JAX and TensorFlow."""

from __future__ import annotations

import functools
import os
from typing import ClassVar

import numpy as np

from .forms import GIVEN, NEW
from .peer import NotOfferedError, Peer


class PyTorch(Peer):
    """The functions that its users call, and for gradients the kernels that autograd calls.

    To these it gives what it has kept: of sigmoid and tanh the result.
    """

    name, package = "PyTorch", "torch"
    table: ClassVar = {
        "relu": {
            "fresh": "F.relu(x)",
            "out": "torch.clamp(x, min=0, out=y)",
            "inplace": "F.relu_(x)",
            "backward": "aten.threshold_backward(g, x, 0)",
            "backward-out": "aten.threshold_backward.grad_input(g, x, 0, grad_input=y)",
        },
        "leaky_relu": {
            "fresh": "F.leaky_relu(x)",
            "out": "torch._C._nn.leaky_relu(x, 0.01, out=y)",
            "inplace": "F.leaky_relu_(x)",
            "backward": "aten.leaky_relu_backward(g, x, 0.01, False)",
            "backward-out": "aten.leaky_relu_backward.grad_input(g, x, 0.01, False, grad_input=y)",
        },
        "prelu": {
            "fresh": "F.prelu(x, alpha)",
            "gradients": "prelu_gradients(g, x, alpha)",
        },
        "elu": {
            "fresh": "F.elu(x)",
            "out": "torch._C._nn.elu(x, 1.0, out=y)",
            "inplace": "F.elu_(x)",
            "backward": "aten.elu_backward(g, 1.0, 1.0, 1.0, False, x)",
            "backward-out": (
                "aten.elu_backward.grad_input(g, 1.0, 1.0, 1.0, False, x, grad_input=y)"
            ),
        },
        "relu6": {
            "fresh": "F.relu6(x)",
            "out": "torch.clamp(x, 0, 6, out=y)",
            "inplace": "F.relu6(x, inplace=True)",
            "backward": "aten.hardtanh_backward(g, x, 0, 6)",
            "backward-out": "aten.hardtanh_backward.grad_input(g, x, 0, 6, grad_input=y)",
        },
        "relu_squared": {
            "fresh": "torch.square(F.relu(x))",
            "out": "torch.clamp(x, min=0, out=y).square_()",
            "inplace": "F.relu_(x).square_()",
        },
        "threshold": {
            "fresh": "F.threshold(x, 0.5, -2)",
            "out": "aten.threshold.out(x, 0.5, -2, out=y)",
            "inplace": "F.threshold_(x, 0.5, -2)",
            "backward": "aten.threshold_backward(g, x, 0.5)",
            "backward-out": "aten.threshold_backward.grad_input(g, x, 0.5, grad_input=y)",
        },
        "hardtanh": {
            "fresh": "F.hardtanh(x)",
            "out": "torch._C._nn.hardtanh(x, -1, 1, out=y)",
            "inplace": "F.hardtanh_(x)",
            "backward": "aten.hardtanh_backward(g, x, -1, 1)",
            "backward-out": "aten.hardtanh_backward.grad_input(g, x, -1, 1, grad_input=y)",
        },
        "hardshrink": {
            "fresh": "F.hardshrink(x)",
            "out": "aten.hardshrink.out(x, 0.5, out=y)",
            "backward": "aten.hardshrink_backward(g, x, 0.5)",
            "backward-out": "aten.hardshrink_backward.grad_input(g, x, 0.5, grad_input=y)",
        },
        "softshrink": {
            "fresh": "F.softshrink(x)",
            "out": "torch._C._nn.softshrink(x, 0.5, out=y)",
            "backward": "aten.softshrink_backward(g, x, 0.5)",
            "backward-out": "aten.softshrink_backward.grad_input(g, x, 0.5, grad_input=y)",
        },
        "selu": {
            "fresh": "F.selu(x)",
            "inplace": "F.selu_(x)",
        },
        "celu": {
            "fresh": "F.celu(x)",
            "inplace": "F.celu_(x)",
        },
        "hardsigmoid": {
            "fresh": "F.hardsigmoid(x)",
            "out": "torch._C._nn.hardsigmoid(x, out=y)",
            "inplace": "torch._C._nn.hardsigmoid_(x)",
            "backward": "aten.hardsigmoid_backward(g, x)",
            "backward-out": "aten.hardsigmoid_backward.grad_input(g, x, grad_input=y)",
        },
        "hardswish": {
            "fresh": "F.hardswish(x)",
            "out": "torch._C._nn.hardswish(x, out=y)",
            "inplace": "torch._C._nn.hardswish_(x)",
            "backward": "aten.hardswish_backward(g, x)",
        },
        "softsign": {
            "fresh": "F.softsign(x)",
        },
        "sigmoid": {
            "fresh": "torch.sigmoid(x)",
            "out": "torch.sigmoid(x, out=y)",
            "inplace": "torch.sigmoid_(x)",
            "backward": "aten.sigmoid_backward(g, kept)",
            "backward-out": "aten.sigmoid_backward.grad_input(g, kept, grad_input=y)",
        },
        "tanh": {
            "fresh": "torch.tanh(x)",
            "out": "torch.tanh(x, out=y)",
            "inplace": "torch.tanh_(x)",
            "backward": "aten.tanh_backward(g, kept)",
            "backward-out": "aten.tanh_backward.grad_input(g, kept, grad_input=y)",
        },
        "tanhshrink": {
            "fresh": "F.tanhshrink(x)",
        },
        "softplus": {
            "fresh": "F.softplus(x)",
            "out": "torch._C._nn.softplus(x, out=y)",
            "backward": "aten.softplus_backward(g, x, 1, 20)",
            "backward-out": "aten.softplus_backward.grad_input(g, x, 1, 20, grad_input=y)",
        },
        "log_sigmoid": {
            "fresh": "F.logsigmoid(x)",
            "out": "torch._C._nn.log_sigmoid(x, out=y)",
            "backward": "aten.log_sigmoid_backward(g, x, kept)",
            "backward-out": "aten.log_sigmoid_backward.grad_input(g, x, kept, grad_input=y)",
        },
        "silu": {
            "fresh": "F.silu(x)",
            "out": "torch._C._nn.silu(x, out=y)",
            "inplace": "F.silu(x, inplace=True)",
            "backward": "aten.silu_backward(g, x)",
            "backward-out": "aten.silu_backward.grad_input(g, x, grad_input=y)",
        },
        "mish": {
            "fresh": "F.mish(x)",
            "out": "torch._C._nn.mish(x, out=y)",
            "inplace": "F.mish(x, inplace=True)",
            "backward": "aten.mish_backward(g, x)",
        },
        "gelu": {
            "fresh": "F.gelu(x)",
            "out": "torch._C._nn.gelu(x, out=y)",
            "inplace": "torch._C._nn.gelu_(x)",
            "backward": "aten.gelu_backward(g, x)",
            "backward-out": "aten.gelu_backward.grad_input(g, x, grad_input=y)",
        },
        "gelu_tanh": {
            "fresh": "F.gelu(x, approximate='tanh')",
            "out": "torch._C._nn.gelu(x, approximate='tanh', out=y)",
            "inplace": "torch._C._nn.gelu_(x, approximate='tanh')",
            "backward": "aten.gelu_backward(g, x, approximate='tanh')",
            "backward-out": (
                "aten.gelu_backward.grad_input(g, x, approximate='tanh', grad_input=y)"
            ),
        },
        "quick_gelu": {
            "fresh": "x * torch.sigmoid(1.702 * x)",
        },
    }

    def set_threads(self, count):
        import torch

        torch.set_num_threads(count)

    def take(self, array):
        import torch

        if any(stride < 0 for stride in array.strides):
            raise NotOfferedError("no negative strides")
        return torch.from_numpy(array)

    def parameter(self, value, data):
        return self.take(np.atleast_1d(data.dtype.type(value)).ravel())

    def names(self, cell, data):
        import torch

        aten = torch.ops.aten

        def prelu_gradients(g, x, alpha):
            alpha = alpha.reshape(-1, 1, 1)
            by_x, by_alpha = aten._prelu_kernel_backward(g, x, alpha)
            return by_x, by_alpha.sum_to_size(alpha.shape)

        names = {
            "torch": torch,
            "F": torch.nn.functional,
            "aten": aten,
            "prelu_gradients": prelu_gradients,
        }
        keep = {
            "sigmoid": torch.sigmoid,
            "tanh": torch.tanh,
            "log_sigmoid": lambda x: aten.log_sigmoid_forward(x)[1],
        }.get(cell.function)
        if keep and "g" in cell.inputs:
            names["kept"] = keep(self.take(data.x))
        return names


MICROSOFT = "com.microsoft"  # the domain of its own operators


class OnnxRuntime(Peer):
    """A model of one node; its output a new array, or bound to a given one."""

    name, package = "ONNX Runtime", "onnxruntime"
    table: ClassVar = {
        "relu": ("Relu", {}),
        "leaky_relu": ("LeakyRelu", {"alpha": 0.01}),
        "prelu": ("PRelu", {}),
        "elu": ("Elu", {}),
        "hardshrink": ("Shrink", {"lambd": 0.5}),
        "softshrink": ("Shrink", {"lambd": 0.5, "bias": 0.5}),
        "selu": ("Selu", {}),
        "celu": ("Celu", {}),
        "hardsigmoid": ("HardSigmoid", {"alpha": 1 / 6}),
        "hardswish": ("HardSwish", {}),
        "softsign": ("Softsign", {}),
        "sigmoid": ("Sigmoid", {}),
        "tanh": ("Tanh", {}),
        "softplus": ("Softplus", {}),
        "mish": ("Mish", {}),
        "gelu": ("Gelu", {}),
        "gelu_tanh": ("Gelu", {"approximate": "tanh"}),
        # What it makes of a Sigmoid and a Mul.
        "silu": ("QuickGelu", {"alpha": 1.0, "domain": MICROSOFT}),
        "quick_gelu": ("QuickGelu", {"alpha": 1.702, "domain": MICROSOFT}),
    }
    calls: ClassVar = {
        NEW: "session.run(None, inputs)",
        GIVEN: "session.run_with_iobinding(binding)",
    }

    def make_statement(self, cell, line):
        return self.calls.get(cell.result) if cell.outputs == ("y",) else None

    @classmethod
    def installed(cls):
        import importlib.util

        return super().installed() and importlib.util.find_spec("onnx") is not None

    def namespace(self, cell, data):
        import onnxruntime

        if not (data.x.flags.c_contiguous and data.y.flags.c_contiguous):
            raise NotOfferedError("no strides")
        inputs = {"x": data.x}
        for parameter in cell.parameters:
            value = data.parameter(parameter.typical)
            inputs[parameter.name] = np.atleast_1d(data.dtype.type(value))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = cell.threads
        options.log_severity_level = 3
        try:
            session = onnxruntime.InferenceSession(
                _model(*self.table[cell.function], cell.arguments, cell.dtype),
                options,
                providers=["CPUExecutionProvider"],
            )
        except Exception as error:  # its exceptions have no public base class
            if "NOT_IMPLEMENTED" in str(error):
                raise NotOfferedError(f"no {cell.function} for {cell.dtype}") from None
            raise
        binding = session.io_binding()
        values = {
            name: onnxruntime.OrtValue.ortvalue_from_numpy(array)
            for name, array in (inputs | {"y": data.y}).items()
        }
        for name in inputs:
            binding.bind_ortvalue_input(name, values[name])
        binding.bind_ortvalue_output("y", values["y"])
        return {"session": session, "inputs": inputs, "binding": binding, "values": values}


def _model(kind, attributes, inputs, dtype):
    from onnx import helper

    element = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    graph = helper.make_graph(
        [helper.make_node(kind, inputs, ["y"], **attributes)],
        kind,
        [helper.make_tensor_value_info(name, element, None) for name in inputs],
        [helper.make_tensor_value_info("y", element, None)],
    )
    # Not the newest versions, which an older ONNX Runtime would refuse.
    opsets = [helper.make_opsetid("", 20 if kind == "Gelu" else 18)]
    opsets.append(helper.make_opsetid(MICROSOFT, 1))
    model = helper.make_model(graph, opset_imports=opsets, ir_version=9)
    return model.SerializeToString()


class Jax(Peer):
    """Compiled functions.  Its arrays are immutable: each result is a new one."""

    name, package, vjp = "JAX", "jax", "jax.vjp"
    table: ClassVar = {
        "relu": "jax.nn.relu(x)",
        "leaky_relu": "jax.nn.leaky_relu(x)",
        "prelu": "jnp.where(x > 0, x, alpha * x)",
        "elu": "jax.nn.elu(x)",
        "relu6": "jax.nn.relu6(x)",
        "relu_squared": "jnp.square(jax.nn.relu(x))",
        "threshold": "jnp.where(x > threshold, x, value)",
        "hardtanh": "jax.nn.hard_tanh(x)",
        "hardshrink": "jnp.where(jnp.abs(x) > 0.5, x, 0)",
        "softshrink": "x - jnp.clip(x, -0.5, 0.5)",
        "selu": "jax.nn.selu(x)",
        "celu": "jax.nn.celu(x)",
        "hardsigmoid": "jax.nn.hard_sigmoid(x)",
        "hardswish": "jax.nn.hard_swish(x)",
        "softsign": "jax.nn.soft_sign(x)",
        "squareplus": "jax.nn.squareplus(x)",
        "sigmoid": "jax.nn.sigmoid(x)",
        "tanh": "jnp.tanh(x)",
        "tanhshrink": "x - jnp.tanh(x)",
        "softplus": "jax.nn.softplus(x)",
        "log_sigmoid": "jax.nn.log_sigmoid(x)",
        "silu": "jax.nn.silu(x)",
        "mish": "jax.nn.mish(x)",
        "gelu": "jax.nn.gelu(x, approximate=False)",
        "gelu_tanh": "jax.nn.gelu(x)",
        "quick_gelu": "x * jax.nn.sigmoid(1.702 * x)",
    }

    def __init__(self):
        self.count = None

    def make_statement(self, cell, line):
        if cell.result != NEW:
            return None
        call = f"{self.called(cell)}({', '.join(cell.arguments)})"
        if len(cell.outputs) == 1:
            return f"{call}.block_until_ready()"
        return f"jax.block_until_ready({call})"

    @staticmethod
    def called(cell):
        """Not the function's name alone, which may be that of a parameter: threshold."""
        return f"jit_{cell.ufunc.name if len(cell.outputs) == 1 else cell.function + '_gradients'}"

    def set_threads(self, count):
        if count == self.count:
            return
        os.environ.setdefault("JAX_PLATFORMS", "cpu")
        os.environ["NPROC"] = str(count)  # read when the backend starts: so it must start anew
        import jax
        import jax.extend

        jax.config.update("jax_enable_x64", True)
        jax.extend.backend.clear_backends()
        _jitted.cache_clear()
        self.count = count

    def take(self, array):
        import jax

        if not array.flags.c_contiguous:
            raise NotOfferedError("no strides")
        return jax.dlpack.from_dlpack(array)

    def names(self, cell, data):
        import jax

        parameters = tuple(parameter.name for parameter in cell.parameters)
        function = _jitted(self.table[cell.function], parameters, cell.outputs)
        return {"jax": jax, self.called(cell): function}


@functools.cache
def _jitted(expression, parameters, outputs):
    import jax
    import jax.numpy as jnp

    function = eval(
        f"lambda {', '.join(['x', *parameters])}: {expression}", {"jax": jax, "jnp": jnp}
    )
    if outputs == ("y",):
        return jax.jit(function)
    if outputs == ("dx",):
        return jax.jit(lambda g, x, *others: jax.vjp(lambda x: function(x, *others), x)[1](g)[0])
    return jax.jit(lambda g, *others: jax.vjp(function, *others)[1](g))


class TensorFlow(Peer):
    """Eager functions.  Only their errors are measured: it sets its threads once and for all."""

    name, package, vjp = "TensorFlow", "tensorflow", "tf.GradientTape"
    table: ClassVar = {
        "relu": "tf.nn.relu(x)",
        "leaky_relu": "tf.nn.leaky_relu(x, 0.01)",
        "prelu": "tf.where(x > 0, x, alpha * x)",
        "elu": "tf.nn.elu(x)",
        "relu6": "tf.nn.relu6(x)",
        "relu_squared": "tf.square(tf.nn.relu(x))",
        "threshold": "tf.where(x > threshold, x, value)",
        "hardtanh": "tf.clip_by_value(x, -1, 1)",
        "hardshrink": "tf.keras.activations.hard_shrink(x)",
        "softshrink": "tf.keras.activations.soft_shrink(x)",
        "selu": "tf.nn.selu(x)",
        "celu": "tf.keras.activations.celu(x)",
        "hardsigmoid": "tf.keras.activations.hard_sigmoid(x)",
        "hardswish": "tf.keras.activations.hard_silu(x)",
        "softsign": "tf.nn.softsign(x)",
        "squareplus": "tf.keras.activations.squareplus(x)",
        "sigmoid": "tf.sigmoid(x)",
        "tanh": "tf.tanh(x)",
        "tanhshrink": "tf.keras.activations.tanh_shrink(x)",
        "softplus": "tf.nn.softplus(x)",
        "log_sigmoid": "tf.math.log_sigmoid(x)",
        "silu": "tf.nn.silu(x)",
        "mish": "tf.keras.activations.mish(x)",
        "gelu": "tf.nn.gelu(x)",
        "gelu_tanh": "tf.nn.gelu(x, approximate=True)",
        "quick_gelu": "x * tf.sigmoid(1.702 * x)",
    }

    @classmethod
    def installed(cls):
        os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # read when it is imported
        return super().installed()

    @property
    def version(self):
        import tensorflow

        return tensorflow.__version__

    def make_statement(self, cell, line):
        if cell.result != NEW or len(cell.outputs) > 1:
            return None
        return line if cell.outputs == ("y",) else "gradient(g, x)"

    def take(self, array):
        import tensorflow

        return tensorflow.convert_to_tensor(array)

    def names(self, cell, data):
        import tensorflow as tf

        parameters = {parameter.name: parameter.typical for parameter in cell.parameters}
        function = eval(f"lambda x: {self.table[cell.function]}", {"tf": tf, **parameters})

        def gradient(g, x):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = function(x)
            return tape.gradient(y, x, output_gradients=g)

        return {"tf": tf, "gradient": gradient}
