"""Frozen programs (PyInstaller, cx_Freeze, zipapps): what they need of the package is found."""

import os
import subprocess
import sys
from modulefinder import ModuleFinder
from pathlib import Path

import pytest
from support.programs import needs, output_of

import relu_fast

PACKAGE = Path(relu_fast.__file__).parent
PROGRAM = """
import sys
import numpy as np
import relu_fast
from relu_fast.cli.main import main

for name in relu_fast.__all__:
    getattr(relu_fast, name).__doc__
x = np.linspace(-2, 2, 9)
assert relu_fast.relu_(x) is x
assert relu_fast.elu_alpha_backward(x, x, 1.0) == 0
assert relu_fast.gelu_value_and_grad(np.float32(1e9)) == (1e9, 1)
main(["info", "--json"])
print(*sorted(name for name in sys.modules if name.partition(".")[0] == "relu_fast"))
"""


@pytest.mark.skipif(
    not list(PACKAGE.glob("_ufuncs*.so")), reason="an editable install has its files elsewhere"
)
def test_byte_code_shows_all_that_a_program_imports(tmp_path):
    """The extension module imports nothing that the Python files do not: nobody looks into it."""
    script = tmp_path / "program.py"
    script.write_text(PROGRAM)
    (tmp_path / "relu_fast").symlink_to(PACKAGE)  # and nothing else is looked at
    finder = ModuleFinder([str(tmp_path)])
    finder.run_script(str(script))
    imported = set(output_of(PROGRAM).splitlines()[-1].split())
    assert {"relu_fast._ufuncs", "relu_fast._functions", "relu_fast.cli.info"} <= imported
    assert imported <= set(finder.modules)


@pytest.mark.slow
@needs("PyInstaller")
def test_pyinstaller(tmp_path):
    """It finds all modules, and the OpenMP runtime, without a hook; 25 s."""
    (tmp_path / "program.py").write_text(PROGRAM)
    command = [sys.executable, "-m", "PyInstaller", "--log-level=WARN", "program.py"]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=300)
    program = tmp_path / "dist" / "program" / "program"
    environment = {"PATH": os.environ["PATH"]}
    ran = subprocess.run([program], env=environment, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    assert str(tmp_path) in ran.stdout
    assert "relu_fast._functions" in ran.stdout.splitlines()[-1]
