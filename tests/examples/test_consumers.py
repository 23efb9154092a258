"""examples/consumer_*: code that is built on the installed package works, outside the checkout."""

import importlib
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import numpy as np
import pytest

import relu_fast as rf

pytestmark = pytest.mark.build_independent

FOLDER = Path(__file__).resolve().parents[2] / "examples"
if not FOLDER.exists():
    pytest.skip("the examples are not here", allow_module_level=True)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "needs"), [("consumer_cython", "Cython"), ("consumer_c", "mesonpy")]
)
def test_package(name, needs, tmp_path):
    """It is built against the installed relu_fast, and its own tests pass."""
    for module in ("mesonpy", needs):
        pytest.importorskip(module)
    shutil.copytree(FOLDER / name, tmp_path / name)
    installed = tmp_path / "installed"
    pip = ["-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation"]
    for command in (
        [*pip, "--target", installed, tmp_path / name],
        ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", f"pythonpath={installed}", "."],
    ):
        done = subprocess.run(
            [sys.executable, *command],
            cwd=tmp_path / name,
            capture_output=True,
            text=True,
            check=False,
        )
        assert not done.returncode, done.stdout + done.stderr
    assert " passed" in done.stdout


def test_cffi(monkeypatch, capsys):
    pytest.importorskip("cffi")
    monkeypatch.syspath_prepend(str(FOLDER))
    consumer = importlib.import_module("consumer_cffi")
    x = np.random.default_rng(0).normal(0, 3, (150, 22)).astype(np.float32)
    x[0, :4] = [np.nan, np.inf, -np.inf, -0.0]
    found = consumer.swiglu_of_halves(x, threads=3)
    assert found.tobytes() == rf.swiglu(*np.split(x, 2, axis=1)).tobytes()
    monkeypatch.setattr(sys, "argv", ["consumer_cffi.py", "--rows", "70", "--columns", "6"])
    consumer.main()
    assert "the bits of the Python call: yes" in capsys.readouterr().out


MODULE = """
#include <Python.h>
#include <relu_fast.h>

static struct PyModuleDef definition = {.m_base = PyModuleDef_HEAD_INIT, .m_name = "newer"};

PyMODINIT_FUNC PyInit_newer(void)
{
    return relu_fast_import() ? PyModule_Create(&definition) : NULL;
}
"""


@pytest.mark.slow
@pytest.mark.parametrize(("macro", "stated"), [("MINOR", "1.99"), ("MAJOR", "99.0"), ("", "")])
def test_module_compiled_for_another_version(macro, stated, tmp_path):
    """Its import is refused, with both versions; that of the same version is not."""
    if not shutil.which("cc"):
        pytest.skip("there is no C compiler")
    for header in Path(rf.get_include()).iterdir():
        text = header.read_text()
        text = re.sub(rf"(#define RELU_FAST_API_{macro}) \d+", r"\1 99", text)
        (tmp_path / header.name).write_text(text)
    (tmp_path / "newer.c").write_text(MODULE)
    include = ["-I", tmp_path, "-I", sysconfig.get_path("include")]
    output = tmp_path / f"newer{sysconfig.get_config_var('EXT_SUFFIX')}"
    command = ["cc", "-shared", "-fPIC", *include, tmp_path / "newer.c", "-o", output]
    subprocess.run(command, check=True)
    done = subprocess.run(
        [sys.executable, "-c", "import newer"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    if not macro:
        assert done.returncode == 0, done.stderr
        return
    assert (
        f"ImportError: this module was compiled for the C API {stated} of relu_fast" in done.stderr
    )
    assert "but the relu_fast that is installed has 1.0" in done.stderr
