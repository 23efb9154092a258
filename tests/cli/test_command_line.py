"""``python -m relu_fast``: the demonstration, and files of any size."""

import argparse
import os
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from support.command_line import command, failed, here, on_a_terminal, prepared, succeeded
from support.functions import of_each_call

import relu_fast
from relu_fast import _catalog
from relu_fast.cli import apply, comparison, main
from relu_fast.cli.command import add_parameter_options, given_parameters, parameters_usage
from relu_fast.cli.output import speed_cell

pytestmark = [pytest.mark.build_independent, pytest.mark.coverage]

FUNCTIONS = {
    function.name: {p.name: p.typical / 2 for p in function.activation.parameters}
    for function in of_each_call(apply.FUNCTIONS.values())
}
functions = pytest.mark.parametrize(("name", "parameters"), FUNCTIONS.items())

X = np.random.default_rng(0).normal(scale=3, size=(5, 4, 3))
X[0, 0] = 0.0, -0.0, np.nan
X[0, 1] = np.inf, -np.inf, -1e-320

ARRAYS = {
    "float32": X.astype(np.float32),
    "float64": X,
    "float32, Fortran order": np.asfortranarray(X, dtype=np.float32),
    "float64, Fortran order": np.asfortranarray(X),
    "float32, big-endian": X.astype(">f4"),
    "float64, big-endian": np.asfortranarray(X, dtype=">f8"),
    "float16": X.astype(np.float16),
    "int8": np.arange(-6, 6, dtype=np.int8),
    "int64": np.arange(-6, 6).reshape(2, 6),
    "uint64": np.array([0, 1, 2**63], dtype=np.uint64),
    "bool": np.array([False, True]),
    "0-d": np.array(-1.5, dtype=np.float32),
    "empty": np.empty((0, 3), dtype=np.float32),
    "empty, 1-d": np.empty(0),
}


# ---- Files ---------------------------------------------------------------------


