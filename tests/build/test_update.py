"""What is generated is up to date, and tools/update.py --check notices where it is not."""

import sys
from pathlib import Path

import pytest

pytest.importorskip("mpmath")

TOOLS = Path(__file__).parents[2] / "tools"
pytestmark = pytest.mark.skipif(not TOOLS.exists(), reason="needs the source tree")


@pytest.fixture
def update(monkeypatch):
    """The tool, which here runs no other tools: those take long, and have tests of their own."""
    monkeypatch.syspath_prepend(TOOLS)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    import update

    monkeypatch.setattr(update, "COMMANDS", {})
    return update


def test_nothing_is_stale(update, capsys):
    assert update.check() == 0, capsys.readouterr()


def test_check_names_what_is_stale_and_write_mends_it(update, monkeypatch, capsys, tmp_path):
    update.write_to(tmp_path)
    monkeypatch.setattr(update, "ROOT", tmp_path)
    update.write()  # without the rows of a test build
    assert update.check() == 0
    stale = tmp_path / "tests" / "data" / "api.txt"
    stale.write_text(stale.read_text().replace("(x, /)", "(x)", 1))
    (tmp_path / "src" / "relu_fast" / "__init__.pyi").unlink()
    capsys.readouterr()
    assert update.check() == 1
    found = capsys.readouterr()
    assert "stale: src/relu_fast/__init__.pyi, tests/data/api.txt" in found.err
    assert "(x, /)\n" in found.out
    assert "lines more" in found.out
    update.write()
    assert capsys.readouterr().out.split() == [
        "src/relu_fast/__init__.pyi",
        "tests/data/api.txt",
    ]
    assert update.check() == 0


def test_a_tool_that_fails_is_named(update, monkeypatch, capfd):
    monkeypatch.setattr(update, "COMMANDS", {"update.py": ([], ["--no-such-option"])})
    assert update.check() == 1
    assert "stale: update.py" in capfd.readouterr().err
