"""The parser of the command line: errors of one line, and negative numbers as values.

It needs the standard library alone, so that any Python can try it.
"""

from __future__ import annotations

import argparse
import re
import sys
from typing import Any, NoReturn

from .streams import results, show

USAGE_ERROR = 2
# What float takes for one.  argparse knows neither -1e-3 nor -inf as numbers, and so as values.
NEGATIVE = re.compile(
    r"-(inf(inity)?|nan|(\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(e[-+]?\d[\d_]*)?)$", re.IGNORECASE
)


class Parser(argparse.ArgumentParser):
    def __init__(self, *args: Any, **options: Any):
        super().__init__(*args, **options)
        self._negative_number_matcher = NEGATIVE

    def error(self, message: str) -> NoReturn:
        self.exit(USAGE_ERROR, error_line(f"{message} (see {self.prog} --help)"))

    def _print_message(self, message: str, file: Any = None) -> None:
        """As argparse does, which takes a --help that nobody could see for success."""
        if file is sys.stdout:
            with results():
                file.write(message)
        else:
            show(message, sys.stderr)


def error_line(message: str) -> str:
    return f"relu_fast: error: {' '.join(message.split())}\n"
