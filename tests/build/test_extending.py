"""The page about adding an activation shows what the sources have."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "inside" / "extending.md"

pytestmark = [
    pytest.mark.build_independent,
    pytest.mark.skipif(not PAGE.exists(), reason="needs the source tree"),
]


def test_the_example_is_the_source():
    function, row = re.findall(r"```c\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert function in (ROOT / "src/c/formulas/rectifiers.h").read_text()
    assert row in (ROOT / "src/c/table/activations.def").read_text()
