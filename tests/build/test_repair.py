"""tools/wheels/repair.py: what a wheel brings along is named, with its licence, or refused."""

import base64
import hashlib
import importlib
import json
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[2] / "tools" / "wheels"
pytestmark = [
    pytest.mark.build_independent,
    pytest.mark.skipif(not TOOLS.exists(), reason="needs the source tree"),
]
INFO = "relu_fast-1.0.dist-info"


@pytest.fixture
def repair(monkeypatch):
    monkeypatch.syspath_prepend(TOOLS)
    return importlib.import_module("repair")


def wheel(*libraries, components=()):
    """The files that auditwheel leaves."""
    parts = [{"name": name, "version": version} for name, version in components]
    return {
        "relu_fast/_ufuncs.so": b"\x7fELF",
        **{f"relu_fast.libs/{library}": b"\x7fELF" for library in libraries},
        f"{INFO}/METADATA": b"Name: relu_fast\nLicense-Expression: BSD-3-Clause\n"
        b"License-File: LICENSE\nClassifier: Typing :: Typed\n\nLicense-File: of the README\n",
        f"{INFO}/WHEEL": b"",
        f"{INFO}/sboms/auditwheel.cdx.json": json.dumps({"components": parts}).encode(),
        f"{INFO}/RECORD": b"old",
    }


@pytest.mark.parametrize(
    ("library", "package", "expression"),
    [
        ("libgomp-f9a9ad78.so.1.0.0", "libgomp1", "GPL-3.0-or-later WITH GCC-exception-3.1"),
        ("libgomp-24e2ab19.so.1.0.0", "libgomp", "GPL-3.0-or-later WITH GCC-exception-3.1"),
        ("libomp-11aa22bb.so.5", "libomp5-16", "Apache-2.0 WITH LLVM-exception"),
    ],
)
def test_license_of_what_is_bundled(repair, library, package, expression):
    files = wheel(library, components=[("relu_fast", "1.0"), (package, "12.2")])
    repair.add_licenses(files)
    own, part = json.loads(files[f"{INFO}/sboms/auditwheel.cdx.json"])["components"]
    assert "licenses" not in own
    assert part["licenses"] == [{"expression": expression}]
    lines = files[f"{INFO}/METADATA"].decode().splitlines()
    assert lines[1] == f"License-Expression: BSD-3-Clause AND {expression}"
    assert lines[2] == "License-File: LICENSE"
    assert lines[5:] == ["Classifier: Typing :: Typed", "", "License-File: of the README"]
    for line in lines[3:5]:
        text = files[f"{INFO}/licenses/{line.removeprefix('License-File: ')}"].decode()
        assert "Version 3" in text or "Apache License" in text or "LLVM Exceptions" in text


@pytest.mark.parametrize(
    ("library", "package", "error"),
    [
        ("libquadmath-0a1b2c3d.so.0", "libquadmath0", "libquadmath would be brought along"),
        ("libgomp-f9a9ad78.so.1", "libother", "does not say the name and version of libgomp"),
    ],
)
def test_what_nobody_knows_is_refused(repair, library, package, error):
    with pytest.raises(SystemExit, match=error):
        repair.add_licenses(wheel(library, components=[(package, "1")]))


def test_a_wheel_that_brings_nothing_stays_as_it_is(repair):
    files = wheel()
    repair.add_licenses(files)
    assert files == wheel()


def test_record(repair):
    files = wheel()
    repair.record(files)
    *lines, own = files[f"{INFO}/RECORD"].decode().splitlines()
    assert list(files)[-1] == f"{INFO}/RECORD"
    assert own == f"{INFO}/RECORD,,"
    for line, (name, content) in zip(lines, files.items(), strict=False):
        path, digest, size = line.split(",")
        assert (path, int(size)) == (name, len(content))
        padded = digest.removeprefix("sha256=") + "="
        assert base64.urlsafe_b64decode(padded) == hashlib.sha256(content).digest()
