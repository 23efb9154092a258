"""``benchmarks/functions.json``: the functions that the asv suite measures, a line each.

asv finds a case by its place in the parameters that the suite has while a commit is measured.
So they must not come from the relu_fast of that commit, which has fewer functions or none of the
tables.
"""

from __future__ import annotations

import json

from relu_fast._catalog import Function

from . import functions


def line(function: Function) -> str:
    """The line of a function."""
    activation = function.activation
    required = activation.parameters[: len(activation.required)]
    return json.dumps(
        {
            "name": function.name,
            "form": function.form.id,
            "kind": function.form.kind,
            "inputs": function.form.inputs,
            "outputs": function.form.outputs,
            "parameters": {p.name: p.typical for p in activation.parameters},
            "required": [p.name for p in required],
            "gradient_of": function.parameter and function.parameter.name,
            "activation": activation.name,
            "picoseconds": activation.picoseconds["float32"],
        }
    )


def text(*, test_rows: bool = False) -> str:
    """The file."""
    return "[\n" + ",\n".join(map(line, functions(test_rows=test_rows))) + "\n]\n"
