"""What activations cost in onnx's ReferenceEvaluator, and what is left with relu_fast's.

    pip install relu_fast onnx onnxruntime pillow
    pip install --no-deps rapidocr-onnxruntime        # for its three models: PP-OCRv4
    OMP_NUM_THREADS=1 python onnx_models.py           # two minutes

PP-OCRv4 reads text in pictures: a detector that finds lines, a recogniser that reads one, a
classifier that says whether it stands on its head; the picture is drawn here. Beside them is the
feed-forward block of a transformer, whose other nodes are products of matrices. Each model runs
in turns with onnx's own operators and with those of relu_fast.onnx; then ONNX Runtime runs it.
The time in each node is taken, the median of the rounds counts, and what is printed are ratios.
"""

from __future__ import annotations

import argparse
import importlib.util
import timeit
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
import onnx
import onnx.version_converter
from onnx import helper
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import OpRun

import relu_fast
from relu_fast.onnx import OPERATORS, Array

Run = Callable[..., tuple[Array, ...]]

TEXT = "Rectified 2024"
ALL = "all"  # in the place of an operator
ACTIVATIONS = {operator.__name__ for operator in OPERATORS}
SIZES = (100, 10_000, 1_000_000)  # of an operator alone


# ---- Models ------------------------------------------------------------------


class Model(NamedTuple):
    """A model and an input of it."""

    name: str
    proto: onnx.ModelProto
    x: Array

    @property
    def feed(self) -> dict[str, Array]:
        return {self.proto.graph.input[0].name: self.x}


def models() -> list[Model]:
    """Return those that there are here."""
    files = {
        "detector": ("ch_PP-OCRv4_det_infer.onnx", (96, 320)),
        "recogniser": ("ch_PP-OCRv4_rec_infer.onnx", (48, 320)),
        "classifier": ("ch_ppocr_mobile_v2.0_cls_infer.onnx", (48, 192)),
    }
    spec = importlib.util.find_spec("rapidocr_onnxruntime")
    found = []
    for name, (file, shape) in files.items() if spec else ():
        path = Path(spec.origin).parent / "models" / file
        # Before opset 14, onnx's BatchNormalization mixes statistics of the input into the
        # model's (onnx/onnx#8442), with any other operators.
        proto = onnx.version_converter.convert_version(onnx.load(path), 15)
        found.append(Model(name, proto, picture(TEXT, *shape)))
    return [*found, feed_forward()]


def picture(text: str, height: int, width: int) -> Array:
    """Return black on white, as PP-OCR wants it: numbers from -1 to 1, (1, 3, height, width)."""
    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("L", (width, height), 255)
    font = ImageFont.load_default(32)
    ImageDraw.Draw(image).text((8, height / 2), text, font=font, fill=0, anchor="lm")
    x = np.asarray(image, np.float32) / 127.5 - 1
    return np.broadcast_to(x, (1, 3, height, width)).copy()


def read(proto: onnx.ModelProto, probabilities: Array) -> str:
    """Return the text: the likeliest characters, without repetitions and the blank, number 0."""
    (characters,) = (p.value for p in proto.metadata_props if p.key == "character")
    alphabet = ["", *characters.splitlines(), " "]
    best = probabilities[0].argmax(axis=1)
    changes = best[np.flatnonzero(np.diff(best, prepend=-1))]
    return "".join(alphabet[index] for index in changes)


def feed_forward(tokens: int = 128, width: int = 768) -> Model:
    """Return GELU between two products of matrices, as in BERT or GPT-2."""
    rng = np.random.default_rng(0)
    weights = {
        name: rng.normal(0, shape[0] ** -0.5, shape).astype(np.float32)
        for name, shape in {"a": (width, 4 * width), "b": (4 * width, width)}.items()
    }
    nodes = [
        helper.make_node("MatMul", ["x", "a"], ["z"]),
        helper.make_node("Gelu", ["z"], ["h"]),
        helper.make_node("MatMul", ["h", "b"], ["y"]),
    ]
    x = rng.normal(0, 1, (tokens, width)).astype(np.float32)
    return Model("feed-forward", made(nodes, x, weights, opset=20), x)


def single(op: str, shape: tuple[int, ...]) -> Model:
    """Return a node with default attributes, with slopes of 1/4 or clipped at 1/4."""
    others = {"PRelu": (1,), "SwiGLU": shape, "Clip": ()}
    constants = {"z": np.full(others[op], 0.25, np.float32)} if op in others else {}
    x = np.random.default_rng(0).normal(0, 1, shape).astype(np.float32)
    return Model(op, made([helper.make_node(op, ["x", *constants], ["y"])], x, constants), x)


