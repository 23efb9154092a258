"""What runs in the process of a library: expressions of it, with arrays of NumPy in and out."""

import contextlib
import importlib.util
import os

import numpy as np

with contextlib.suppress(ImportError):
    import ml_dtypes

KERAS_BACKENDS = ("tensorflow", "torch", "jax")


class LibraryError(Exception):
    """What a library raised: the name of its class, and its text."""

    def __init__(self, kind, text):
        super().__init__(kind, text)
        self.kind = kind


def keras_backend():
    """As told, or the first that is installed."""
    installed = [name for name in KERAS_BACKENDS if importlib.util.find_spec(name) is not None]
    return os.environ.get("KERAS_BACKEND", next(iter(installed), None))


def answer(name, pipe):
    adapter = ADAPTERS[name]()
    with contextlib.suppress(EOFError):
        while True:
            method, *arguments = pipe.recv()
            try:
                answer = {"evaluate": _evaluate, "gradient": _gradient}[method](adapter, *arguments)
            except Exception as error:  # whatever it raises is an answer
                answer = LibraryError(type(error).__name__, str(error))
            pipe.send(answer)


def _taken(adapter, values):
    """Arrays as the library's own, which computes in their dtype; numbers stay numbers."""
    arrays = {name: value for name, value in values.items() if isinstance(value, np.ndarray)}
    adapter.use(next(iter(arrays.values())).dtype.name)
    return values | {name: adapter.take(array) for name, array in arrays.items()}


def _value(adapter, expression, values):
    result = eval(expression, {}, adapter.names | values)
    return result(values["x"]) if callable(result) else result  # a layer


def _evaluate(adapter, expression, values):
    result = _value(adapter, expression, _taken(adapter, values))
    return tuple(result) if isinstance(result, (tuple, list)) else adapter.give(result)


def _gradient(adapter, expression, values, g, by):
    values = _taken(adapter, values)

    def function(variable):
        return _value(adapter, expression, values | {by: variable})

    return adapter.give(adapter.gradient(function, adapter.take(g), values[by]))


class _PyTorch:
    packages = ("torch",)

    def __init__(self):
        import torch

        torch.set_num_threads(1)
        self.torch = torch
        self.names = {"torch": torch, "F": torch.nn.functional, "nn": torch.nn}

    def use(self, dtype):
        if dtype in ("float32", "float64"):
            self.torch.set_default_dtype(getattr(self.torch, dtype))

    def take(self, array):
        if array.dtype.name == "bfloat16":  # of which PyTorch's NumPy knows nothing
            return self.torch.from_numpy(array.view(np.int16)).view(self.torch.bfloat16)
        return self.torch.from_numpy(array)

    def give(self, tensor):
        if tensor.dtype == self.torch.bfloat16:
            return self.give(tensor.view(self.torch.int16)).view(ml_dtypes.bfloat16)
        return tensor.detach().numpy()

    def gradient(self, function, g, x):
        return self.torch.autograd.grad(function(x.requires_grad_()), x, g)[0]


class _Jax:
    packages = ("jax",)

    def __init__(self):
        os.environ["JAX_PLATFORMS"] = "cpu"
        import jax

        self.jax = jax
        self.names = {"jax": jax, "jnp": jax.numpy}

    def use(self, dtype):
        self.jax.config.update("jax_enable_x64", dtype == "float64")  # which is not its default

    def take(self, array):
        return self.jax.numpy.asarray(array)

    def give(self, array):
        return np.asarray(array)

    def gradient(self, function, g, x):
        return self.jax.vjp(function, x)[1](g)[0]


class _TensorFlow:
    packages = ("tensorflow",)

    def __init__(self):
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
        os.environ["KERAS_BACKEND"] = "tensorflow"  # of tf.keras
        import tensorflow as tf

        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
        self.tf = tf
        self.names = {"tf": tf}

    def use(self, dtype):
        pass

    def take(self, array):
        return self.tf.convert_to_tensor(array)

    def give(self, tensor):
        return tensor.numpy()

    def gradient(self, function, g, x):
        with self.tf.GradientTape() as tape:
            tape.watch(x)
            y = function(x)
        return tape.gradient(y, x, output_gradients=g)


