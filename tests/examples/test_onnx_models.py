"""examples/onnx_models.py: real models read a picture as with onnx's operators, and its tables."""

import importlib
import re
import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnx")
pytest.importorskip("onnxruntime")
pytest.importorskip("PIL")

import onnxruntime
from onnx.reference import ReferenceEvaluator
from support.onnx_nodes import OPERATORS

FOLDER = Path(__file__).resolve().parents[2] / "examples"
if not FOLDER.exists():
    pytest.skip("the examples are not here", allow_module_level=True)
sys.path.append(str(FOLDER))  # as Python does for a script
onnx_models = importlib.import_module("onnx_models")

pytestmark = pytest.mark.build_independent

PP_OCR = ["detector", "recogniser", "classifier"]  # of rapidocr-onnxruntime


@cache
def outputs(name):
    """The model; what it makes of the picture with our operators, onnx's, in ONNX Runtime."""
    found = {model.name: model for model in onnx_models.models()}
    if name not in found:
        pytest.skip("no rapidocr-onnxruntime, which has the model")
    model = found[name]
    session = onnxruntime.InferenceSession(
        model.proto.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    with np.errstate(all="ignore"):
        ours = ReferenceEvaluator(model.proto, new_ops=OPERATORS).run(None, model.feed)
        onnxs = ReferenceEvaluator(model.proto).run(None, model.feed)
    return model, *(y for (y,) in (ours, onnxs, session.run(None, model.feed)))


SLOW = [pytest.param(name, marks=pytest.mark.slow) for name in PP_OCR[:2]]


@pytest.mark.parametrize("name", [*SLOW, "classifier", "feed-forward"])
def test_models_compute_the_same_to_rounding(name):
    """Results of size 1 that differ by less than one rounding in each node.

    And they are as near to ONNX Runtime's, whose Conv rounds otherwise, as onnx's own are.
    """
    model, ours, onnxs, runtimes = outputs(name)
    assert ours.dtype == np.float32
    assert ours.shape == onnxs.shape == runtimes.shape
    assert np.isfinite(ours).all()
    roundings = len(model.proto.graph.node) * 2.0**-24 * max(1, abs(onnxs).max())
    if name == "feed-forward":  # a product of matrices adds that many
        roundings *= len(model.x.T) * 4
    assert abs(ours - onnxs).max() <= roundings
    assert abs(ours - runtimes).max() <= abs(onnxs - runtimes).max() + roundings


@pytest.mark.slow
def test_recogniser_reads_the_text():
    model, *results = outputs("recogniser")
    assert {onnx_models.read(model.proto, y) for y in results} == {onnx_models.TEXT}


@pytest.mark.slow
def test_detector_finds_the_text():
    model, *results = outputs("detector")
    masks = [y[0, 0] > 0.3 for y in results]  # the threshold of PP-OCR
    for mask in masks[1:]:
        np.testing.assert_array_equal(masks[0], mask)
    (top, left), (bottom, right) = (f(np.argwhere(masks[0]), axis=0) for f in (np.min, np.max))
    (y0, x0), (y1, x1) = (f(np.argwhere(model.x[0, 0] < 0), axis=0) for f in (np.min, np.max))
    assert y0 < top < bottom < y1  # it marks the middle of a line
    assert abs(left - x0) < (y1 - y0) / 2
    assert abs(right - x1) < (y1 - y0) / 2


def test_classifier_tells_what_stands_on_its_head():
    model, *results = outputs("classifier")
    for upright in results:
        assert upright[0, 0] > 0.999
    turned = {"x": np.ascontiguousarray(model.x[:, :, ::-1, ::-1])}
    (y,) = ReferenceEvaluator(model.proto, new_ops=OPERATORS).run(None, turned)
    assert y[0, 1] > 0.999


@pytest.mark.slow
def test_tables(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["onnx_models.py", "--rounds", "1"])
    with np.errstate():
        onnx_models.main()
    models, operators = (
        [[cell.strip() for cell in line.strip("|").split("|")] for line in lines.splitlines()[2:]]
        for lines in capsys.readouterr().out.split("\n\n")
    )
    names = [row[0] for row in models]
    assert names in (["feed-forward"], [*PP_OCR, "feed-forward"])
    assert [row[0] for row in operators] == sorted(operator.__name__ for operator in OPERATORS)
    ratios = [cell for row in models for cell in row[-2:]]
    ratios += [cell for row in operators for cell in row[1:] if cell]
    assert all(re.fullmatch(r"\d+|\d+\.\d", ratio) and float(ratio) > 0 for ratio in ratios)
    assert len(ratios) >= len(models) * 3 + len(OPERATORS) * len(onnx_models.SIZES)
