"""`apply` when files fail: at any point, by any error, a signal, or by getting shorter."""

import errno
import io
import itertools
import mmap
import os
import re
import signal
import threading
from pathlib import Path

import numpy as np
import pytest
from support.command_line import failed, here

import relu_fast
from relu_fast.cli import apply, files, main

pytestmark = [pytest.mark.build_independent, pytest.mark.coverage]

X = np.random.default_rng(0).normal(scale=3, size=60)
EXPECTED = relu_fast.elu(X)
TARGETS = {"file": ["out.npy"], "in place": ["--in-place"]}
REFUSALS = [errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS, errno.EPERM, errno.EACCES]


class Disk:
    """Counts what is done with files, and calls `act(operation, path)` before it.

    What `act` returns is how much of the operation, a write, is done: None for all.
    """

    def __init__(self, monkeypatch):
        self.act = lambda operation, path: None
        disk = self

        class Watched(io.FileIO):
            def readinto(self, data):
                disk.act("read", self.name)
                return super().readinto(data)

            def write(self, data):
                size = disk.act("write", self.name)
                return super().write(data[:size])

            def seek(self, *position):
                disk.act("seek", self.name)
                return super().seek(*position)

            def close(self):
                if not self.closed:
                    super().close()
                    disk.act("close", self.name)

        def opened(path, mode, buffering=-1, closefd=True):
            disk.act("open", path)
            raw = Watched(path, mode, closefd=closefd)
            return raw if buffering == 0 else io.BufferedWriter(raw)

        monkeypatch.setattr(files, "open", opened, raising=False)
        for name in ("fsync", "posix_fallocate", "replace"):
            real = getattr(os, name)

            def watched(*arguments, name=name, real=real):
                self.act(name, None)
                return real(*arguments)

            monkeypatch.setattr(os, name, watched)


