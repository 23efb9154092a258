"""Programs in interpreters of their own: what may hang or crash, or needs a fresh process."""

import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import relu_fast

HERE = str(Path(__file__).parents[1])
SUPPORT = str(Path(__file__).parent)
SETTINGS = ("OMP_", "GOMP_", "KMP_", "RELU_FAST_")

linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
openmp = pytest.mark.skipif(
    not relu_fast.config()["openmp"], reason="built without OpenMP: one thread computes"
)


def run(*arguments, timeout=120, **environment):
    """`python *arguments`, without this process's settings of threads.

    After `timeout` seconds it is killed with all its children, and the test fails.
    """
    path = os.pathsep.join(filter(None, (HERE, SUPPORT, os.environ.get("PYTHONPATH"))))
    inherited = {key: value for key, value in os.environ.items() if not key.startswith(SETTINGS)}
    process = subprocess.Popen(
        [sys.executable, *arguments],
        env=inherited | {"PYTHONPATH": path} | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        output, errors = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        pytest.fail(f"not done after {timeout} s: {arguments}\n{process.communicate()[1]}")
    return subprocess.CompletedProcess(arguments, process.returncode, output, errors)


def output_of(program, **environment):
    """What a program that must succeed prints."""
    ran = run("-c", program, **environment)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


def needs(*packages):
    """A mark that skips where one is missing.  Importing it might start its threads here."""
    missing = [package for package in packages if importlib.util.find_spec(package) is None]
    return pytest.mark.skipif(bool(missing), reason=f"not installed: {', '.join(missing)}")
