"""Standard streams that are closed, full or left by their reader, for every command."""

import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from support.command_line import environment, python, redirected

import relu_fast

pytestmark = [pytest.mark.build_independent, pytest.mark.coverage]

X = np.random.default_rng(0).normal(scale=3, size=(5, 4, 3))
EXPECTED = relu_fast.elu(X)

# What is printed is what they are for.
RESULTS = {
    "help": ["--help"],
    "version": ["--version"],
    "help of a command": ["apply", "--help"],
    "info": ["info"],
    "info --json": ["info", "--json"],
    "bench": ["bench", "relu", "--size", "9", "--seconds", "0"],
    "verify": ["verify", "relu", "--quick", "--dtype", "float16", "--jobs", "1"],
    "demonstration": ["--quick"],
}
# What is printed is a message; the result is a file.
MESSAGES = {
    "apply": ["apply", "elu", "in.npy", "out.npy"],
    "apply in place": ["apply", "elu", "x.npy", "--in-place"],
    "plot": ["plot", "elu", "--out", "out.svg"],
}
SLOW_PLOT = pytest.param("plot", marks=pytest.mark.slow)  # matplotlib takes a second to start
ERRORS = {
    "usage": (2, ["apply", "elu"]),
    "missing file": (1, ["apply", "elu", "none.npy", "out.npy"]),
    "unknown command": (2, ["none"]),
}
CLOSED = ["<&-", ">&-", "2>&-", "<&- >&- 2>&-", ">&- 2>&-"]
full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")


@pytest.fixture
def folder(tmp_path):
    np.save(tmp_path / "in.npy", X)
    np.save(tmp_path / "x.npy", X)
    return tmp_path


def run(folder, redirections, arguments):
    if arguments[0] == "plot":
        pytest.importorskip("matplotlib")
    if arguments[0] == "verify":
        pytest.importorskip("gmpy2")
        pytest.importorskip("scipy")
    return redirected(redirections, *arguments, cwd=folder)


def assert_done(folder, command, process):
    """The file is right, and nothing that was printed went into it."""
    assert process.returncode == 0
    names = {"in.npy", "x.npy"}
    if command == "plot":
        drawn = (folder / "out.svg").read_text()
        assert drawn.startswith("<?xml")
        assert drawn.endswith("</svg>\n")
        names.add("out.svg")
    else:
        target = "x.npy" if command == "apply in place" else "out.npy"
        np.testing.assert_array_equal(np.load(folder / target), EXPECTED)
        assert (folder / target).stat().st_size == (folder / "in.npy").stat().st_size
        names.add(target)
    assert {path.name for path in folder.iterdir()} == names


def assert_error(process, status, words):
    assert process.returncode == status
    assert process.stderr.decode().count("\n") == 1
    assert process.stderr.decode().startswith("relu_fast: error: ")
    assert words in process.stderr.decode()


@pytest.mark.parametrize("redirections", CLOSED)
@pytest.mark.parametrize("command", [*list(MESSAGES)[:2], SLOW_PLOT])
def test_work_is_done_with_closed_streams(folder, command, redirections):
    process = run(folder, redirections, MESSAGES[command])
    assert_done(folder, command, process)
    assert process.stderr == b""


def test_a_picture_is_drawn_with_closed_streams(folder):
    process = run(folder, "<&- >&- 2>&-", MESSAGES["plot"])
    assert_done(folder, "plot", process)


@full
@pytest.mark.parametrize("command", [*list(MESSAGES)[:2], SLOW_PLOT])
def test_work_is_done_where_no_message_can_be_shown(folder, command):
    assert_done(folder, command, run(folder, ">/dev/full 2>/dev/full", MESSAGES[command]))