def content(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def applied(name, x, **parameters):
    return np.asarray(getattr(relu_fast, name)(x, **parameters))


def options(parameters):
    """Parameters as arguments."""
    return [f"--{name.replace('_', '-')}={value}" for name, value in parameters.items()]


def assert_same_file(path, expected, dtype=None):
    """`path` holds `expected`, bit for bit."""
    y = np.load(path)
    assert y.dtype == (expected.dtype if dtype is None else dtype)
    assert y.shape == expected.shape
    # Bytes of elements in C order: the bits, whatever the layout.
    assert y.astype(expected.dtype).tobytes() == expected.tobytes()


# ---- apply: values -----------------------------------------------------------


@functions
@pytest.mark.parametrize("chunk", [7, 1 << 22])
def test_apply_gives_what_the_function_gives(tmp_path, name, parameters, chunk, monkeypatch, capfd):
    np.save(tmp_path / "in.npy", X)
    monkeypatch.setattr(apply, "CHUNK", chunk)
    arguments = ["apply", name, "in.npy", "out.npy", *options(parameters)]
    succeeded(here(capfd, *arguments, cwd=tmp_path))
    assert_same_file(tmp_path / "out.npy", applied(name, X, **parameters))
    assert sorted(content(tmp_path)) == ["in.npy", "out.npy"]


@pytest.mark.parametrize("case", ARRAYS)
def test_apply_keeps_shape_and_order(tmp_path, case, capfd):
    x = ARRAYS[case]
    np.save(tmp_path / "in.npy", x)
    before = content(tmp_path)
    process = succeeded(here(capfd, "apply", "elu", "in.npy", "out.npy", cwd=tmp_path))
    expected = applied("elu", x)
    assert f"elu of {x.size} elements, {expected.dtype} {x.shape}" in process.stdout
    assert_same_file(tmp_path / "out.npy", expected)
    y = np.load(tmp_path / "out.npy", mmap_mode="r") if x.size else np.load(tmp_path / "out.npy")
    assert y.dtype.isnative
    assert y.flags.c_contiguous == x.flags.c_contiguous
    assert y.flags.f_contiguous == x.flags.f_contiguous
    assert content(tmp_path)["in.npy"] == before["in.npy"]


@pytest.mark.parametrize("case", [case for case in ARRAYS if ARRAYS[case].dtype.char in "efd"])
def test_apply_in_place(tmp_path, case, monkeypatch, capfd):
    x = ARRAYS[case]
    np.save(tmp_path / "x.npy", x)
    header = (tmp_path / "x.npy").read_bytes()[:128]
    arguments = ["apply", "prelu", "x.npy", "--in-place", "--alpha=0.25"]
    monkeypatch.setattr(apply, "CHUNK", 7)
    succeeded(here(capfd, *arguments, cwd=tmp_path))
    assert_same_file(tmp_path / "x.npy", applied("prelu", x, alpha=0.25), dtype=x.dtype)
    assert (tmp_path / "x.npy").read_bytes()[:128] == header
    assert sorted(content(tmp_path)) == ["x.npy"]


LAYOUTS = {
    "C order": X,
    "Fortran order": np.asfortranarray(X),
    "0-d": np.array(-1.5),
    "empty": X[:0],
}


def run(folder, arguments, monkeypatch):
    """The command line in this process."""
    monkeypatch.chdir(folder)
    return main.main(["apply", *arguments.split()])


def assert_same_bytes(path, expected, folder):
    """A file is the one that NumPy writes: header, order and bits."""
    np.save(folder / "expected.npy", expected)
    assert path.read_bytes() == (folder / "expected.npy").read_bytes()


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("target", ["out.npy", "--in-place"])
@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_apply_of_half_types(tmp_path, dtype, target, layout, monkeypatch):
    """NumPy writes bfloat16 as void."""
    if dtype == "bfloat16":
        pytest.importorskip("ml_dtypes")
        target += " --dtype bfloat16"
    with np.errstate(over="ignore"):
        x = LAYOUTS[layout].astype(dtype, order="K")
    np.save(tmp_path / "x.npy", x)
    assert run(tmp_path, f"leaky_relu x.npy {target} --alpha 0.3", monkeypatch) == 0
    changed = tmp_path / ("x.npy" if "--in-place" in target else "out.npy")
    assert_same_bytes(changed, applied("leaky_relu", x, alpha=0.3), tmp_path)


@pytest.mark.parametrize("dtype", ["int8", "uint16", ">i4", "int64", "uint64"])
def test_apply_keeps_integers(tmp_path, dtype, monkeypatch):
    x = np.asfortranarray(np.array([[-1, 0, 3], [7, -8, 100]]).astype(dtype))
    np.save(tmp_path / "x.npy", x)
    assert run(tmp_path, "relu6 x.npy out.npy", monkeypatch) == 0
    assert_same_bytes(tmp_path / "out.npy", applied("relu6", x), tmp_path)
    assert run(tmp_path, "relu6 x.npy --in-place", monkeypatch) == 0
    assert_same_file(tmp_path / "x.npy", applied("relu6", x), dtype=x.dtype)


def test_apply_of_bfloat16_where_ml_dtypes_is_missing(tmp_path, monkeypatch, capsys):
    np.save(tmp_path / "x.npy", np.zeros(3, "V2"))
    before = content(tmp_path)
    monkeypatch.setitem(sys.modules, "ml_dtypes", None)  # makes its import fail
    assert run(tmp_path, "relu x.npy out.npy --dtype bfloat16", monkeypatch) == 1
    error = capsys.readouterr().err
    assert "argument --dtype: bfloat16 needs ml_dtypes: pip install 'relu_fast[bfloat16]'" in error
    assert content(tmp_path) == before


@functions
def test_apply_in_place_gives_what_the_function_gives(tmp_path, name, parameters, capfd):
    np.save(tmp_path / "x.npy", X)
    arguments = ["apply", name, "x.npy", "--in-place", *options(parameters)]
    succeeded(here(capfd, *arguments, cwd=tmp_path))
    assert_same_file(tmp_path / "x.npy", applied(name, X, **parameters))


@pytest.mark.parametrize("version", [(1, 0), (2, 0), (3, 0)])
def test_apply_reads_every_version_of_the_format(tmp_path, version, capfd):
    with open(tmp_path / "in.npy", "wb") as file:
        np.lib.format.write_array(file, X, version=version)
    succeeded(here(capfd, "apply", "relu", "in.npy", "out.npy", cwd=tmp_path))
    assert_same_file(tmp_path / "out.npy", applied("relu", X))


@pytest.mark.parametrize(
    "arguments",
    [
        ["in.npy", "out.npy", "--alpha", "-0.5"],
        ["in.npy", "--alpha", "-0.5", "out.npy"],
        ["--alpha=-0.5", "in.npy", "out.npy"],
    ],
)
def test_alpha_may_stand_anywhere(tmp_path, arguments, capfd):
    np.save(tmp_path / "in.npy", X)
    succeeded(here(capfd, "apply", "prelu", *arguments, cwd=tmp_path))
    assert_same_file(tmp_path / "out.npy", applied("prelu", X, alpha=-0.5))


def test_alpha_beyond_float32(tmp_path, capfd):
    np.save(tmp_path / "in.npy", np.float32([-1.0, 1.0]))
    succeeded(here(capfd, "apply", "prelu", "in.npy", "out.npy", "--alpha=1e300", cwd=tmp_path))
    assert_same_file(tmp_path / "out.npy", np.float32([-np.inf, 1.0]))


def invented(name, **defaults):
    """An activation with these parameters."""
    row = next(iter(_catalog.ACTIVATIONS.values()))
    parameters = tuple(
        _catalog.Parameter(i, parameter, default, 1.0, "", None)
        for i, (parameter, default) in enumerate(defaults.items())
    )
    return row._replace(name=name, parameters=parameters)


def test_options_are_those_of_the_parameters(capsys):
    clip = invented("clip", min_val=-1.0, max_val=None)
    soft = invented("soft", max_val=0.5)
    assert parameters_usage([clip, soft]) == "[--min-val M] [--max-val M]"
    parser = argparse.ArgumentParser()
    parser.set_defaults(parser=parser)
    add_parameter_options(parser, [clip, soft])
    assert "of clip, soft (0.5)" in parser.format_help()
    given = parser.parse_args(["--max-val=2"])
    assert given_parameters(given, [clip], "clip") == {"max_val": 2.0}
    assert given_parameters(parser.parse_args([]), [clip], "clip") == {}
    with pytest.raises(SystemExit):
        given_parameters(parser.parse_args(["--min-val=0"]), [soft], "soft")
    assert "argument --min-val: soft has no such parameter; expected --max-val M" in (
        capsys.readouterr().err
    )


# ---- apply: files ------------------------------------------------------------


def test_the_output_replaces_a_file(tmp_path, capfd):
    np.save(tmp_path / "in.npy", X)
    (tmp_path / "out.npy").write_text("something else, which may be longer\n" * 1000)
    succeeded(here(capfd, "apply", "relu", "in.npy", "out.npy", cwd=tmp_path))
    assert_same_file(tmp_path / "out.npy", applied("relu", X))


def test_the_output_goes_where_a_link_points(tmp_path, capfd):
    np.save(tmp_path / "in.npy", X)
    (tmp_path / "folder").mkdir()
    (tmp_path / "out.npy").symlink_to(tmp_path / "folder" / "target.npy")
    succeeded(here(capfd, "apply", "relu", "in.npy", "out.npy", cwd=tmp_path))
    assert (tmp_path / "out.npy").is_symlink()
    assert_same_file(tmp_path / "folder" / "target.npy", applied("relu", X))


def test_the_output_has_the_permissions_of_a_new_file(tmp_path):
    np.save(tmp_path / "in.npy", X)
    preparation = "import os; os.umask(0o027)"
    succeeded(prepared(preparation, "apply", "relu", "in.npy", "out.npy", cwd=tmp_path))
    assert stat.S_IMODE((tmp_path / "out.npy").stat().st_mode) == 0o640


def sparse(path, count):
    """A .npy file of zeros that takes no room on the disk."""
    with open(path, "wb") as file:
        header = {"descr": "<f4", "fortran_order": False, "shape": (count,)}
        np.lib.format.write_array_header_1_0(file, header)
        file.truncate(file.tell() + 4 * count)


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="reads /proc/self/status")
@pytest.mark.parametrize("target", [["out.npy"], ["--in-place"]])
def test_memory_does_not_depend_on_the_size(tmp_path, target):
    sparse(tmp_path / "in.npy", 1 << 26)  # 256 MB
    report = (
        "import atexit, pathlib\n"
        "atexit.register(lambda: print(pathlib.Path('/proc/self/status').read_text()))"
    )
    process = succeeded(prepared(report, "apply", "relu", "in.npy", *target, cwd=tmp_path))
    (peak,) = [line for line in process.stdout.splitlines() if line.startswith("VmHWM:")]
    assert int(peak.split()[1]) < 160_000  # kB


