"""The coefficients and tables in src/c/math are those that the scripts derive."""

import subprocess
import sys
from pathlib import Path

import pytest

# tools/update.py --check, which every commit and CI run, does the same.
pytestmark = [pytest.mark.build_independent, pytest.mark.slow]

TOOLS = Path(__file__).parents[2] / "tools"


@pytest.mark.skipif(not TOOLS.exists(), reason="needs the source tree")
@pytest.mark.parametrize("script", ["derive_coefficients.py", "derive_tables.py"])
def test_coefficients_are_the_derived_ones(script):
    subprocess.run([sys.executable, TOOLS / script, "--check"], check=True, timeout=120)