@pytest.mark.parametrize("command", [*list(MESSAGES)[:2], SLOW_PLOT])
def test_work_is_done_where_nobody_reads_the_message(folder, command):
    if command == "plot":
        pytest.importorskip("matplotlib")
    reader, writer = os.pipe()
    os.close(reader)
    line = [sys.executable, "-m", "relu_fast", *MESSAGES[command]]
    process = subprocess.run(line, cwd=folder, stdout=writer, stderr=writer, check=False)
    os.close(writer)
    assert_done(folder, command, process)


@pytest.mark.parametrize("command", RESULTS)  # the demonstration fails at its first line
def test_a_result_that_nobody_could_see_is_an_error(folder, command):
    process = run(folder, ">&-", RESULTS[command])
    assert_error(process, 1, "output: Bad file descriptor")


@full
@pytest.mark.parametrize(
    ("command", "unbuffered"),
    [("help", ""), ("help", "1"), ("version", "1"), ("info --json", ""), ("info --json", "1")],
)
def test_a_result_on_a_full_disk_is_an_error(folder, command, unbuffered, monkeypatch):
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    process = run(folder, ">/dev/full", RESULTS[command])
    assert_error(process, 1, "output: No space left on device")


@pytest.mark.parametrize("command", ["help", "info --json", "demonstration"])
def test_a_result_whose_reader_has_gone_ends_as_other_programs_do(folder, command):
    reader, writer = os.pipe()
    os.close(reader)
    line = [sys.executable, "-m", "relu_fast", *RESULTS[command]]
    process = subprocess.run(
        line, cwd=folder, stdout=writer, stderr=subprocess.PIPE, env=environment(), check=False
    )
    os.close(writer)
    assert (process.returncode, process.stderr) == (128 + 13, b"")


@pytest.mark.parametrize("command", ["help", "info --json", "bench", "verify"])
def test_a_result_without_stdin_and_stderr(folder, command):
    process = run(folder, "<&- 2>&-", RESULTS[command])
    assert process.returncode == 0
    assert process.stdout


@pytest.mark.parametrize("redirections", ["<&- >&- 2>&-", pytest.param("2>/dev/full", marks=full)])
@pytest.mark.parametrize("error", ERRORS)
def test_the_status_of_an_error_that_nobody_could_see(folder, error, redirections):
    status, arguments = ERRORS[error]
    assert run(folder, redirections, arguments).returncode == status
    assert sorted(path.name for path in folder.iterdir()) == ["in.npy", "x.npy"]


@pytest.mark.parametrize("command", ["apply", "info"])
def test_streams_that_are_none(folder, command):
    """As under pythonw: the numbers 0 to 2 are there, or somebody else's."""
    code = "import sys; sys.stdin = sys.stdout = sys.stderr = None\n"
    code += "from relu_fast.cli import main; sys.exit(main.main())"
    process = python("-c", code, *(MESSAGES | RESULTS)[command], cwd=folder)
    assert (process.stdout, process.stderr) == ("", "")
    if command == "apply":
        assert_done(folder, "apply", process)
    else:
        assert process.returncode == 1


HANGING_UP = """
import signal, sys
from relu_fast.cli import apply, main, output
signal.signal(signal.SIGHUP, signal.SIG_IGN)  # as nohup does
apply.CHUNK = 10
output.Progress._INTERVAL = 0
draw = output.Progress.update
def update(self, done, label):
    if done == 20:
        print("half-way", flush=True)
        sys.stdin.readline()
    draw(self, done, label)
output.Progress.update = update
sys.exit(main.main())
"""


def test_work_goes_on_without_a_terminal_that_has_gone(folder):
    """The one that shows how far it is."""
    pytest.importorskip("rich")
    terminal, program = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-c", HANGING_UP, *MESSAGES["apply"]],
        cwd=folder,
        env=environment(TERM="xterm"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=program,
    ) as process:
        os.close(program)
        assert process.stdout.readline() == b"half-way\n"
        assert b"0%" in os.read(terminal, 4096)
        os.close(terminal)
        process.communicate(b"\n")
    assert_done(folder, "apply", process)


# ---- apply from and to a stream -----------------------------------------------


