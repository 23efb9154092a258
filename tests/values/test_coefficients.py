"""The coefficients in src/c/math/coefficients.h are those that the script derives."""

import subprocess
import sys
from pathlib import Path

import pytest

# tools/update.py --check, which every commit and CI run, does the same.
pytestmark = [pytest.mark.build_independent, pytest.mark.slow]

SCRIPT = Path(__file__).parents[2] / "tools" / "derive_coefficients.py"


@pytest.mark.skipif(not SCRIPT.exists(), reason="needs the source tree")
def test_coefficients_are_the_derived_ones():
    subprocess.run([sys.executable, SCRIPT, "--check"], check=True, timeout=120)