@pytest.fixture
def disk(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(apply, "CHUNK", 7)
    return Disk(monkeypatch)


def fresh_files():
    for name in os.listdir():
        os.unlink(name)
    np.save("x.npy", X)
    with open("out.npy", "w") as file:
        file.write("as before")


def contents():
    return {path.name: path.read_bytes() for path in Path().iterdir()}


def run(capfd, target, *more):
    return here(capfd, "apply", "elu", "x.npy", *TARGETS[target], *more)


def each_point(disk, capfd, target, act):
    """Runs in which `act` comes before the first operation, the second, ... of all.

    Yields the operation, the path, what was there before, and what became of the run.
    """
    for point in itertools.count():
        fresh_files()
        before = contents()
        met = []

        def count(operation, path, point=point, met=met):
            met.append((operation, path))
            return act(operation, path) if len(met) == point + 1 else None

        disk.act = count
        process = run(capfd, target)
        disk.act = lambda operation, path: None
        if len(met) <= point:
            break
        yield *met[point], before, process
    assert point > 2 * X.size / apply.CHUNK  # it was at every chunk


def raising(number):
    def act(operation, path):
        raise OSError(number, os.strerror(number))

    return act


def assert_complete(target, capfd):
    """All is done: right, and without a file too many."""
    np.testing.assert_array_equal(np.load("x.npy" if target == "in place" else "out.npy"), EXPECTED)
    assert sorted(os.listdir()) == ["out.npy", "x.npy"]


def assert_goes_on(process, capfd):
    """The message says how many elements are done; they are, and no others, and --from goes on."""
    found = re.search(r"([\d,]+) of 60 elements of 'x.npy' are done.* --from (\d+)", process.stderr)
    done = int(found[2])
    assert int(found[1].replace(",", "")) == done
    y = np.load("x.npy")
    np.testing.assert_array_equal(y[:done], EXPECTED[:done])
    np.testing.assert_array_equal(y[done:], X[done:])
    assert run(capfd, "in place", "--from", done).returncode == 0
    assert_complete("in place", capfd)
    return done


def test_an_error_at_any_point_names_the_right_file(disk, capfd):
    for operation, path, before, process in each_point(disk, capfd, "file", raising(errno.EIO)):
        words = ("IN.npy", "'x.npy'") if path == "x.npy" else ("OUT.npy", "'out.npy'")
        failed(process, 1, f"argument {words[0]}: {words[1]}: Input/output error")
        if (operation, path) == ("close", "x.npy"):
            assert_complete("file", capfd)
        else:
            assert contents() == before


def test_an_error_at_any_point_in_place(disk, capfd):
    told = set()
    for operation, _, before, process in each_point(disk, capfd, "in place", raising(errno.EIO)):
        failed(process, 1, "argument IN.npy: 'x.npy': Input/output error")
        if " --from " in process.stderr:
            told.add(assert_goes_on(process, capfd))
        elif operation in ("fsync", "close"):
            assert_complete("in place", capfd)
        else:
            assert contents() == before
    assert told == set(range(0, 60, 7))


@pytest.mark.parametrize("size", [0, 1, 8, 13, 55])
def test_a_disk_that_is_full_in_the_middle_of_a_chunk(disk, capfd, size):
    """Of what is written in place then, nothing stays."""

    def act(operation, path):
        if operation != "write":
            return None
        disk.act = lambda operation, path: disk_full() if operation == "write" else None
        return size

    def disk_full():
        disk.act = lambda operation, path: None
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    for operation, _, _, process in each_point(disk, capfd, "in place", act):
        if operation == "write" and process.returncode:  # 0: the last chunk has 32 bytes alone
            failed(process, 1, "argument IN.npy: 'x.npy': No space left on device", "608 bytes")
            assert_goes_on(process, capfd)
    for operation, _, before, process in each_point(disk, capfd, "file", act):
        if operation == "write" and process.returncode:
            failed(process, 1, "argument OUT.npy: 'out.npy': No space left on device")
            assert contents() == before


def test_a_disk_that_is_lost_in_the_middle_of_a_chunk(disk, capfd):
    """What was there before cannot be written back, and the message says so."""

    def act(operation, path):
        disk.act = raising(errno.EIO)
        return 13 if operation == "write" else raising(errno.EIO)(operation, path)

    lost = 0
    for operation, _, _, process in each_point(disk, capfd, "in place", act):
        failed(process, 1, "argument IN.npy: 'x.npy': Input/output error")
        if operation == "write":
            done = int(re.search(r"(\d+) elements are done, of the \d after", process.stderr)[1])
            assert "--from" not in process.stderr
            y = np.load("x.npy")
            np.testing.assert_array_equal(y[:done], EXPECTED[:done])
            np.testing.assert_array_equal(y[done + 7 :], X[done + 7 :])
            lost += 1
    assert lost == 9


@pytest.mark.parametrize("name", ["folder/", "x.npy/", "new/"])
def test_no_file_is_written_for_a_folder(disk, capfd, name):
    """As cp has it; without its slash, the name would be that of a file."""
    np.save("x.npy", X)
    before = contents()
    assert main.main(["apply", "elu", "x.npy", name]) == 1
    assert f"expected a regular file or a new name, not {name!r}" in capfd.readouterr().err
    assert contents() == before


def test_names_that_a_terminal_would_obey(disk, capfd):
    np.save("x.npy", X)
    name = "a\x1b[2J\nb.npy"
    assert main.main(["apply", "elu", "x.npy", name]) == 0
    assert capfd.readouterr().out.startswith(f"{name!r}: elu of ")


def test_in_another_thread(disk, capfd):
    """Where Python lets nobody handle signals."""
    np.save("x.npy", X)
    statuses = []
    thread = threading.Thread(
        target=lambda: statuses.append(main.main(["apply", "elu", "x.npy", "y.npy"]))
    )
    thread.start()
    thread.join()
    assert statuses == [0]


@pytest.fixture(params=apply.ASKING_TO_STOP)
def number(request):
    """Of a signal that is not ignored, as under nohup and in the background some are."""
    before = signal.signal(request.param, signal.SIG_DFL)
    yield request.param
    signal.signal(request.param, before)


def test_a_signal_at_any_point(disk, capfd, number):
    def act(operation, path):
        signal.raise_signal(number)

    stopped = 0
    for _, _, before, process in each_point(disk, capfd, "file", act):
        if process.returncode == 0:
            assert_complete("file", capfd)
        else:
            name = signal.Signals(number).name
            failed(process, 128 + number, f"stopped by {name}; 'out.npy' is not written")
            assert contents() == before
            stopped += 1
    assert stopped > 9


def test_a_signal_at_any_point_in_place(disk, capfd, number):
    told = set()
    before = signal.getsignal(number)

    def act(operation, path):
        signal.raise_signal(number)

    for _, _, _, process in each_point(disk, capfd, "in place", act):
        assert signal.getsignal(number) is before
        if process.returncode == 0:
            assert_complete("in place", capfd)
        else:
            failed(process, 128 + number, f"stopped by {signal.Signals(number).name}; ")
            told.add(assert_goes_on(process, capfd))
    assert told == set(range(0, 60, 7))


@pytest.mark.parametrize("size", [0, 50, 127, 128, 129, 300, 607])
@pytest.mark.parametrize("target", TARGETS)
def test_a_file_that_gets_shorter(disk, capfd, target, size):
    def act(operation, path):
        if operation == "read" and path == "x.npy":
            os.truncate("x.npy", size)

    for _, _, before, process in each_point(disk, capfd, target, act):
        if process.returncode == 0:
            assert_complete(target, capfd)
        else:
            failed(process, 1, "argument IN.npy", "'x.npy'")
            assert {**contents(), "x.npy": b""} == {**before, "x.npy": b""}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("operation", ["posix_fallocate", "fsync"])
def test_what_a_file_system_refuses_is_not_needed(disk, capfd, operation, target):
    for number in [*REFUSALS, *files.DISK_ERRORS]:

        def act(found, path, number=number):
            if found == operation:
                raise OSError(number, os.strerror(number))

        fresh_files()
        disk.act = act
        process = run(capfd, target)
        if number in REFUSALS:
            assert process.returncode == 0
            assert_complete(target, capfd)
        else:
            failed(process, 1, os.strerror(number))


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_is_mapped_into_memory(disk, capfd, target, monkeypatch):
    """Some file systems refuse it, and a file that gets shorter is SIGBUS then."""
    monkeypatch.setattr(mmap, "mmap", raising(errno.ENODEV))
    fresh_files()
    assert run(capfd, target).returncode == 0
    assert_complete(target, capfd)


# ---- --from ----------------------------------------------------------------------


@pytest.mark.parametrize("layout", ["<f8", ">f4", "<f2"])
@pytest.mark.parametrize("start", [0, 1, 6, 7, 8, 59, 60])
def test_from(disk, capfd, start, layout):
    fresh_files()
    x = X.astype(layout).reshape(5, 12, order="F")
    np.save("x.npy", x)
    assert run(capfd, "in place", "--from", start).returncode == 0
    expected = x.ravel(order="K")
    expected[start:] = relu_fast.elu(expected[start:])
    np.testing.assert_array_equal(np.load("x.npy").ravel(order="K"), expected)


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        ("--in-place --from 61", 1, "argument --from: 'x.npy' has 60 elements"),
        ("out.npy --from 7", 2, "argument --from: expected it with --in-place alone"),
        ("--in-place --from -7", 2, "argument --from: expected a whole number from 0"),
    ],
)
def test_from_refuses(disk, capfd, arguments, status, words):
    fresh_files()
    before = contents()
    failed(here(capfd, "apply", "elu", "x.npy", *arguments.split()), status, words)
    assert contents() == before


