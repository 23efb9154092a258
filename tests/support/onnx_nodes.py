"""Models of one node, run by our operators, by onnx's own and by ONNX Runtime."""

from functools import cache

import numpy as np
import onnx
import pytest
from onnx import helper
from onnx.reference import ReferenceEvaluator

from relu_fast.onnx import OPERATORS


@cache
def versions(op):
    """The schemas of an operator, oldest first."""
    found = [s for s in onnx.defs.get_all_schemas_with_history() if (s.domain, s.name) == ("", op)]
    return sorted(found, key=lambda schema: schema.since_version)


def types(schema):
    """Those of the first input, in NumPy's words."""
    names = {"float": "float32", "double": "float64"}
    found = (name.removeprefix("tensor(")[:-1] for name in schema.inputs[0].types)
    return {names.get(name, name) for name in found}


@cache
def opset_for(op, dtype):
    """The first one from 18 on that has the operator for a type; None: none has."""
    for opset in range(18, onnx.defs.onnx_opset_version() + 1):
        past = [schema for schema in versions(op) if schema.since_version <= opset]
        if past and dtype.name in types(past[-1]):
            return opset
    return None


def model_of(op, *inputs, opset=None, **attributes):
    """A checked model of one node, and what to feed it; an input that is None is left out."""
    names = ["" if array is None else name for name, array in zip("xyz", inputs, strict=False)]
    given = {name: array for name, array in zip(names, inputs, strict=True) if name}
    infos = [
        helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(a.dtype), a.shape)
        for name, a in given.items()
    ]
    element = infos[0].type.tensor_type.elem_type
    out = helper.make_tensor_value_info("out", element, inputs[0].shape)
    node = helper.make_node(op, names, ["out"], **attributes)
    graph = helper.make_graph([node], op, infos, [out])
    opsets = [helper.make_opsetid("", opset or opset_for(op, inputs[0].dtype))]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=9)
    onnx.checker.check_model(model, full_check=True)
    return model, given


def evaluate(model, given, new_ops):
    """The result; an error where NumPy would warn of ours, while onnx's may overflow."""
    with np.errstate(all="raise" if new_ops else "ignore", under="ignore"):
        (y,) = ReferenceEvaluator(model, new_ops=new_ops).run(None, given)
    return y


def ours(op, *inputs, **options):
    return evaluate(*model_of(op, *inputs, **options), OPERATORS)


def onnxs(op, *inputs, **options):
    return evaluate(*model_of(op, *inputs, **options), None)


def runtimes(op, *inputs, **options):
    """ONNX Runtime's; None where it has no such operator for the type."""
    onnxruntime = pytest.importorskip("onnxruntime")
    model, given = model_of(op, *inputs, **options)
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = 1
    settings.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), settings, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # its exceptions have no public base class
        if type(error).__name__ == "NotImplemented":
            return None
        raise
    return session.run(None, given)[0]


def same_bits(one, other):
    """Or NaN in both."""
    if one.dtype != other.dtype or one.shape != other.shape:
        return False
    nan = np.isnan(one)
    kind = f"u{one.itemsize}"
    same = np.ascontiguousarray(one).view(kind) == np.ascontiguousarray(other).view(kind)
    return bool(np.all((nan & np.isnan(other)) | same))