class _Keras:
    packages = ("keras",)

    def __init__(self):
        os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
        os.environ["JAX_PLATFORMS"] = "cpu"
        os.environ["KERAS_BACKEND"] = keras_backend()
        if keras_backend() == "jax":
            import jax

            jax.config.update("jax_enable_x64", True)
        import keras

        self.keras = keras
        self.names = {
            "keras": keras,
            "ops": keras.ops,
            "activations": keras.activations,
            "initializers": keras.initializers,
            "layers": keras.layers,
        }

    def use(self, dtype):
        if "float" in dtype:
            self.keras.config.set_floatx(dtype)
            self.keras.config.set_dtype_policy(dtype)  # of layers, which cast what they get

    def take(self, array):
        return self.keras.ops.convert_to_tensor(array)

    def give(self, tensor):
        return self.keras.ops.convert_to_numpy(tensor)


class _Onnx:
    """ONNX Runtime: an operator is a model of one node, run when it is called."""

    packages = ("onnx", "onnxruntime")
    # Else one that older ONNX Runtimes know as well.
    opsets = {"Gelu": 20, "Swish": 24}  # noqa: RUF012
    opset = 18

    def __init__(self):
        import onnx
        import onnxruntime

        self.onnx, self.runtime = onnx, onnxruntime
        self.names = _Names(self.operator)

    def use(self, dtype):
        self.dtype = dtype

    def take(self, array):
        return array

    def give(self, array):
        return array

    def operator(self, kind):
        schema = self.onnx.defs.get_schema(kind)

        def call(*inputs, **others):
            """Arguments are inputs, keywords attributes, or inputs by their names."""
            names = [f"input_{i}" for i in range(len(inputs))]
            given = dict(zip(names, inputs, strict=True))
            for name in [formal.name for formal in schema.inputs][len(inputs) :]:
                names.append(name if name in others else "")
                if name in others:
                    given[name] = others.pop(name)
            while names and not names[-1]:
                names.pop()
            arrays = {name: np.asarray(value, self.dtype) for name, value in given.items()}
            return self.run(kind, names, arrays, others)

        return call

    def run(self, kind, names, arrays, attributes):
        helper = self.onnx.helper
        element = helper.np_dtype_to_tensor_dtype(np.dtype(self.dtype))
        graph = helper.make_graph(
            [helper.make_node(kind, names, ["y"], **attributes)],
            kind,
            [helper.make_tensor_value_info(name, element, None) for name in arrays],
            [helper.make_tensor_value_info("y", element, None)],
        )
        opset = helper.make_opsetid("", self.opsets.get(kind, self.opset))
        model = helper.make_model(graph, opset_imports=[opset], ir_version=9)
        options = self.runtime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 4
        session = self.runtime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        return session.run(None, arrays)[0]


class _Names(dict):
    """Each name is an operator's."""

    def __init__(self, operator):
        super().__init__()
        self.operator = operator

    def __or__(self, other):
        found = _Names(self.operator)
        found.update(other)
        return found

    def __missing__(self, name):
        if not name[0].isupper():
            raise KeyError(name)
        return self.operator(name)


class _Mlx:
    packages = ("mlx",)

    def __init__(self):
        import mlx.core as mx
        import mlx.nn as nn

        mx.set_default_device(mx.cpu)  # where it has float64
        self.mx = mx
        self.names = {"mx": mx, "nn": nn}

    def use(self, dtype):
        pass

    def take(self, array):
        dtype = getattr(self.mx, array.dtype.name)
        if dtype == self.mx.bfloat16:
            array = array.astype(np.float32)
        return self.mx.array(array, dtype=dtype)

    def give(self, array):
        if array.dtype == self.mx.bfloat16:
            return np.array(array.astype(self.mx.float32)).astype(ml_dtypes.bfloat16)
        return np.array(array)

    def gradient(self, function, g, x):
        return self.mx.vjp(function, [x], [g])[1][0]


ADAPTERS = {
    "PyTorch": _PyTorch,
    "JAX": _Jax,
    "Keras": _Keras,
    "TensorFlow": _TensorFlow,
    "ONNX": _Onnx,
    "MLX": _Mlx,
}