# ---- Headers -----------------------------------------------------------------------

HUGE = 2**62


def npy(descr="'<f8'", order="False", shape="(3,)"):
    return f"{{'descr': {descr}, 'fortran_order': {order}, 'shape': {shape}, }}"


HEADERS = {
    "more elements than memory": npy(shape=f"({10**15},)"),
    "more bytes than an address": npy(shape=f"({HUGE},)"),
    "more than 64 bits": npy(shape=f"({2**70},)"),
    "a product of more than 64 bits": npy(shape=f"({HUGE}, {HUGE}, {HUGE})"),
    "nothing of much": npy(shape=f"(0, {10**25})"),
    "more digits than Python prints": npy(shape=f"(0x{'f' * 4000},)"),
    "and nothing of it": npy(shape=f"(0, 0x{'f' * 4000})"),
    "more digits than Python reads": npy(shape=f"({'9' * 5000},)"),
    "negative": npy(shape="(-3,)"),
    "negative twice": npy(shape="(-3, -1)"),
    "no tuple": npy(shape="3"),
    "floats": npy(shape="(3.0,)"),
    "strings": npy(shape="('3',)"),
    "no dtype": npy(descr="'<f9'"),
    "empty dtype": npy(descr="''"),
    "None": npy(descr="None"),
    "a number": npy(descr="8"),
    "half a list": npy(descr="[('a',)]"),
    "an empty list": npy(descr="[]"),
    "a tuple": npy(descr="()"),
    "a dictionary": npy(descr="{'names': 3}"),
    "comma": npy(descr="'f4,('"),
    "a wide string": npy(descr="'<U2147483647'"),
    "a wider void": npy(descr="'V99999999999999999'"),
    "objects": npy(descr="'|O'"),
    "fields": npy(descr="[('a', '<f4'), ('b', '<i8')]"),
    "objects in fields": npy(descr="[('a', '|O')]"),
    "a subarray": npy(descr="('<f8', (2,))"),
    "time": npy(descr="'<M8[ns]'"),
    "no order": npy(order="'C'"),
    "a call": "__import__('os').abort()",
    "no dictionary": "[1, 2]",
    "no keys": "{}",
    "unhashable": "{[]: 1}",
    "deep": "(" * 4000,
    "deeper": "-" * 9000 + "1",
    "open": "{'descr': '''",
    "zero bytes": "\0" * 50,
    "indented": "  {\n",
    "long": " " * 20_000 + npy(),
    "other characters": "\xff\xfe{",
}


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("version", [1, 2, 3])
def test_absurd_headers(disk, capfd, version, target):
    fresh_files()
    for header in HEADERS.values():
        text = header.encode("latin1") + b"\n"
        size = len(text).to_bytes(2 if version == 1 else 4, "little")
        with open("x.npy", "wb") as file:
            file.write(b"\x93NUMPY" + bytes([version, 0]) + size + text + bytes(24))
        before = contents()
        failed(run(capfd, target), 1, "argument IN.npy")
        assert contents() == before


