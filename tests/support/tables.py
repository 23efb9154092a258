"""The tables of the smooth functions, read from the C sources: which formula takes which, and
for which x."""

from __future__ import annotations

import math
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:  # the C programs are checked without the package
    from relu_fast._catalog import Function

SOURCES = Path(__file__).resolve().parents[2] / "src" / "c"


class Table(NamedTuple):
    """A row of src/c/formulas/smooth.def as tools/derive_tables.py writes it, rounded."""

    intervals: int
    first: int
    degree: int
    pairs: int
    low: float
    high: float

    @property
    def words(self) -> int:
        """What is looked up for an element: a pair of coefficients is one word, and what the
        coefficient of degree 0 lacks is in the last one's."""
        return self.degree + 1 - self.pairs


class Range(NamedTuple):
    """Where the near one of two formulas is taken: low <= t < high of t, or of |t|."""

    low: float
    high: float
    is_of_size: bool
    is_of_product: bool  # t is x times the parameter; else x

    @property
    def ends(self) -> list[float]:
        ends = [end for end in (self.low, self.high) if end and math.isfinite(end)]
        return ends + [-end for end in ends] if self.is_of_size else ends

    def holds(self, x: Any, parameter: Any) -> Any:
        """For each x; not for NaN."""
        t = x * parameter if self.is_of_product else x
        t = abs(t) if self.is_of_size else t
        return (t >= self.low) & (t < self.high)


@cache
def tables() -> dict[tuple[str, str], Table]:
    """By name and compute type."""
    found = {}
    text = (SOURCES / "math" / "smooth_tables.h").read_text()
    halves = text.split("\n#else\n", 1)  # of "#if RELU_FAST_SINGLE"
    for compute, half in zip(("float32", "float64"), halves, strict=True):
        for name, fields in re.findall(r"register_table (\w+)_table = \{(.*?)\}", half, re.DOTALL):
            words, *rest = fields.replace("\n", " ").split(",")
            assert words.strip() == f"{name}_words"
            intervals, first, degree, pairs = map(int, rest[:4])
            low, high = (float.fromhex(number.strip().rstrip("f")) for number in rest[-2:])
            found[name, compute] = Table(intervals, first, degree, pairs, low, high)
    return found


@cache
def table_names() -> dict[str, str]:
    """The table of each formula."""
    text = (SOURCES / "formulas" / "smooth.def").read_text()
    found = dict(re.findall(r"^FORMULA\((\w+), \w+, (\w+),", text, re.MULTILINE))
    gated = (SOURCES / "formulas" / "gated.h").read_text()
    return found | dict(
        re.findall(r"mask (\w+)_is_near\(.*\)\n{\n.*gate_is_near\(&(\w+)_table", gated)
    )


def table_of_formula(name: str, compute: str) -> Table | None:
    """Of sigmoid_value, ...; a backward's is its derivative's.  None if it has none."""
    table = table_names().get(re.sub("_backward$", "_grad", name))
    return tables()[table, compute] if table else None


def table_of(function: Function, compute: str) -> Table | None:
    form = function.form.id.lower().removeprefix("gated_")
    return table_of_formula(f"{function.activation.name}_{form}", compute)


def range_of(function: Function, compute: str) -> Range | None:
    """None if there is one formula for all."""
    if table := table_of(function, compute):
        has_parameter = bool(function.activation.parameters)
        return Range(table.low, table.high, table.first == 0, is_of_product=has_parameter)
    if function.activation.name == "elu" and function.form.id in ("GRAD", "BACKWARD"):
        text = (SOURCES / "math" / "exp_by_table.h").read_text()
        ends = map(float, re.findall(r"define EXP_NORMAL (\S+?)f? ", text))
        least = dict(zip(("float32", "float64"), ends, strict=True))
        return Range(least[compute], math.inf, is_of_size=False, is_of_product=False)
    return None


def lookups_of_kernels(isa: str) -> dict[tuple[str, str], tuple[int, int]]:
    """By formula and compute type: the intervals of the table and the words of an interval."""
    found = {}
    # Those for a parameter of 1 are in the kernel of any parameter.
    names = [name for name in table_names() if not name.endswith("_at_1")]
    for formula in {*names, *(re.sub("_grad$", "_backward", name) for name in names)}:
        for compute in ("float32", "float64"):
            if table := table_of_formula(formula, compute):
                found[formula, compute] = table.intervals, table.words
    # Eight powers of two in two parts (math/exp_by_table.h).  Where registers have not eight
    # doubles, these are fetched one by one: two words are not worth rows.
    for formula in ("elu_grad", "elu_backward"):
        for compute in ("float32", "float64") if isa == "x86_64_v4" else ("float32",):
            found[formula, compute] = 8, 2
    return found