# ---- apply: errors -----------------------------------------------------------

AS_BFLOAT16 = ["--dtype", ".npy' is of", "expected elements of 2 bytes"]
ERRORS = {
    # what is wrong: arguments, exit status, what the line must say
    "unknown function": ("rleu x.npy o.npy", 2, ["'rleu'", "did you mean relu?", "elu_grad"]),
    "function of another kind": ("elu_backward x.npy o.npy", 2, ["'elu_backward'", "expected"]),
    "function of two outputs": ("elu_value_and_grad x.npy o.npy", 2, ["expected one of"]),
    "no function": ("", 2, ["FUNCTION"]),
    "no input": ("relu", 2, ["IN.npy"]),
    "no output": ("relu x.npy", 2, ["OUT.npy", "--in-place"]),
    "output and in place": ("relu x.npy o.npy --in-place", 2, ["OUT.npy", "--in-place"]),
    "too much": ("relu x.npy o.npy p.npy", 2, ["p.npy"]),
    "unknown option": ("relu x.npy o.npy --beta 1", 2, ["--beta"]),
    "prelu without alpha": ("prelu x.npy o.npy", 2, ["--alpha", "prelu"]),
    "prelu_grad without alpha": ("prelu_grad x.npy --in-place", 2, ["--alpha", "prelu_grad"]),
    "relu with alpha": ("relu x.npy o.npy --alpha 1", 2, ["--alpha", "relu"]),
    "relu_grad with alpha": ("relu_grad x.npy o.npy --alpha 1", 2, ["--alpha", "relu_grad"]),
    "alpha not a number": ("elu x.npy o.npy --alpha one", 2, ["--alpha", "'one'"]),
    "same file": ("relu x.npy x.npy", 2, ["OUT.npy", "IN.npy", "--in-place"]),
    "same file by another name": ("relu x.npy ./x.npy", 2, ["OUT.npy", "--in-place"]),
    "same file by a link": ("relu x.npy link.npy", 2, ["OUT.npy", "--in-place"]),
    "missing file": ("relu none.npy o.npy", 1, ["IN.npy", "'none.npy'", "No such file"]),
    "missing file in place": ("relu none.npy --in-place", 1, ["IN.npy", "No such file"]),
    "input a folder": ("relu folder o.npy", 1, ["IN.npy", "'folder'", "regular file"]),
    "input a pipe": ("relu pipe o.npy", 1, ["IN.npy", "'pipe'", "regular file"]),
    "not .npy": ("relu text.npy o.npy", 1, ["IN.npy", "'text.npy'", "expected a .npy file"]),
    "not .npy in place": ("relu text.npy --in-place", 1, ["IN.npy", "expected a .npy file"]),
    "zero bytes": ("relu zero.npy o.npy", 1, ["IN.npy", "expected a .npy file"]),
    "unknown version": ("relu version.npy o.npy", 1, ["IN.npy", "version (9, 0)"]),
    "header cut": ("relu header.npy o.npy", 1, ["IN.npy", "expected a .npy file"]),
    "elements cut": ("relu short.npy o.npy", 1, ["IN.npy", "608 bytes", "'short.npy'", "600"]),
    "elements cut in place": ("relu short.npy --in-place", 1, ["IN.npy", "608 bytes", "600"]),
    "negative shape": ("relu negative.npy o.npy", 1, ["IN.npy", "(-1,)"]),
    "object": ("relu object.npy o.npy", 1, ["IN.npy", "'object'", "expected"]),
    "complex": ("relu complex.npy o.npy", 1, ["IN.npy", "'complex128'", "expected"]),
    "string": ("relu string.npy o.npy", 1, ["IN.npy", "'<U1'", "expected"]),
    "time": ("relu time.npy o.npy", 1, ["IN.npy", "'timedelta64[s]'", "expected"]),
    "fields": ("relu fields.npy o.npy", 1, ["IN.npy", "expected"]),
    "subarray": ("relu subarray.npy o.npy", 1, ["IN.npy", "expected"]),
    "complex in place": ("relu complex.npy --in-place", 1, ["IN.npy", "'complex128'"]),
    "int in place": ("elu int.npy --in-place", 1, ["--in-place", "int64", "float64"]),
    "bool in place": ("relu bool.npy --in-place", 1, ["--in-place", "bool", "int8"]),
    "void": ("relu void.npy o.npy", 1, ["IN.npy", "'|V2'", "--dtype bfloat16"]),
    "wider void": ("relu wide.npy o.npy", 1, ["IN.npy", "'|V4'", "expected"]),
    "float32 as bfloat16": ("relu single.npy o.npy --dtype bfloat16", 1, [*AS_BFLOAT16, "float32"]),
    "float16 as bfloat16": ("relu half.npy o.npy --dtype bfloat16", 1, [*AS_BFLOAT16, "float16"]),
    "4 bytes as bfloat16": ("relu wide.npy --in-place --dtype bfloat16", 1, [*AS_BFLOAT16, "V4"]),
    "unknown dtype": ("relu x.npy o.npy --dtype float8", 2, ["--dtype", "'float8'"]),
    "no folder": ("relu x.npy none/o.npy", 1, ["OUT.npy", "'none/o.npy'", "existing directory"]),
    "folder a file": ("relu x.npy text.npy/o.npy", 1, ["OUT.npy", "existing directory"]),
    "output a folder": ("relu x.npy folder", 1, ["OUT.npy", "'folder'", "regular file"]),
    "output a device": ("relu x.npy /dev/null", 1, ["OUT.npy", "'/dev/null'", "regular file"]),
    "output a pipe": ("relu x.npy pipe", 1, ["OUT.npy", "'pipe'", "regular file"]),
}


