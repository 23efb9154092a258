"""``relu-fast`` and ``python -m relu_fast``: a demonstration, and commands.

A command is a module with a function ``add_command``, which adds a parser to the
subparsers it is given, with the default ``run``: what takes the parsed options and does
the work.  It stops with `CommandError`, or with the parser's ``error`` for wrong usage.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Sequence

from .. import __version__
from . import apply, bench, demo, info, plot, verify
from .command import CommandError, reason
from .parser import Parser, error_line
from .streams import OutputError, open_closed, show

FAILURE = 1
INTERRUPTED = 130  # 128 + SIGINT, as shells have it
READER_GONE = 141  # 128 + SIGPIPE, which ends other programs without a word
COMMANDS = (info, bench, apply, plot, verify)


def make_parser() -> Parser:
    as_script = os.path.basename(sys.argv[0]).startswith("relu-fast")
    parser = Parser(
        prog="relu-fast" if as_script else "python -m relu_fast",
        description="Rectifier activations for NumPy. Without a command: measures every "
        "function's error and speed on this machine, in half a minute.",
    )
    parser.add_argument("--version", action="version", version=f"relu_fast {__version__}")
    parser.add_argument(
        "--quick",
        action="store_true",
        help="measure small arrays only: shows within two seconds that all works, but says "
        "little about speed",
    )
    parser.set_defaults(run=lambda options: demo.run(options.quick))
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", dest="command")
    for module in COMMANDS:
        module.add_command(commands)
    return parser


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = make_parser()
    options, rest = parser.parse_known_args(arguments)
    # The argparse of Python 3.11 takes an optional positional for absent if options stand in
    # front of it, and leaves it over: ``apply prelu IN --alpha 0.25 OUT``.
    is_out = len(rest) == 1 and (rest[0] == "-" or not rest[0].startswith("-"))
    if is_out and getattr(options, "out", "") is None:
        options.out = rest.pop()
    if rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    if options.quick and options.command:
        parser.error(f"--quick is for the demonstration, not for {options.command}")
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; return its exit status."""
    open_closed()
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a terminal without ─ and × is no error
    try:
        options = parse(arguments)
        options.run(options)
    except CommandError as error:
        return failed(str(error), error.status)
    except OutputError as error:
        return failed(f"output: {error}")
    except KeyboardInterrupt:
        return failed("interrupted", INTERRUPTED)
    except MemoryError as error:
        return failed(f"not enough memory: {error}" if str(error) else "not enough memory")
    except BrokenPipeError:
        return READER_GONE
    except OSError as error:
        named = f"{error.filename!r}: " if error.filename else ""
        return failed(f"{named}{reason(error)}")
    return 0


def failed(message: str, status: int = FAILURE) -> int:
    show(error_line(message), sys.stderr)
    return status