def made(
    nodes: list[onnx.NodeProto], x: Array, constants: dict[str, Array], opset: int | None = None
) -> onnx.ModelProto:
    """Return the model that makes y of x; of the newest opset if not told otherwise."""
    infos = [helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, x.shape) for name in "xy"]
    arrays = [onnx.numpy_helper.from_array(array, name) for name, array in constants.items()]
    graph = helper.make_graph(nodes, "graph", infos[:1], infos[1:], arrays)
    opsets = [helper.make_opsetid("", opset or onnx.defs.onnx_opset_version())]
    return helper.make_model(graph, opset_imports=opsets, ir_version=9)


# ---- Measuring ---------------------------------------------------------------


class Timed(ReferenceEvaluator):
    """Keeps the time of a run in its nodes, by operator."""

    def __init__(self, proto: onnx.ModelProto, new_ops: list[type[OpRun]] | None = None) -> None:
        super().__init__(proto, new_ops=new_ops)
        self.seconds = defaultdict(float)
        for node in self.rt_nodes_:
            node.run = self.timed(node.op_type, node.run)

    def timed(
        self, op: str, run: Callable[..., tuple[Array, ...]]
    ) -> Callable[..., tuple[Array, ...]]:
        """Return run, which adds its time to that of the operator."""

        def timed_run(*arguments: Any, **options: Any) -> tuple[Array, ...]:
            start = perf_counter()
            outputs = run(*arguments, **options)
            self.seconds[op] += perf_counter() - start
            return outputs

        return timed_run

    def measure(self, feed: dict[str, Array]) -> dict[str, float]:
        """Return the seconds of a run, by operator, and of all of it."""
        self.seconds.clear()
        start = perf_counter()
        self.run(None, feed)
        return {**self.seconds, ALL: perf_counter() - start}


def compare(model: Model, rounds: int, calls: int = 1) -> list[dict[str, float]]:
    """Return the median seconds by operator, with onnx's operators and with ours.

    They take turns, and each is as often the first: who comes second finds pages in memory that
    the other one left.
    """
    evaluators = [Timed(model.proto), Timed(model.proto, OPERATORS)]
    samples: list[list[dict[str, float]]] = [[], []]
    for number in range(rounds + 1):
        for which in (0, 1) if number % 2 else (1, 0):
            for _ in range(calls):
                samples[which].append(evaluators[which].measure(model.feed))
    measured = [side[calls:] for side in samples]  # without the first round
    return [{op: median(sample[op] for sample in side) for op in side[0]} for side in measured]


def runtime(model: Model, rounds: int) -> float:
    """Return the median seconds of ONNX Runtime, on one thread."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        model.proto.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    run = partial(session.run, None, model.feed)
    return median(timeit.repeat(run, repeat=rounds + 1, number=1)[1:])


# ---- Reporting ---------------------------------------------------------------


def table(head: list[str], rows: list[list[str]]) -> str:
    """Return a table in Markdown."""
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, ["---"] * len(head), *rows]) + "\n"


def times(slow: float, fast: float) -> str:
    """Return their ratio."""
    return f"{slow / fast:.{1 if slow < 20 * fast else 0}f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=15, help="medians of so many (default: 15)")
    rounds = parser.parse_args().rounds
    np.seterr(all="ignore")  # onnx's own operators overflow
    rows, ratios = [], {op: {} for op in sorted(filter(onnx.defs.has, ACTIVATIONS))}
    with relu_fast.num_threads(1):
        for model in models():
            before, after = compare(model, rounds)
            nodes = Counter(node.op_type for node in model.proto.graph.node)
            ops = ACTIVATIONS & nodes.keys()
            for op in ops:
                ratios[op][model.name] = times(before[op], after[op])
            all_before, all_after = (sum(side[op] for op in ops) for side in (before, after))
            rows.append([
                model.name,
                " x ".join(map(str, model.x.shape)),
                f"{sum(nodes[op] for op in ops)} of {nodes.total() - nodes['Constant']}",
                f"{100 * all_before / before[ALL]:.2g} %",
                f"{100 * all_after / after[ALL]:.2g} %",
                times(all_before, all_after),
                times(after[ALL], runtime(model, rounds)),
            ])  # fmt: skip
        for op, of_op in ratios.items():
            for size in SIZES:
                before, after = compare(single(op, (size,)), rounds, max(1, 1000 // size))
                of_op[f"{size:,}"] = times(before[op], after[op])
    print(table(["model", "input", "activations", "share with onnx's", "share with ours",
                 "times faster", "all in ONNX Runtime"], rows))  # fmt: skip
    columns = [*(row[0] for row in rows), *(f"{size:,}" for size in SIZES)]
    cells = [[op, *(of_op.get(column, "") for column in columns)] for op, of_op in ratios.items()]
    print(table(["times faster", *columns], cells), end="")


if __name__ == "__main__":
    main()
