"""What the commands share: errors, arguments, JSON."""

from __future__ import annotations

import argparse
import contextlib
import difflib
import importlib
import json
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

import numpy as np

from .._catalog import FUNCTIONS, Activation


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
    except BrokenPipeError:  # not wrong: the reader has seen enough
        raise
    except OSError as error:
        raise CommandError(
            f"argument {argument}: {path!r}: {reason(error)}; expected {expected}"
        ) from None


def reason(error: OSError) -> str:
    return error.strerror or str(error) or type(error).__name__


def named_dtype(name: str) -> np.dtype[Any]:
    """The type of --dtype; bfloat16 is NumPy's by ml_dtypes alone."""
    if name == "bfloat16":
        try:
            importlib.import_module("ml_dtypes")
        except ImportError:
            raise CommandError(
                f"argument --dtype: {name} needs ml_dtypes: pip install 'relu_fast[bfloat16]'"
            ) from None
    return np.dtype(name)


def function_type(functions: Collection[str]) -> Callable[[str], str]:
    """The type of an argument that names one of `functions`."""

    def function_name(text: str) -> str:
        if text in functions:
            return text
        if text in FUNCTIONS:
            problem = f"{text!r} is none of the functions that this command takes"
            near = [name for name in [FUNCTIONS[text].activation.name] if name in functions]
        else:
            problem = f"unknown function {text!r}"
            near = difflib.get_close_matches(text, functions, n=1)
        guess = f"did you mean {near[0]}? " if near else ""
        raise argparse.ArgumentTypeError(
            f"{problem}: {guess}expected one of {', '.join(functions)}"
        )

    return function_name


def whole_number(text: str, least: int = 1) -> int:
    """The type of an argument that counts something."""
    most = sys.maxsize
    # Python refuses to read thousands of digits.
    number = int(text) if text.isdecimal() and len(text) <= len(str(most)) else -1
    if not least <= number <= most:
        raise argparse.ArgumentTypeError(
            f"expected a whole number from {least} to {most}, not {text!r}"
        )
    return number


def print_json(found: Any) -> None:
    json.dump(found, sys.stdout, indent=2)
    print()


# ---- Parameters of activations -----------------------------------------------


def option(parameter: str) -> str:
    """What gives a parameter on the command line."""
    return f"--{parameter.replace('_', '-')}"


def option_usage(parameter: str) -> str:
    return f"{option(parameter)} {parameter[0].upper()}"


def _users(activations: Iterable[Activation]) -> dict[str, list[str]]:
    """For each parameter the activations that have one of this name, with the defaults."""
    users: dict[str, list[str]] = {}
    for activation in activations:
        for parameter in activation.parameters:
            default = parameter.default
            text = activation.name if default is None else f"{activation.name} ({default:g})"
            users.setdefault(parameter.name, []).append(text)
    return users


def parameters_usage(activations: Iterable[Activation]) -> str:
    """All options of `add_parameter_options`, as a usage line shows them."""
    return " ".join(f"[{option_usage(name)}]" for name in _users(activations))


def add_parameter_options(
    parser: argparse.ArgumentParser,
    activations: Iterable[Activation],
    action: str = "store",
) -> None:
    """An option for each name that parameters of `activations` have."""
    group = parser.add_argument_group("parameters", "with their defaults")
    for name, users in _users(activations).items():
        group.add_argument(
            option(name),
            dest=_destination(name),
            metavar=name[0].upper(),
            type=float,
            action=action,
            help=f"of {', '.join(users)}",
        )


def _destination(parameter: str) -> str:
    return f"parameter {parameter}"  # clashes with no other option, however it is called


def given_parameters(
    options: argparse.Namespace, activations: Collection[Activation], shown: str
) -> dict[str, Any]:
    """The parameters on the command line by name; an error if no activation has one of them.

    `shown` is what the user calls the activations.
    """
    known = _users(activations)
    prefix = _destination("")
    given = {
        name.removeprefix(prefix): value
        for name, value in vars(options).items()
        if name.startswith(prefix) and value is not None
    }
    for name in given:
        if name not in known:
            expected = " or ".join(map(option_usage, known)) or f"no {option(name)}"
            options.parser.error(
                f"argument {option(name)}: {shown} has no such parameter; expected {expected}"
            )
    return given
