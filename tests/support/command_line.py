"""Running the command line in a process of its own."""

import contextlib
import os
import pty
import subprocess
import sys

from relu_fast.cli import main


def environment(**variables):
    return {**os.environ, "PYTHONIOENCODING": "utf-8", **variables}


def python(*arguments, cwd, **options):
    """Run this Python, and return what it did."""
    return subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=cwd,
        env=environment(),
        encoding="utf-8",
        timeout=120,
        check=False,
        stdout=options.pop("stdout", subprocess.PIPE),
        stderr=subprocess.PIPE,
        **options,
    )


def command(*arguments, cwd, **options):
    return python("-m", "relu_fast", *arguments, cwd=cwd, **options)


def here(capfd, *arguments, cwd="."):
    """Run the command line in this process, which takes a tenth of the time."""
    capfd.readouterr()
    with contextlib.chdir(cwd):
        try:
            status = main.main([str(argument) for argument in arguments])
        except SystemExit as stop:
            status = stop.code
    shown = capfd.readouterr()
    return subprocess.CompletedProcess(arguments, status, shown.out, shown.err)


def redirected(redirections, *arguments, cwd, **options):
    """Run the command line as a shell does with `redirections` after it."""
    line = ["sh", "-c", f'exec "$0" -m relu_fast "$@" {redirections}', sys.executable]
    return subprocess.run(
        [*line, *map(str, arguments)],
        cwd=cwd,
        env=environment(),
        capture_output=True,
        timeout=120,
        check=False,
        **options,
    )


def prepared(preparation, *arguments, cwd):
    """Run the command line in a process in which `preparation` has run before."""
    code = f"import sys\nfrom relu_fast.cli import apply, demo, main\n{preparation}\n"
    return python("-c", code + "sys.exit(main.main())", *arguments, cwd=cwd)


def succeeded(process):
    assert process.stderr == ""
    assert process.returncode == 0
    return process


def failed(process, status, *words):
    """It failed with one line that has all the words."""
    assert process.stdout in ("", None)
    assert process.returncode == status
    assert process.stderr.startswith("relu_fast: error: ")
    assert process.stderr.endswith("\n")
    assert process.stderr.count("\n") == 1
    for word in words:
        assert word in process.stderr


def on_a_terminal(*arguments, cwd, **variables):
    """What a terminal shows: stdout and stderr together."""
    terminal, program = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "relu_fast", *arguments],
        cwd=cwd,
        env=environment(**{"TERM": "xterm", **variables}),
        stdin=subprocess.DEVNULL,
        stdout=program,
        stderr=program,
    ) as process:
        os.close(program)
        shown = bytearray()
        while True:
            try:
                read = os.read(terminal, 4096)
            except OSError:  # EIO: Linux's end of a terminal
                break
            if not read:
                break
            shown += read
    os.close(terminal)
    assert process.returncode == 0
    return shown.decode()