def npy(folder, *arrays):
    """Arrays in one file, as bytes."""
    with open(folder / "several", "wb") as file:
        for array in arrays:
            np.save(file, array)
    return (folder / "several").read_bytes()


CHUNKED = (
    "from relu_fast.cli import apply, main\nimport sys\napply.CHUNK = 7\nsys.exit(main.main())"
)


def chunked(folder, *arguments, **options):
    """`apply elu` in chunks of 7 elements."""
    return subprocess.run(
        [sys.executable, "-c", CHUNKED, "apply", "elu", *arguments],
        cwd=folder,
        env=environment(),
        stderr=subprocess.PIPE,
        timeout=60,
        check=False,
        **options,
    )


LAYOUTS = {
    "C order": X,
    "Fortran order": np.asfortranarray(X, np.float32),
    "0-d": np.array(-1.5),
    "empty": X[:0],
    "integers": np.arange(-6, 60),
    "big-endian": X.astype(">f4"),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_from_pipe_to_pipe(folder, layout):
    x = LAYOUTS[layout]
    piped = chunked(folder, "-", "-", input=npy(folder, x), stdout=subprocess.PIPE)
    assert (piped.returncode, piped.stderr) == (0, b"")
    assert piped.stdout == npy(folder, relu_fast.elu(x))


def test_from_pipe_to_file_and_back(folder):
    filed = chunked(folder, "-", "out.npy", input=npy(folder, X), stdout=subprocess.PIPE)
    assert (filed.returncode, filed.stderr) == (0, b"")
    assert filed.stdout.decode() == "out.npy: elu of 60 elements, float64 (5, 4, 3)\n"
    np.testing.assert_array_equal(np.load(folder / "out.npy"), EXPECTED)
    piped = chunked(folder, "in.npy", "-", stdout=subprocess.PIPE)
    assert piped.stdout == (folder / "out.npy").read_bytes()


def test_the_argument_for_a_stream_may_stand_anywhere(folder):
    process = redirected("< in.npy", "apply", "elu", "-", "--alpha", "-.5e0", "-", cwd=folder)
    assert process.stdout == npy(folder, relu_fast.elu(X, alpha=-0.5))


@pytest.mark.parametrize("source", ["cat several |", ""])
def test_the_first_array_alone_is_read(folder, source):
    """The next program goes on where it ended."""
    npy(folder, X, 2 * X, 3 * X)
    call = '"$0" -m relu_fast apply elu -'
    line = f"{source} {{ {call} 1.npy; {call} 2.npy; cat > 3.npy; }}"
    if not source:
        line += " < several"
    subprocess.run(["sh", "-c", line, sys.executable], cwd=folder, check=True, timeout=60)
    np.testing.assert_array_equal(np.load(folder / "1.npy"), EXPECTED)
    np.testing.assert_array_equal(np.load(folder / "2.npy"), relu_fast.elu(2 * X))
    np.testing.assert_array_equal(np.load(folder / "3.npy"), 3 * X)


def test_pipes_that_do_not_block(folder):
    """As other programs leave them."""
    source, fed = os.pipe()
    read, target = os.pipe()
    for number in (source, target):
        os.set_blocking(number, False)
    x = np.linspace(-2, 2, 20_000)  # more than pipes hold
    slow = "import sys, time; data = sys.stdin.buffer.read(); time.sleep(0.4)\n"
    slow += "sys.stdout.buffer.write(data)"
    with (
        subprocess.Popen(
            [sys.executable, "-m", "relu_fast", "apply", "elu", "-", "-"],
            stdin=source,
            stdout=target,
            stderr=subprocess.PIPE,
        ) as process,
        subprocess.Popen([sys.executable, "-c", slow], stdin=subprocess.PIPE, stdout=fed) as feeder,
    ):
        for number in (source, fed, target):
            os.close(number)
        feeder.communicate(npy(folder, x))
        with open(read, "rb") as file:
            time.sleep(0.4)
            assert file.read() == npy(folder, relu_fast.elu(x))
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.parametrize(
    ("out", "size"), [("out.npy", 0), ("out.npy", 3), ("out.npy", 50), ("out.npy", 200), ("-", 200)]
)
def test_a_stream_that_ends_early(folder, size, out):
    process = chunked(folder, "-", out, input=npy(folder, X)[:size], stdout=subprocess.PIPE)
    assert_error(process, 1, "argument IN.npy")
    assert b"'-'" in process.stderr
    assert not (folder / "out.npy").exists()
    assert not list(folder.glob(".relu_fast*"))


def test_a_reader_that_goes_away(folder):
    np.save(folder / "in.npy", np.ones(1 << 20))
    line = '"$0" -m relu_fast apply elu in.npy - | head -c 99 > /dev/null; echo "${PIPESTATUS[0]}"'
    process = subprocess.run(
        ["bash", "-c", line, sys.executable], cwd=folder, capture_output=True, check=True
    )
    assert (process.stdout, process.stderr) == (b"141\n", b"")


@pytest.mark.parametrize(
    ("out", "number"),
    [
        ("out.npy", signal.SIGINT),
        ("out.npy", signal.SIGTERM),
        ("out.npy", signal.SIGHUP),
        ("-", signal.SIGINT),
    ],
)
def test_a_signal_ends_the_wait_for_a_stream(folder, out, number):
    code = f"import signal\nsignal.signal({int(number)}, signal.default_int_handler)\n{CHUNKED}"
    with subprocess.Popen(
        [sys.executable, "-c", code, "apply", "elu", "-", out],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        process.stdin.write(npy(folder, X)[:300])
        process.stdin.flush()
        if out == "-":
            assert len(process.stdout.read(128)) == 128
        else:
            while not list(folder.glob(".relu_fast*")):
                time.sleep(0.01)
        process.send_signal(number)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
        error = process.stderr.read().decode()
    state = "complete" if out == "-" else "written"
    assert error == f"relu_fast: error: stopped by {number.name}; {out!r} is not {state}\n"
    assert process.returncode == 128 + number
    assert sorted(path.name for path in folder.iterdir()) == ["in.npy", "several", "x.npy"]


@pytest.mark.parametrize(
    ("redirections", "arguments", "words"),
    [
        ("<&-", "- out.npy", "argument IN.npy: '-': Bad file descriptor"),
        (">&-", "in.npy -", "argument OUT.npy: '-': Bad file descriptor"),
        pytest.param(">/dev/full", "in.npy -", "argument OUT.npy: '-': No space left", marks=full),
        ("</dev/null", "- -", "argument IN.npy: expected a .npy file, not '-'"),
    ],
)
def test_streams_that_are_no_files(folder, redirections, arguments, words):
    process = redirected(redirections, "apply", "elu", *arguments.split(), cwd=folder)
    assert_error(process, 1, words)
    assert sorted(path.name for path in folder.iterdir()) == ["in.npy", "x.npy"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("- out.npy", "argument IN.npy: standard input is a terminal"),
        ("in.npy -", "argument OUT.npy: standard output is a terminal"),
    ],
)
def test_a_terminal_is_no_file(folder, arguments, words):
    terminal, program = pty.openpty()
    process = subprocess.run(
        [sys.executable, "-m", "relu_fast", "apply", "elu", *arguments.split()],
        cwd=folder,
        stdin=program,
        stdout=program,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(terminal)
    os.close(program)
    assert_error(process, 2, words)


def test_in_place_needs_a_file(folder):
    process = redirected("< in.npy", "apply", "elu", "-", "--in-place", cwd=folder)
    assert_error(process, 2, "argument IN.npy: expected a file with --in-place")
    process = redirected("< in.npy", "apply", "elu", "-", "-", "--in-place", cwd=folder)
    assert_error(process, 2, "argument OUT.npy: expected none with --in-place")
