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

| {kind} | value | {gradients} | error in float32, ULP |
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


def gated_row(activation: Activation) -> str:
    """A line of the table of gated pairs."""
    bounds = [f"{f.bound('float32').elsewhere:g}" for f in activation.functions()]
    gate = activation.gate
    return (
        f"| `{activation.name}(gate, up)` | `{activation.value}` | "
        f"`g * up * {gate}_grad(gate)`, `g * {gate}(gate)` | {', '.join(bounds)} |\n"
    )


def table(title: str, rows: list[Activation]) -> str:
    """What stands under a heading."""
    if rows[0].gate:
        head = HEAD.format(title=title.capitalize(), kind="pair", gradients="gradients")
        return head + "".join(map(gated_row, rows))
    head = HEAD.format(title=title.capitalize(), kind="activation", gradients="derivative")
    return head + "".join(map(row, rows))


def text(*, test_rows: bool = False) -> str:
    """The file."""
    head, rest = README.read_text().split(BEGIN)
    tail = rest.split(END)[1]
    groups = grouped(activations(test_rows=test_rows))
    tables = [table(title, rows) for title, rows in groups.items()]
    return "".join([head, BEGIN, "\n", "\n".join(tables), "\n", END, tail])
