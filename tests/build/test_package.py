"""What is installed: the files, and how the extension module is linked."""

import importlib.metadata
import json
import re
import shutil
import subprocess
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import numpy as np
import pytest
from support.programs import linux, run

import relu_fast
from relu_fast import _ufuncs

pytestmark = pytest.mark.version

ROOT = Path(__file__).parents[2]
EXTENSION = Path(_ufuncs.__file__)
DISTRIBUTION = importlib.metadata.distribution("relu_fast")
PACKAGE = ROOT / "src" / "relu_fast"
RECIPE = ROOT / "packaging" / "conda-forge" / "recipe.yaml"
FILES = {path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py*")}
FILES -= {name for name in FILES if name.endswith((".pyx", ".pxd", ".pxi", ".pyc"))}
FILES |= {"cython_api.pxd", "py.typed", "_ufuncs" + sysconfig.get_config_var("EXT_SUFFIX")}
FILES |= {f"include/{path.name}" for path in (ROOT / "src/c/include").glob("*.h")}
BUNDLED = [path for path in DISTRIBUTION.files if path.parts[0] == "relu_fast.libs"]
METADATA = {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE"}
BY_INSTALLERS = {"INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"}

editable = pytest.mark.skipif(
    EXTENSION.parent != Path(str(DISTRIBUTION.locate_file("relu_fast"))),
    reason="an editable install has its files elsewhere",
)
source = pytest.mark.skipif(not PACKAGE.exists(), reason="needs the source tree")


# ---- The files ---------------------------------------------------------------


def installed():
    """Folder -> the paths in it, without what Python and pip add."""
    found = {}
    for path in DISTRIBUTION.files:
        if path.suffix != ".pyc":
            found.setdefault(path.parts[0], set()).add("/".join(path.parts[1:]))
    return found


@editable
@source
def test_no_file_is_missing_or_too_many():
    found = installed()
    folder = next(name for name in found if name.endswith(".dist-info"))
    assert found.pop("relu_fast") == FILES
    rest = found.pop(folder) - BY_INSTALLERS - METADATA
    libraries = found.pop("relu_fast.libs", set())
    assert {path.split("/")[0] for path in rest} == ({"licenses", "sboms"} if libraries else set())
    scripts = {path.rsplit("/", 1)[-1] for paths in found.values() for path in paths}
    assert scripts <= {"relu-fast", "relu-fast.exe"}


@editable
def test_size(tmp_path):
    """8 MB installed and 3 MB in an archive, as a wheel is packed."""
    files = [path for path in DISTRIBUTION.files if path.suffix != ".pyc"]
    assert sum(Path(path.locate()).stat().st_size for path in files) < 8e6
    archive = tmp_path / "wheel.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in files:
            packed.write(path.locate(), str(path))
    assert archive.stat().st_size < 3e6


@source
def test_metadata():
    found = DISTRIBUTION.metadata
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert found["Name"] == project["name"]
    assert found["Version"] == relu_fast.__version__
    assert found["Summary"] == project["description"]
    licenses = [project["license"], *(part["licenses"][0]["expression"] for part in bundled())]
    assert found["License-Expression"] == " AND ".join(licenses)
    assert found.get_all("License-File")[:1] == project["license-files"]
    assert found["Requires-Python"] == project["requires-python"]
    required = [line for line in DISTRIBUTION.requires if "extra ==" not in line]
    assert required == project["dependencies"]


@pytest.mark.skipif(not RECIPE.exists(), reason="needs the source tree")
def test_recipe_has_the_version():
    assert re.search(r"^  version: (.*)", RECIPE.read_text(), re.M)[1] == relu_fast.__version__


def bundled():
    """What tools/wheels/repair.py says of the libraries that the wheel brings along."""
    listed = json.loads(DISTRIBUTION.read_text("sboms/auditwheel.cdx.json") or '{"components": []}')
    return [part for part in listed["components"] if part["name"] != "relu_fast"]


@pytest.mark.skipif(not BUNDLED, reason="this wheel brings no library along")
def test_bundled_libraries_are_named_with_their_licenses():
    """The runtime that computes is the wheel's own; name, version and licence are known."""
    assert Path(relu_fast.config()["openmp"]).name in {path.name for path in BUNDLED}
    assert len(bundled()) == len(BUNDLED)
    for path, part in zip(BUNDLED, bundled(), strict=True):
        library = path.name.split("-")[0]
        assert part["name"].startswith(library)
        assert part["version"]
        texts = [p for p in DISTRIBUTION.files if f"/licenses/{library}/" in str(p)]
        stated = [name for name in DISTRIBUTION.metadata.get_all("License-File") if library in name]
        assert texts
        assert {"/".join(p.parts[-2:]) for p in texts} == set(stated)
        assert all(len(p.read_text()) > 800 for p in texts)


def test_entry_points():
    script, for_numba = sorted(DISTRIBUTION.entry_points, key=lambda point: point.group)
    assert (for_numba.group, for_numba.name) == ("numba_extensions", "init")
    assert for_numba.value == "relu_fast._numba:init"  # tests/libraries/test_numba.py loads it
    assert (script.group, script.name) == ("console_scripts", "relu-fast")
    assert script.load() is importlib.import_module("relu_fast.cli.main").main


# ---- The extension module ----------------------------------------------------


def readelf(*options):
    if not shutil.which("readelf"):
        pytest.skip("there is no readelf")
    command = ["readelf", "-W", *options, EXTENSION]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@linux
def test_nothing_is_both_writable_and_executable():
    segments = re.findall(r"^  (\w+) .* ([R ][W ][E ]) 0x\w+$", readelf("--segments"), re.MULTILINE)
    flags = dict(segments)
    assert {"LOAD", "GNU_STACK", "GNU_RELRO"} <= set(flags)
    assert flags["GNU_STACK"] == "RW "
    assert not [kind for kind, flag in segments if "W" in flag and "E" in flag]


@linux
def test_linking():
    """Addresses are read-only once they are known; nothing is looked for in odd places.

    clang may add the system folder of its OpenMP; a wheel for other systems has its own copy.
    """
    dynamic = readelf("--dynamic")
    assert re.search(r"\(FLAGS\) .*\bBIND_NOW\b", dynamic)
    assert "(TEXTREL)" not in dynamic
    searched = re.findall(r"\((?:RPATH|RUNPATH)\).*\[(.*)\]", dynamic)
    allowed = r"\$ORIGIN/\.\./relu_fast\.libs" if BUNDLED else r"/usr/lib/llvm-\d+/lib"
    assert all(re.fullmatch(allowed, path) for path in searched)
    needed = set(re.findall(r"\(NEEDED\).*\[(.+?)(?:-[0-9a-f]{8})?\.so", dynamic))
    assert needed <= {"libc", "libm", "libpthread", "libgomp", "libomp", "ld-linux-x86-64",
                      "ld-linux-aarch64", "libgcc_s"}  # fmt: skip


@linux
def test_one_symbol_is_exported():
    symbols = re.findall(
        r" (?:GLOBAL|WEAK|UNIQUE) +DEFAULT +(\w+) (\S+)$", readelf("--dyn-syms"), re.MULTILINE
    )
    assert [name for section, name in symbols if section != "UND"] == ["PyInit__ufuncs"]


@linux
def test_stack_is_protected():
    """Of the bridge and the engine; the kernels need none, and must not pay for it."""
    assert " __stack_chk_fail" in readelf("--dyn-syms")


@source
def test_no_path_of_the_build_is_inside():
    """Absolute; from one folder of the build to another there may be."""
    absolute = rb"(?<!\.\.)" + re.escape(str(ROOT).encode())
    assert not re.search(absolute, EXTENSION.read_bytes())


# ---- Input that is not trusted -----------------------------------------------


class Malicious:
    def __reduce__(self):
        return print, ("unpickled",)


def test_a_file_is_never_unpickled(tmp_path):
    np.save(tmp_path / "in.npy", np.array([Malicious()], dtype=object))
    ran = run("-m", "relu_fast", "apply", "relu", str(tmp_path / "in.npy"), str(tmp_path / "y.npy"))
    assert ran.returncode == 1
    assert "unpickled" not in ran.stdout + ran.stderr
    assert "its dtype is 'object'" in ran.stderr
