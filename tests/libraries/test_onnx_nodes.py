"""relu_fast.onnx: every opset, integers, shapes, places in a model, errors."""

import numpy as np
import pytest

import relu_fast as rf

pytest.importorskip("onnx")

import onnx.inliner
import onnx.parser
import onnx.version_converter
from onnx import helper
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import RuntimeTypeError
from support.onnx_nodes import (
    OPERATORS,
    evaluate,
    model_of,
    onnxs,
    ours,
    same_bits,
    types,
    versions,
)

pytestmark = pytest.mark.build_independent

INF = np.inf


# ---- Opsets, integers, shapes --------------------------------------------------------

EVERY_VERSION = [(op.__name__, s.since_version) for op in OPERATORS for s in versions(op.__name__)]


@pytest.mark.parametrize(("op", "version"), EVERY_VERSION)
def test_every_version_of_an_operator(op, version):
    """With defaults; and what an old one wrote otherwise gives what the newest gives."""
    x = np.linspace(-4, 4, 24, dtype=np.float32).reshape(2, 3, 2, 2)
    slope = np.array([0.25, -1.5, 0.5], np.float32)[:, None, None]  # one for each channel
    bounds = [np.array(bound, np.float32) for bound in (-1, 2)]
    others = {"PRelu": [slope], "Clip": bounds, "SwiGLU": [x]}.get(op, [])
    then, attributes, now = others, {}, {}
    if op == "PRelu" and version < 7:
        then = [slope.ravel()]
    if op == "Clip" and version < 11:
        then, attributes = [], {"min": -1.0, "max": 2.0}
    if op == "Selu" and version < 6:  # defaults of fewer digits
        now = {"alpha": 1.6732, "gamma": 1.0507}
    if any(s.since_version == version and "consumed_inputs" in s.attributes for s in versions(op)):
        attributes["consumed_inputs"] = [0]
    y = ours(op, x, *then, opset=version, **attributes)
    assert same_bits(y, ours(op, x, *others, **now))


INTEGERS = [
    (op, name)
    for op in ("Clip", "PRelu", "Relu", "Shrink")
    for name in sorted(types(versions(op)[-1]))
    if "int" in name
]


@pytest.mark.parametrize(("op", "dtype"), INTEGERS)
def test_integers_are_as_onnx_has_them(op, dtype):
    x = np.array([0, 1, 2, 5, 100], dtype)
    if x.dtype.kind == "i":
        x = np.concatenate([-x, x])
    others = {"PRelu": [x * 0 + 3], "Clip": [np.array(1, dtype), np.array(5, dtype)]}.get(op, [])
    attributes = {"lambd": 1.5, "bias": 1.0} if op == "Shrink" else {}
    y, theirs = (f(op, x, *others, **attributes, opset=18) for f in (ours, onnxs))
    assert y.dtype == x.dtype
    np.testing.assert_array_equal(y, theirs)


def test_every_operator_that_takes_integers_is_tried():
    """As its newest version does."""
    taking = {op.__name__ for op in OPERATORS if op.integers}
    assert taking == {op for op, _ in INTEGERS}
    for operator in OPERATORS:
        for newest in versions(operator.__name__)[-1:]:  # none, if onnx is older
            assert any("int" in name for name in types(newest)) == operator.integers


@pytest.mark.parametrize("op", sorted(operator.__name__ for operator in OPERATORS))
def test_shapes(op):
    """A number, nothing, and what is not contiguous, such as a Transpose leaves behind."""
    base = np.linspace(-4, 4, 24, dtype=np.float32).reshape(4, 6)
    before = base.copy()
    for x in (base[1, 2].reshape(()), base[:0], base.T, base[::-1, ::2], base):
        others = {"PRelu": [0.25 * x], "Clip": [np.float32(-1).reshape(())], "SwiGLU": [2 * x]}
        inputs = [x, *map(np.asarray, others.get(op, []))]
        y = ours(op, *inputs)
        assert isinstance(y, np.ndarray)
        assert y.shape == x.shape
        assert same_bits(y, ours(op, *(np.array(a, order="C") for a in inputs)))
    assert np.any(y != base)
    np.testing.assert_array_equal(base, before)


# ---- Models -------------------------------------------------------------------------


def test_is_used_in_subgraphs():
    model = onnx.parser.parse_model("""
        <ir_version: 9, opset_import: ["": 18]>
        g (float[3] x, bool c) => (float[3] y) {
            y = If (c) <
                then_branch = t () => (float[3] t) { t = HardSwish (x) },
                else_branch = e () => (float[3] e) { e = Mish (x) }
            >
        }
    """)
    x = np.array([-INF, -1, 2], np.float32)
    for chosen, f in [(True, rf.hardswish), (False, rf.mish)]:
        assert same_bits(evaluate(model, {"x": x, "c": np.array(chosen)}, OPERATORS), f(x))


WITH_FUNCTIONS = """
    <ir_version: 9, opset_import: ["": 18, "local": 1]>
    g (float[3] x) => (float[3] y) { y = local.{} (x) }
    <domain: "local", opset_import: ["": 18]>
    plain (x) => (y) { y = HardSwish (x) }
    <domain: "local", opset_import: ["": 18]>
    leaky <a> (x) => (y) { z = LeakyRelu <alpha: float = @a> (x)  y = HardSwish (z) }
"""


def with_functions(call):
    return onnx.parser.parse_model(WITH_FUNCTIONS.replace("{}", call))


