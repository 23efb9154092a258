"""The peers with arrays of their own: PyTorch, ONNX Runtime and JAX."""

from __future__ import annotations

import functools
import os
from typing import ClassVar

import numpy as np

from .peer import NotOfferedError, Peer, spelled

LEAKY = 0.01


class PyTorch(Peer):
    """The functions that its users call, and for gradients the kernels that autograd calls."""

    name, package = "PyTorch", "torch"
    statements: ClassVar = {
        ("relu", "fresh"): "F.relu(x)",
        ("relu", "out"): "torch.clamp(x, min=0, out=y)",
        ("relu", "inplace"): "F.relu_(x)",
        ("relu", "backward"): "aten.threshold_backward(g, x, 0)",
        ("relu", "backward-out"): "aten.threshold_backward.grad_input(g, x, 0, grad_input=y)",
        ("leaky_relu", "fresh"): "F.leaky_relu(x)",
        ("leaky_relu", "out"): "torch._C._nn.leaky_relu(x, 0.01, out=y)",
        ("leaky_relu", "inplace"): "F.leaky_relu_(x)",
        ("leaky_relu", "backward"): "aten.leaky_relu_backward(g, x, 0.01, False)",
        ("leaky_relu", "backward-out"): (
            "aten.leaky_relu_backward.grad_input(g, x, 0.01, False, grad_input=y)"
        ),
        ("prelu", "fresh"): "F.prelu(x, alpha)",
        ("prelu", "gradients"): "prelu_gradients(g, x, alpha)",
        ("elu", "fresh"): "F.elu(x)",
        ("elu", "out"): "torch._C._nn.elu(x, 1.0, out=y)",
        ("elu", "inplace"): "F.elu_(x)",
        ("elu", "backward"): "aten.elu_backward(g, 1.0, 1.0, 1.0, False, x)",
        ("elu", "backward-out"): (
            "aten.elu_backward.grad_input(g, 1.0, 1.0, 1.0, False, x, grad_input=y)"
        ),
    }

    def set_threads(self, count):
        import torch

        torch.set_num_threads(count)

    def take(self, array):
        import torch

        if any(stride < 0 for stride in array.strides):
            raise NotOfferedError("no negative strides")
        return torch.from_numpy(array)

    def alpha(self, data):
        return self.take(np.atleast_1d(data.dtype.type(data.alpha)).ravel())

    def names(self, cell, data):
        import torch

        aten = torch.ops.aten

        def prelu_gradients(g, x, alpha):
            alpha = alpha.reshape(-1, 1, 1)
            by_x, by_alpha = aten._prelu_kernel_backward(g, x, alpha)
            return by_x, by_alpha.sum_to_size(alpha.shape)

        return {
            "torch": torch,
            "F": torch.nn.functional,
            "aten": aten,
            "prelu_gradients": prelu_gradients,
        }


class OnnxRuntime(Peer):
    """A model of one node; its output a new array, or bound to a given one."""

    name, package = "ONNX Runtime", "onnxruntime"
    nodes: ClassVar = {
        "relu": ("Relu", {}),
        "leaky_relu": ("LeakyRelu", {"alpha": LEAKY}),
        "prelu": ("PRelu", {}),
        "elu": ("Elu", {}),
    }
    statements: ClassVar = spelled(
        {"fresh": "session.run(None, inputs)", "out": "session.run_with_iobinding(binding)"}
    )

    @classmethod
    def installed(cls):
        import importlib.util

        return super().installed() and importlib.util.find_spec("onnx") is not None

    def namespace(self, cell, data):
        import onnxruntime

        if not (data.x.flags.c_contiguous and data.y.flags.c_contiguous):
            raise NotOfferedError("no strides")
        inputs = {"x": data.x}
        if cell.function == "prelu":
            inputs["alpha"] = np.atleast_1d(data.dtype.type(data.alpha))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = cell.threads
        options.log_severity_level = 3
        try:
            session = onnxruntime.InferenceSession(
                _model(cell.function, cell.dtype), options, providers=["CPUExecutionProvider"]
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


@functools.cache
def _model(function, dtype):
    from onnx import helper

    kind, attributes = OnnxRuntime.nodes[function]
    element = helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    inputs = ["x", "alpha"] if function == "prelu" else ["x"]
    graph = helper.make_graph(
        [helper.make_node(kind, inputs, ["y"], **attributes)],
        function,
        [helper.make_tensor_value_info(name, element, None) for name in inputs],
        [helper.make_tensor_value_info("y", element, None)],
    )
    # Not the newest versions, which an older ONNX Runtime would refuse.
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    return model.SerializeToString()


class Jax(Peer):
    """Compiled functions.  Its arrays are immutable: each result is a new one."""

    name, package = "JAX", "jax"
    statements: ClassVar = {
        **spelled(
            {
                "fresh": "{f}(x{alpha}).block_until_ready()",
                "backward": "{f}_backward(g, x{alpha}).block_until_ready()",
            }
        ),
        ("prelu", "gradients"): "jax.block_until_ready(prelu_gradients(g, x, alpha))",
    }

    def __init__(self):
        self.count = None

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

        return {"jax": jax} | _jitted()


@functools.cache
def _jitted():
    import jax
    import jax.numpy as jnp

    def prelu(x, alpha):
        return jnp.where(x > 0, x, alpha * x)

    def backward(function):
        return jax.jit(lambda g, x, *alpha: jax.vjp(lambda x: function(x, *alpha), x)[1](g)[0])

    functions = {
        "relu": jax.nn.relu,
        "leaky_relu": jax.nn.leaky_relu,
        "prelu": prelu,
        "elu": jax.nn.elu,
    }
    compiled = {name: jax.jit(function) for name, function in functions.items()}
    compiled |= {f"{name}_backward": backward(function) for name, function in functions.items()}
    compiled["prelu_gradients"] = jax.jit(lambda g, x, alpha: jax.vjp(prelu, x, alpha)[1](g))
    return compiled
