"""What the commands share: errors, arguments, JSON."""

from __future__ import annotations

import argparse
import contextlib
import difflib
import json
import sys
from collections.abc import Callable, Collection, Iterator
from typing import Any


class CommandError(Exception):
    """What stops a command: its message is what the user sees, in one line."""

    def __init__(self, message: str, status: int = 1):
        super().__init__(message)
        self.status = status


@contextlib.contextmanager
def naming(argument: str, path: str, expected: str) -> Iterator[None]:
    """Turn the operating system's errors into a `CommandError` that names the argument."""
    try:
        yield
    except OSError as error:
        raise CommandError(
            f"argument {argument}: {path!r}: {error.strerror}; expected {expected}"
        ) from None


def function_type(functions: Collection[str]) -> Callable[[str], str]:
    """The type of an argument that names one of `functions`."""

    def function_name(text: str) -> str:
        if text in functions:
            return text
        near = difflib.get_close_matches(text, functions, n=1)
        guess = f"did you mean {near[0]}? " if near else ""
        raise argparse.ArgumentTypeError(
            f"unknown function {text!r}: {guess}expected one of {', '.join(functions)}"
        )

    return function_name


def whole_number(text: str) -> int:
    """The type of an argument that counts something."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 on, not {text!r}")
    return int(text)


def print_json(found: Any) -> None:
    json.dump(found, sys.stdout, indent=2)
    print()
