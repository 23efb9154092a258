"""The most memory that a process holds, with float32 arrays of 128 MiB.

"pass" shows the arrays alone; what a statement shows beyond that are its temporaries.
"""

import numpy as np

from . import common

SHAPE = (2**16, 2**9)


def statements():
    """The cheapest activation, and all forms of the dearest."""
    yield common.forms_of(common.CHEAPEST)["VALUE"].call("out=y")
    dearest = common.forms_of(common.DEAREST)
    yield dearest["VALUE"].call("out=y.T", view=".T")
    for function in dearest.values():
        yield function.call_with_out(arrays=function.kind == "sum")


class PeakMemory:
    version = "1"
    params = (
        "pass",
        *statements(),
        "np.maximum(x, 0, out=y)",
        "y[...] = np.where(x > 0, x, np.expm1(x))",
    )
    param_names = ("statement",)

    def setup(self, statement):
        arrays = {
            "x": common.normal(SHAPE),
            "g": common.normal(SHAPE, seed=1),
            "y": common.output(SHAPE),
            "dy": common.normal(SHAPE, seed=1),  # g: one more would be more than "pass" has
        }
        names = common.PUBLIC | {"np": np}
        names |= dict.fromkeys(common.PARAMETERS, np.ones(SHAPE[1], "float32"))
        self.names = names | arrays
        try:
            exec(statement, names | {name: array[:1] for name, array in arrays.items()})
        except NameError as error:
            raise NotImplementedError(f"{statement}: {error}") from error

    def peakmem_call(self, statement):
        exec(statement, self.names)