def npy_with_header(header, data=b""):
    text = header.encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + data


@pytest.fixture
def files(tmp_path):
    """A folder with a file of each kind that an error needs."""
    np.save(tmp_path / "x.npy", X)
    (tmp_path / "link.npy").hardlink_to(tmp_path / "x.npy")
    whole = (tmp_path / "x.npy").read_bytes()
    (tmp_path / "text.npy").write_text("not\nan array\n")
    (tmp_path / "zero.npy").touch()
    (tmp_path / "version.npy").write_bytes(b"\x93NUMPY\x09\x00" + whole[8:])
    (tmp_path / "header.npy").write_bytes(whole[:50])
    (tmp_path / "short.npy").write_bytes(whole[:600])
    (tmp_path / "negative.npy").write_bytes(
        npy_with_header("{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }", bytes(8))
    )
    (tmp_path / "subarray.npy").write_bytes(
        npy_with_header(
            "{'descr': ('<f8', (2,)), 'fortran_order': False, 'shape': (), }", bytes(16)
        )
    )
    np.save(tmp_path / "object.npy", np.array([None]), allow_pickle=True)
    np.save(tmp_path / "complex.npy", np.ones(3, dtype=complex))
    np.save(tmp_path / "string.npy", np.array(["a"]))
    np.save(tmp_path / "time.npy", np.ones(3, dtype="m8[s]"))
    np.save(tmp_path / "fields.npy", np.ones(3, dtype=[("a", "f4")]))
    np.save(tmp_path / "int.npy", np.arange(3, dtype=np.int64))
    np.save(tmp_path / "bool.npy", np.ones(3, dtype=bool))
    np.save(tmp_path / "half.npy", np.ones(3, dtype=np.float16))
    np.save(tmp_path / "single.npy", np.ones(3, dtype=np.float32))
    np.save(tmp_path / "void.npy", np.zeros(3, dtype="V2"))
    np.save(tmp_path / "wide.npy", np.zeros(3, dtype="V4"))
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    return tmp_path