@pytest.mark.parametrize("size", [10**4 + 1, 10**6, 2**31, 2**32 - 1])
def test_absurd_sizes_of_headers(disk, capfd, size):
    """It is refused, and no memory asked for."""
    fresh_files()
    with open("x.npy", "wb") as file:
        file.write(b"\x93NUMPY\x02\x00" + size.to_bytes(4, "little"))
        file.truncate(2**33)
    failed(run(capfd, "file"), 1, "argument IN.npy: expected a .npy file, not 'x.npy'", f"{size:,}")


def test_headers_with_errors_of_chance(disk, capfd):
    """A result or one line; what else there may be, the call in this process would raise."""
    fresh_files()
    whole = contents()["x.npy"]
    random = np.random.default_rng(3)
    statuses = set()
    for _ in range(250):
        changed = bytearray(whole)
        for _ in range(random.integers(1, 4)):
            changed[random.integers(6, 70)] = random.choice([*b"()[]{}',:0-9<|OVf\n \0\xff"])
        with open("x.npy", "wb") as file:
            file.write(changed)
        process = run(capfd, "file")
        statuses.add(process.returncode)
        if process.returncode:
            failed(process, 1, "argument IN.npy")
    assert statuses == {0, 1}


# ---- Errors of no argument -----------------------------------------------------------

LINES = {
    "info": [],
    "bench": [],
    "apply": ["relu", "x.npy", "out.npy"],
    "plot": [],
    "verify": [],
}
ANY_ERRORS = [
    (MemoryError(), "not enough memory"),
    (MemoryError("Unable to allocate 8 EiB"), "not enough memory: Unable to allocate 8 EiB"),
    (OSError(errno.EMFILE, "Too many open files", "/proc/x"), "'/proc/x': Too many open files"),
    (OSError(errno.EAGAIN, "Resource unavailable"), "relu_fast: error: Resource unavailable"),
    (OSError("no number"), "relu_fast: error: no number"),
    (OSError(), "relu_fast: error: OSError"),
]


@pytest.mark.parametrize("module", main.COMMANDS)
def test_any_error_is_one_line(module, capfd, monkeypatch):
    name = module.__name__.rpartition(".")[2]
    for error, words in ANY_ERRORS:

        def run(options, error=error):
            raise error

        monkeypatch.setattr(module, "run", run)
        failed(here(capfd, name, *LINES[name]), 1, words)


@pytest.mark.parametrize("module", main.COMMANDS)
def test_a_bug_shows_where_it_is(module, capfd, monkeypatch):
    def run(options):
        raise RuntimeError("a bug")

    name = module.__name__.rpartition(".")[2]
    monkeypatch.setattr(module, "run", run)
    with pytest.raises(RuntimeError, match="a bug"):
        here(capfd, name, *LINES[name])
