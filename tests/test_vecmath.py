"""The coefficients in src/c/vecmath.h are those that the script derives."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / "tools" / "derive_coefficients.py"


@pytest.mark.skipif(not SCRIPT.exists(), reason="needs the source tree")
def test_coefficients_are_the_derived_ones():
    subprocess.run([sys.executable, SCRIPT, "--check"], check=True, timeout=120)
