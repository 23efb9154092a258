"""The tables of activations in ``README.md``."""

from __future__ import annotations

import pathlib

from relu_fast._catalog import Activation, grouped

from . import activations

README = pathlib.Path(__file__).parents[2] / "README.md"
BEGIN = "<!-- The activations: made by tools/update.py from src/c/table. -->\n"
END = "<!-- The end of what tools/update.py makes. -->\n"
HEAD = """\
### {title}

| activation | value | derivative | error in float32, ULP |
| --- | --- | --- | --- |
"""


def row(activation: Activation) -> str:
    """A line of the table."""
    parameters = [
        p.name if p.default is None else f"{p.name}={p.default}" for p in activation.parameters
    ]
    makers = {f.form.outputs: f for f in reversed(activation.functions()) if f.is_ufunc}
    bounds = [makers[output,].bound("float32") for output in ("y", "dy")]
    at_defaults, elsewhere = (
        ", ".join(f"{number:g}" for number in numbers) for numbers in zip(*bounds, strict=True)
    )
    error = at_defaults
    if elsewhere != at_defaults:
        error += f" (other {' or '.join(p.name for p in activation.parameters)}: {elsewhere})"
    call = f"`{activation.name}({', '.join(['x', *parameters])})`"
    return f"| {call} | `{activation.value}` | `{activation.derivative}` | {error} |\n"


def text(*, test_rows: bool = False) -> str:
    """The file."""
    head, rest = README.read_text().split(BEGIN)
    tail = rest.split(END)[1]
    tables = [
        HEAD.format(title=title.capitalize()) + "".join(map(row, rows))
        for title, rows in grouped(activations(test_rows=test_rows)).items()
    ]
    return "".join([head, BEGIN, "\n", "\n".join(tables), "\n", END, tail])