def test_is_used_in_functions_of_a_model_once_they_are_inlined():
    """onnx evaluates such functions without new_ops: its HardSwish of -inf is NaN."""
    x = np.array([-INF, -1, 2], np.float32)
    model = with_functions("plain")
    assert not same_bits(evaluate(model, {"x": x}, None), rf.hardswish(x))
    for call, expected in [
        ("plain", rf.hardswish(x)),
        ("leaky <a: float = 0.25>", rf.hardswish(rf.leaky_relu(x, 0.25))),
    ]:
        inlined = onnx.inliner.inline_local_functions(with_functions(call))
        assert same_bits(evaluate(inlined, {"x": x}, OPERATORS), expected)


def test_attributes_of_a_function():
    """A FunctionProto's own, given with each run."""
    *_, function = with_functions("plain").functions
    evaluator = ReferenceEvaluator(function, new_ops=OPERATORS)
    x = np.array([-4, -1, 2], np.float32)
    for alpha in (0.0, 0.25, 0.5):
        (y,) = evaluator.run(None, {"x": x}, attributes={"a": np.float32(alpha)})
        assert same_bits(y, rf.hardswish(rf.leaky_relu(x, alpha)))


def test_batch_normalization_of_old_opsets_is_not_that_of_the_model():
    """onnx/onnx#8442: of the models of PP-OCRv4, too, until they are converted."""
    if not onnx.__version__.startswith("1.23."):
        pytest.skip(f"seen in onnx 1.23, not {onnx.__version__}")
    model = onnx.parser.parse_model("""
        <ir_version: 7, opset_import: ["": 11]>
        g (float[1,1,3] x, float[1] one, float[1] zero) => (float[1,1,3] y) {
            y = BatchNormalization <epsilon: float = 0.0> (x, one, zero, zero, one)
        }
    """)
    x = np.array([[[1, 2, 6]]], np.float32)
    given = {"x": x, "one": np.ones(1, np.float32), "zero": np.zeros(1, np.float32)}
    assert np.all(evaluate(model, given, None) != x)
    converted = onnx.version_converter.convert_version(model, 15)
    np.testing.assert_array_equal(evaluate(converted, given, None), x)


# ---- Errors -------------------------------------------------------------------------

X = np.linspace(-2, 2, 6, dtype=np.float32).reshape(2, 3)


@pytest.mark.parametrize(
    ("error", "message", "op", "inputs", "attributes"),
    [
        (ValueError, "Elu: 'alpha' must be a FLOAT", "Elu", [X], {"alpha": 1}),
        (ValueError, "Gelu: 'approximate' must be a STRING", "Gelu", [X], {"approximate": 1.0}),
        (ValueError, "'none' or 'tanh', not 'erf'", "Gelu", [X], {"approximate": "erf"}),
        (ValueError, "Relu of opset 24 has no 'alpha'", "Relu", [X], {"alpha": 1.0}),
        (ValueError, "Clip of opset 24 has no 'min'", "Clip", [X], {"min": 0.0}),
        (ValueError, "Clip: min and max must be scalars", "Clip", [X, X[0]], {}),
        (ValueError, r"PRelu: slopes of shape \(2,\) .* \(2, 3\)", "PRelu", [X, X[:, 0]], {}),
        (ValueError, r"PRelu: slopes of shape \(4, 2, 3\)", "PRelu", [X, np.stack([X] * 4)], {}),
        (RuntimeTypeError, "PRelu: .* float32 and float64", "PRelu", [X, X.astype("d")], {}),
        (RuntimeTypeError, "Clip: .* float32 and float64", "Clip", [X, np.array(0.0)], {}),
        (RuntimeTypeError, "Sigmoid: an input of int64", "Sigmoid", [X.astype(int)], {}),
        (RuntimeTypeError, "Relu: an input of complex64", "Relu", [X.astype("F")], {}),
        (RuntimeTypeError, "Tanh: an input of bool", "Tanh", [X > 0], {}),
        (RuntimeTypeError, "Mish: an input of str_", "Mish", [np.array(["a"])], {}),
        (RuntimeTypeError, "Relu: an input of list", "Relu", [[1.0, 2.0]], {}),
    ],
    ids=str,
)
def test_clear_errors(error, message, op, inputs, attributes):
    names = [f"x{i}" for i in range(len(inputs))]
    node = helper.make_node(op, names, ["y"], **attributes)
    infos = [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in names]
    out = helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, None)
    graph = helper.make_graph([node], op, infos, [out])
    opsets = [helper.make_opsetid("", 24)]
    with pytest.raises(error, match=message):  # noqa: PT012 - in either of the two
        evaluator = ReferenceEvaluator(
            helper.make_model(graph, opset_imports=opsets), new_ops=OPERATORS
        )
        evaluator.run(None, dict(zip(names, inputs, strict=True)))


@pytest.mark.skipif(not versions("SwiGLU"), reason="this onnx has no SwiGLU")
def test_swiglu_does_not_broadcast():
    node = helper.make_node("SwiGLU", ["a", "b"], ["y"])
    with pytest.raises(ValueError, match=r"SwiGLU: .* different shapes, \(2, 3\) and \(3,\)"):
        ReferenceEvaluator(node, new_ops=OPERATORS).run(None, {"a": X, "b": X[0]})


def test_what_ours_do_not_define_is_onnxs():
    """Negative parameters, for which ours would be NaN."""
    with np.errstate(all="ignore"):
        for op, attributes in [("Celu", {"alpha": -1.0}), ("Shrink", {"lambd": -1.0, "bias": 0.5})]:
            model, given = model_of(op, X, **attributes)
            y, theirs = (
                ReferenceEvaluator(model, new_ops=new_ops).run(None, given)[0]
                for new_ops in (OPERATORS, None)
            )
            assert same_bits(y, theirs)
            assert not np.isnan(y).any()