@pytest.mark.parametrize("error", ERRORS)
def test_errors(files, error, capfd):
    arguments, status, words = ERRORS[error]
    if "--dtype bfloat16" in arguments:
        pytest.importorskip("ml_dtypes")
    before = content(files)
    failed(here(capfd, "apply", *arguments.split(), cwd=files), status, *words)
    assert content(files) == before


@pytest.mark.skipif(
    np.dtype(np.longdouble).itemsize == 8, reason="long double is no type of its own here"
)
def test_long_double_is_refused(tmp_path, capfd):
    np.save(tmp_path / "x.npy", np.ones(3, dtype=np.longdouble))
    process = here(capfd, "apply", "relu", "x.npy", "o.npy", cwd=tmp_path)
    failed(process, 1, "IN.npy", str(np.dtype(np.longdouble)), "expected")


def test_a_line_feed_in_a_name_stays_one_line(tmp_path, capfd):
    failed(here(capfd, "apply", "relu", "a\nb.npy", "o.npy", cwd=tmp_path), 1, "a\\nb.npy")
    failed(here(capfd, "apply", "relu", "a", "b", "c\nd", cwd=tmp_path), 2, "c d")


@pytest.mark.parametrize("arguments", [["applied"], ["--quick", "apply", "relu", "a", "b"], ["-x"]])
def test_errors_before_the_command(tmp_path, arguments, capfd):
    failed(here(capfd, *arguments, cwd=tmp_path), 2, arguments[0])


# ---- apply: a full disk, a read-only one -------------------------------------


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 1 MB; a function mounts it anew with other options."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def mount(options):
        return subprocess.run(
            ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder],
            capture_output=True,
            check=False,
        )

    if os.geteuid() != 0 or mount("size=1m").returncode != 0:
        pytest.skip("needs the right to mount a file system")
    yield folder, lambda options: mount(f"remount,{options}").check_returncode()
    subprocess.run(["umount", folder], check=True)


