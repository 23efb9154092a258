"""The bits that every machine must compute, of every element type: tests/data/hashes.txt."""

import subprocess
import sys
from pathlib import Path

import pytest

import relu_fast

pytestmark = pytest.mark.build_independent

SCRIPT = Path(__file__).parents[2] / "tools" / "make_hashes.py"


@pytest.mark.skipif(not SCRIPT.exists(), reason="needs the source tree")
@pytest.mark.parametrize("isa", relu_fast.config()["isas_supported"])
def test_hashes_are_the_stored_ones(isa):
    """The quick ones; tools/update.py --check has the full ones."""
    ran = subprocess.run(
        [sys.executable, SCRIPT, "--check", "--quick", "--isa", isa],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
