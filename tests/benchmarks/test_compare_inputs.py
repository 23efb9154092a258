"""benchmarks/compare_inputs.py measures and writes its page.  Not how fast."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.build_independent

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "compare_inputs.py"
if not SCRIPT.exists():
    pytest.skip("the benchmarks are not here", allow_module_level=True)


def compare(*options):
    return subprocess.run(
        [sys.executable, SCRIPT, "--rounds", "1", *options],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        timeout=300,
        check=False,
    )


def test_page_has_a_line_for_each_function_and_dtype(tmp_path):
    page = tmp_path / "inputs.md"
    ran = compare("--function", "relu", "gelu", "--markdown", str(page))
    assert ran.returncode == 0, ran.stderr
    lines = [line for line in ran.stdout.splitlines() if line.startswith("| `")]
    named = [tuple(cell.strip() for cell in line.split("|")[1:3]) for line in lines]
    functions = ("`relu`", "`relu_backward`", "`gelu`", "`gelu_backward`")
    assert named == [(name, dtype) for dtype in ("float32", "float64") for name in functions]
    for line in lines:
        numbers = re.findall(r"\d+\.\d+", line)
        assert len(numbers) >= 5  # our time, and its multiples
        assert all(float(number) > 0 for number in numbers)
    text = page.read_text(encoding="utf-8")
    assert all(line in text for line in lines)
    assert "python benchmarks/compare_inputs.py --rounds 1 --function relu gelu" in text


def test_clear_error():
    ran = compare("--function", "gleu")
    assert ran.returncode == 2
    assert "invalid choice: 'gleu'" in ran.stderr