def test_full_disk(small_disk):
    folder, _ = small_disk
    sparse(folder / "in.npy", 1 << 20)
    process = command("apply", "relu", "in.npy", "out.npy", cwd=folder)
    failed(process, 1, "OUT.npy", "'out.npy'", "No space left on device", "4,194,304 bytes")
    assert [path.name for path in folder.iterdir()] == ["in.npy"]


def test_full_disk_in_place(small_disk):
    folder, _ = small_disk
    sparse(folder / "x.npy", 1 << 20)
    before = (folder / "x.npy").read_bytes()
    process = command("apply", "relu_grad", "x.npy", "--in-place", cwd=folder)
    failed(process, 1, "IN.npy", "'x.npy'", "No space left on device", "4,194,432 bytes")
    assert (folder / "x.npy").read_bytes() == before


def test_read_only_disk(small_disk):
    folder, remount = small_disk
    np.save(folder / "x.npy", X)
    before = content(folder)
    remount("ro")
    process = command("apply", "relu", "x.npy", "--in-place", cwd=folder)
    failed(process, 1, "IN.npy", "'x.npy'", "Read-only", "can be read and written")
    process = command("apply", "relu", "x.npy", "out.npy", cwd=folder)
    failed(process, 1, "OUT.npy", "'out.npy'", "Read-only")
    assert content(folder) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write to every file")
def test_read_only_file(tmp_path):
    np.save(tmp_path / "x.npy", X)
    (tmp_path / "x.npy").chmod(0o444)
    process = command("apply", "relu", "x.npy", "--in-place", cwd=tmp_path)
    failed(process, 1, "IN.npy", "'x.npy'", "Permission denied", "can be read and written")


def test_file_too_large(tmp_path):
    sparse(tmp_path / "in.npy", 1 << 20)
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (10**6, 10**6))"
    process = prepared(limit, "apply", "relu", "in.npy", "out.npy", cwd=tmp_path)
    failed(process, 1, "OUT.npy", "'out.npy'", "File too large")
    assert sorted(content(tmp_path)) == ["in.npy"]


# ---- Interruption ------------------------------------------------------------

# Sends a signal while the third chunk of 10 elements is worked on.
# The test run itself may have been started with SIGINT ignored, as by nohup.
SIGNAL_IN_THIRD_CHUNK = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
apply.CHUNK = 10
def update(self, done, label):
    if done == 20:
        signal.raise_signal({number})
