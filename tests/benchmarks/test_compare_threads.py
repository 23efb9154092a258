"""benchmarks/compare_threads.py: measures in processes of its own and writes its page.  Not how
fast.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.build_independent,
    pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="for Linux"),
]

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "compare_threads.py"
if not SCRIPT.exists():
    pytest.skip("the benchmarks are not here", allow_module_level=True)


def compare(*options):
    return subprocess.run(
        [sys.executable, SCRIPT, "--processes", "1", *options],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        timeout=300,
        check=False,
    )


@pytest.mark.parametrize(
    "scenario", ["loop", "idle", "matmul", "beside", "callers 2", "processes", "training"]
)
def test_page_has_the_ratios_of_a_scenario(tmp_path, scenario):
    page = tmp_path / "threads.md"
    options = ["--functions", "relu", "--lengths", "20000", "--markdown", str(page)]
    ran = compare("--scenarios", scenario, *options)
    assert ran.returncode == 0, ran.stderr
    (line,) = (line for line in ran.stdout.splitlines() if line.startswith(f"| {scenario} "))
    ratios = re.findall(r"\d+\.\d+", line)
    assert len(ratios) >= 4
    assert all(float(ratio) > 0 for ratio in ratios)
    text = page.read_text(encoding="utf-8")
    assert line in text
    assert f"- {scenario}: " in text
    assert "python benchmarks/compare_threads.py --processes 1" in text


def test_clear_error():
    ran = compare("--scenarios", "party")
    assert ran.returncode == 2
    assert "invalid choice: 'party'" in ran.stderr
