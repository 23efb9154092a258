"""The stubs say what the run time does."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import relu_fast

pytest.importorskip("mypy")

UFUNCS = sorted(name for name, f in vars(relu_fast).items() if isinstance(f, np.ufunc))
STUB = Path(relu_fast.__file__).with_name("__init__.pyi")
NAME = {"f": "float32", "d": "float64"}


def mypy(path, program):
    path.write_text(program)
    return subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", str(path)],
        capture_output=True,
        text=True,
        cwd=path.parent,
        timeout=300,
        check=False,
    ).stdout


def test_stub_names_are_the_run_time_names():
    tree = ast.parse(STUB.read_text())
    declared = {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    declared |= {node.target.id for node in tree.body if isinstance(node, ast.AnnAssign)}
    assert {name for name in declared if not name.startswith("_")} | {"__version__"} == set(
        relu_fast.__all__
    )


def test_stubs_agree_with_the_loops(tmp_path):
    """For each function and loop: what mypy infers is what the loop returns."""
    lines = ["import numpy as np", "from numpy.typing import NDArray", "import relu_fast"]
    for name in UFUNCS:
        function = getattr(relu_fast, name)
        arrays = 1 + ("backward" in name)
        for loop in function.types:
            inputs, result = loop.split("->")
            x = f"x_{inputs[0]}"
            given = [x] * arrays + ["0.5"] * (function.nin - arrays)
            values = [np.ones(2, NAME[inputs[0]])] * arrays + [0.5] * (function.nin - arrays)
            assert function(*values).dtype == NAME[result]
            variable = f"{name}_{inputs[0]}"
            lines.append(f"{variable} = relu_fast.{name}({', '.join(given)})")
            lines.append(f"reveal_type({variable})  # {NAME[result]}")
    lines[3:3] = [f"x_{code} = np.ones(2, np.{kind})" for code, kind in NAME.items()]
    program = "\n".join(lines) + "\n"
    revealed = mypy(tmp_path / "loops.py", program)
    assert "error" not in revealed, revealed
    for number, line in enumerate(lines, 1):
        if line.startswith("reveal_type"):
            kind = line.split("# ")[1]
            bits = kind.removeprefix("float")
            found = re.search(rf"^loops.py:{number}: note: Revealed type is (.*)$", revealed, re.M)
            assert found is not None, line
            assert re.search(rf"float{bits}|floating\[.*_{bits}Bit\]", found[1]), found[0]


GOOD = """
import numpy as np
import relu_fast
x = np.ones(3)
relu_fast.relu(x)
relu_fast.relu([1, 2])
relu_fast.leaky_relu(x)
relu_fast.leaky_relu(x, 0.2)
relu_fast.leaky_relu(x, alpha=0.2, out=x)
relu_fast.leaky_relu(x, alpha=np.float32(0.2), where=x > 0, dtype=np.float32)
relu_fast.prelu(x, np.ones((3, 1)))
relu_fast.elu_(x, 0.5).sum()
relu_fast.elu_backward(x, x)
relu_fast.elu.types
relu_fast.elu.outer(x, x)
relu_fast.prelu_alpha_backward(x, x, 0.5)
with relu_fast.num_threads(1) as limit:
    limit.n
relu_fast.config()["isas_built"][0].upper()
relu_fast.set_num_threads(None)
"""

BAD = [
    "relu_fast.prelu(x)",
    "relu_fast.relu(x, alpha=0.2)",
    "relu_fast.elu(x, aplha=0.2)",
    "relu_fast.elu_([1.0])",
    "relu_fast.elu_backward(x)",
    "relu_fast.set_num_threads('2')",
    "relu_fast.config()['nonsense']",
    "relu_fast.gelu(x)",
]


def test_good_calls_pass_and_bad_calls_do_not(tmp_path):
    assert mypy(tmp_path / "good.py", GOOD) == ""
    head = "import numpy as np\nimport relu_fast\nx = np.ones(3)\n"
    reported = mypy(tmp_path / "bad.py", head + "\n".join(BAD) + "\n")
    for number, line in enumerate(BAD, 4):
        assert f"bad.py:{number}: error" in reported, line