apply.Progress.update = update
"""
signals = pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])


@signals
def test_interrupted_in_place_finishes_the_chunk(tmp_path, number):
    np.save(tmp_path / "x.npy", X)
    preparation = SIGNAL_IN_THIRD_CHUNK.format(number=int(number))
    process = prepared(preparation, "apply", "elu", "x.npy", "--in-place", cwd=tmp_path)
    failed(process, 128 + number, number.name, "30 of 60 elements", "'x.npy'")
    expected = X.copy()
    expected.ravel()[:30] = relu_fast.elu(X.ravel()[:30])
    assert_same_file(tmp_path / "x.npy", expected)


@signals
def test_interrupted_leaves_no_output(tmp_path, number):
    np.save(tmp_path / "in.npy", X)
    (tmp_path / "out.npy").write_text("as before")
    before = content(tmp_path)
    preparation = SIGNAL_IN_THIRD_CHUNK.format(number=int(number))
    process = prepared(preparation, "apply", "elu", "in.npy", "out.npy", cwd=tmp_path)
    failed(process, 128 + number, number.name, "'out.npy' is not written")
    assert content(tmp_path) == before


def test_any_failure_leaves_no_output(tmp_path):
    np.save(tmp_path / "in.npy", X)
    preparation = "def no(*_): raise RuntimeError\napply.transform = no"
    process = prepared(preparation, "apply", "elu", "in.npy", "out.npy", cwd=tmp_path)
    assert process.returncode != 0
    assert sorted(content(tmp_path)) == ["in.npy"]


def test_interrupted_demonstration(tmp_path):
    preparation = "def stop(_): raise KeyboardInterrupt\ndemo.run = stop"
    failed(prepared(preparation, cwd=tmp_path), 130, "interrupted")


# ---- The demonstration -------------------------------------------------------

NAMES = list(_catalog.FUNCTIONS)


def rows(output):
    """The lines of the table by function: the words after its name."""
    words = [line.split() for line in output.splitlines()]
    return {line[0]: line[1:] for line in words if line and line[0] in NAMES}


def test_every_function_is_shown(tmp_path):
    start = time.monotonic()
    output = succeeded(command("--quick", cwd=tmp_path)).stdout
    assert time.monotonic() - start < 10
    table = rows(output)
    assert sorted(table) == sorted(NAMES)
    assert "\x1b" not in output
    assert f"relu_fast {relu_fast.__version__}" in output
    assert relu_fast.config()["isa"] in output
    assert f"threads  {relu_fast.get_num_threads()}" in output
    assert "ULP" in output.splitlines()[-2] + output.splitlines()[-1]
    for name, words in table.items():
        float32_error, _, float64_error, _ = words[:4]
        function = _catalog.FUNCTIONS[name]
        if function.form.kind == "sum":
            continue  # whose bound is not in ULP of the result
        bound = function.bound("float32").at_defaults
        assert float(float32_error) <= bound
        if not bound:
            assert float32_error == "0"
            assert float64_error in ("0", "n/a")


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("activation", _catalog.ACTIVATIONS.values(), ids=lambda row: row.name)
def test_the_expressions_give_what_the_functions_give(dtype, activation):
    x = np.linspace(-3, 3, 101, dtype=dtype)
    arrays = dict.fromkeys(comparison.array_names(activation), x) | {"g": np.cos(x)}
    # Near 0 many expressions lose digits that functions keep.
    rtol, atol = (0.01, 0.01) if dtype == np.float16 else (1e-5, 1e-6)
    for function in activation.functions():
        compared = comparison.Comparison(function)
        data = comparison.named_data(activation, {name: a.copy() for name, a in arrays.items()})
        names = {"np": np, "special": comparison.scipy_special(), **data, "x": x.copy()}
        expected = eval(compared.expression, names)
        found = compared.ours(data)
        if len(function.form.outputs) == 1:
            expected, found = (expected,), (found,)
        assert len(found) == len(expected) == len(function.form.outputs)
        for ours, theirs in zip(found, map(np.asarray, expected), strict=True):
            # SciPy has functions of float32 and float64 alone.
            is_narrow = dtype == np.float16 and "special." in compared.expression
            assert ours.dtype == dtype
            assert theirs.dtype == dtype or is_narrow
            np.testing.assert_allclose(ours, theirs, rtol=rtol, atol=atol)
        exec(compared.statement, names)
        if compared.in_place:
            np.testing.assert_array_equal(names["x"], expected[0].astype(dtype))


def test_ulp():
    tiny, least = 2.0**-126, 2.0**-149
    values = np.array([0.0, least / 8, least, tiny, -1.0, np.nextafter(2.0, 0), 2.0])
    expected = [least, least, least, least, 2.0**-23, 2.0**-23, 2.0**-22]
    np.testing.assert_array_equal(comparison.ulp(values, np.float32), expected)


def test_largest_error_sees_an_error(monkeypatch):
    data = {"x": np.float32([-1.0, 1.0, 3.0])}

    def error(name):
        return comparison.largest_error(comparison.COMPARISONS[name], data)

    right = np.float32([0.0, 1.0, 3.0])
    slope = np.float32([0.0, 1.0, 1.0])
    far = np.float32([0.0, 1.0, 3.0 + 2.0**-20])
    assert error("relu") == error("relu_value_and_grad") == 0
    monkeypatch.setattr(relu_fast, "relu", lambda x: np.float32([2.0**-149, 1.0, 3.0]))
    assert error("relu") == 1
    monkeypatch.setattr(relu_fast, "relu", lambda x: far)
    assert error("relu") == 4
    for outputs, expected in [((right, slope), 0), ((far, slope), 4), ((right, far), np.inf)]:
        monkeypatch.setattr(relu_fast, "relu_value_and_grad", lambda x, both=outputs: both)
        assert min(error("relu_value_and_grad"), 2**24) == min(expected, 2**24)


def made_up(text, **fields):
    """A comparison of a function of x with that definition."""
    row = _catalog.ACTIVATIONS["relu"]._replace(value=text, derivative=text, **fields)
    return comparison.Comparison(next(f for f in row.functions() if f.form.id == "GRAD"))


def test_largest_error_near_a_zero_of_a_derivative_is_in_ulp_of_one_half(monkeypatch):
    sloping = made_up("x - 1", near_zero="abs(x - 1) < 0.05")
    x = np.float32([1 + 2.0**-20, 3.0])
    monkeypatch.setattr(relu_fast, "relu_grad", lambda x: x - np.float32(1 + 2.0**-23))
    data = {"x": x}
    assert comparison.largest_error(sloping, data) == 2.0**-23 / 2.0**-24
    assert comparison.largest_error(made_up("x - 1"), data) > 2**16


def test_largest_error_where_the_wider_type_loses_digits():
    """x - tanh(x) near 0: float64 has a stand-in for it, and longdouble has none."""
    shrinking = made_up("where(x == 0, x, x - tanh(x))")
    assert comparison.largest_error(shrinking, {"x": np.float64([1.0])}) is None
    assert comparison.largest_error(shrinking, {"x": np.float32([1.0])}) is not None


@pytest.mark.parametrize("name", ["quick_gelu", "quick_gelu_grad", "gelu_tanh", "tanh_grad"])
def test_largest_error_of_float64_in_the_tail(name):
    """A longdouble of 1.702, and the hyperbolic cosine of what is large."""
    if np.finfo(np.longdouble).nmant <= np.finfo(np.float64).nmant:
        pytest.skip("no wider type")
    function = _catalog.FUNCTIONS[name]
    x = {"gelu_tanh": 21.0, "tanh_grad": 354.0}.get(name, 410.0)
    data = {"x": np.linspace(-x, -x / 2, 100)}
    error = comparison.largest_error(comparison.COMPARISONS[name], data)
    assert error <= function.bound("float64").at_defaults


def test_comparisons_where_scipy_is_missing(monkeypatch):
    normal = made_up("erfc(-x / sqrt(2)) / 2 + x * exp(-x**2 / 2) / sqrt(2 * pi)")
    data = {"x": np.float32([1.0, -2.0])}
    assert comparison.race(normal, data, 0, 3).speed > 0
    assert comparison.largest_error(normal, data) is not None
    import_module = comparison.importlib.import_module

    def without_scipy(name):
        if name.startswith("scipy"):
            raise ModuleNotFoundError(name)
        return import_module(name)

    monkeypatch.setattr(comparison.importlib, "import_module", without_scipy)
    times = comparison.race(normal, data, 0, 3)
    assert times.speed is None
    assert times.seconds > 0
    assert speed_cell(times.speed).text == "n/a"
    assert comparison.largest_error(normal, data) is None


def test_colours_and_progress_on_a_terminal(tmp_path):
    shown = on_a_terminal("--quick", cwd=tmp_path, NO_COLOR="", COLUMNS="120")
    assert "\x1b[1mfunction\x1b[0m" in shown
    assert "0%" in shown
    assert "━" in shown
    assert "compared with" in shown
    assert "compared with" not in on_a_terminal("--quick", cwd=tmp_path, COLUMNS="80")


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_no_colours_where_they_are_not_wanted(tmp_path, variables):
    shown = on_a_terminal("--quick", cwd=tmp_path, **variables)
    assert "function" in shown
    assert "\x1b[32m" not in shown
    if "TERM" in variables:
        assert "\x1b" not in shown


def test_a_terminal_without_rich(tmp_path):
    (tmp_path / "rich.py").write_text("raise ImportError\n")
    shown = on_a_terminal("--quick", cwd=tmp_path)
    assert "\x1b" not in shown
    assert sorted(rows(shown)) == sorted(NAMES)


def test_rich_is_imported_for_a_terminal_only(tmp_path):
    report = "import atexit\natexit.register(lambda: print('rich' in sys.modules))"
    shown = succeeded(prepared(report, "bench", "--size=9", "--seconds=0", cwd=tmp_path)).stdout
    assert shown.endswith("False\n")


def test_progress_of_apply(tmp_path):
    np.save(tmp_path / "in.npy", X)
    shown = on_a_terminal("apply", "relu", "in.npy", "out.npy", cwd=tmp_path)
    assert "0%" in shown
    assert "\r\x1b[2K" in shown  # and the bar is gone in the end
    assert_same_file(tmp_path / "out.npy", applied("relu", X))


# ---- Help, and stdout --------------------------------------------------------


def test_help(tmp_path, capfd):
    main = succeeded(here(capfd, "--help", cwd=tmp_path)).stdout
    assert "apply" in main
    assert "--quick" in main
    text = " ".join(succeeded(here(capfd, "apply", "--help", cwd=tmp_path)).stdout.split())
    assert "apply FUNCTION IN.npy OUT.npy [--alpha A]" in text
    assert "apply FUNCTION IN.npy --in-place [--alpha A]" in text
    for name in apply.FUNCTIONS:
        assert name in text


def test_version(tmp_path, capfd):
    process = succeeded(here(capfd, "--version", cwd=tmp_path))
    assert process.stdout == f"relu_fast {relu_fast.__version__}\n"


def test_stdout_that_cannot_show_the_rules(tmp_path):
    preparation = "sys.stdout.reconfigure(encoding='ascii')"
    output = succeeded(prepared(preparation, "--quick", cwd=tmp_path)).stdout
    assert len(rows(output)) == len(NAMES)
    assert "-----" in output
