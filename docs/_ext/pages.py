"""What nobody writes: pages and tables made from the catalogue when Sphinx starts.

=================  =======================================================================
``activations/``   one page per activation
``api/index.md``   the list of functions; autosummary makes their pages from it
``{catalog} name`` a directive: one of `TABLES`, for the pages that are written
=================  =======================================================================

A new activation, form or element type appears by itself, and no bound or default of a
function is repeated in prose. The repository's own Markdown files are included by the pages
of ``project/``; links between them are turned into links between those pages.
"""

import math
import re
from pathlib import Path

import measurements
from docutils.parsers.rst.directives import choice
from drawings import all_jumps, draw, drawn_functions, small
from mathematics import mathematics
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective

import relu_fast
from relu_fast._catalog import ACTIVATIONS, DTYPES, FORMS, FUNCTIONS, grouped

DOCS = Path(__file__).parent.parent


def write(path, text):
    """Write a file, but leave it alone if it is the same, so that Sphinx does too."""
    target = DOCS / path
    target.parent.mkdir(exist_ok=True)
    if not target.exists() or target.read_text() != text:
        target.write_text(text)


def remove_old(folder, wanted):
    """What an earlier run wrote for functions that there are no more."""
    for path in (DOCS / folder).glob("*"):
        if path.name not in wanted:
            path.unlink()


# ---- Markdown ----------------------------------------------------------------


def table(head, rows):
    rule = ["---"] * len(head)
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows])


def code(text):
    return f"`{text}`"


def plain(text):
    return text.replace("*", r"\*")


def number(value):
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    return f"{value:.4g}".replace("-", "−")


def power_of_two(exponent):
    return "2" + str(exponent).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def default_of(parameter):
    return "none" if parameter.default is None else f"{parameter.default:g}"


# ---- Bounds --------------------------------------------------------------------


def ulp(bound):
    if bound == (0, 0):
        return "exact"
    if bound.at_defaults == bound.elsewhere:
        return f"{bound.elsewhere:g}"
    return f"{bound.at_defaults:g}, else {bound.elsewhere:g}"


def bound_of(function, dtype):
    if function.parameter is None:
        return ulp(function.bound(dtype))
    sums = function.activation.sum_bounds
    return f"1 + {power_of_two(sums[dtype])} · S" if dtype in sums else ""


def sharing(dtype):
    """The types that have the bounds of a type."""
    return "float16, bfloat16" if dtype == "float16" else dtype


def bounds_of(activation):
    """Tables of the bounds of an activation, by function and dtype, and their conditions."""
    functions = [f for f in activation.functions() if f.form.kind != "in_place"]
    rows = [[code(f.name), *(bound_of(f, dtype) for dtype in DTYPES)] for f in functions]
    lines = [table(["in ULP", *map(sharing, DTYPES)], rows), ""]
    if any(", else" in cell for row in rows for cell in row):
        lines.append("Where there are two numbers, the first holds with the default parameters.")
    sums = [f.parameter for f in functions if f.parameter]
    if sums:
        terms = " and ".join(f"abs(g * {p.derivative})" for p in sums)
        lines.append(f"S is the sum of {code(terms)}.")
    for function in functions:
        condition = function.condition
        if condition:
            holds = "is that" if condition.startswith("of ") else "holds"
            lines.append(f"\n{code(function.name)}: the bound {holds} {plain(condition)}.")
    if activation.near_zero:
        halves = activation.near_zero_bounds
        each = ", ".join(f"{dtype}: {bound:g}" for dtype, bound in halves.items())
        lines.append(f"\nThe derivative passes through 0 where {code(activation.near_zero)}: there")
        lines.append(f"its error is bounded in ULP of 1/2 ({each}).")
    return "\n".join(lines)


# ---- Tables for written pages ----------------------------------------------------

# What the forms are, by their ids.
FORM_WORDS = {
    "VALUE": "the activation",
    "IN_PLACE": "the activation, stored in x",
    "GRAD": "the derivative",
    "BACKWARD": "g times the derivative",
    "VALUE_AND_GRAD": "the activation and the derivative in one pass",
    "BACKWARD_FROM_RESULT": "g times the derivative, from y = f(x)",
    "PARAMETER_GRADIENT": "the gradient of a learned parameter p",
    "GATED_VALUE": "a gated pair: the activation of one array, times another",
    "GATED_BACKWARD": "the gradients with respect to both",
}
OF_ONE_ARRAY = [row for row in ACTIVATIONS.values() if not row.gate]
KIND_WORDS = {"elementwise": "ufunc", "in_place": "function", "sum": "function"}


def forms_table():
    rows = []
    for form in FORMS:
        having = [name for name, row in ACTIVATIONS.items() if form in row.forms]
        if form.kind == "sum":
            having = [f.activation.name for f in FUNCTIONS.values() if f.form == form]
        outputs = f"{', '.join(form.outputs)} = " if len(form.outputs) > 1 else ""
        parameters = [] if "gate" in form.inputs else ["p" if form.kind == "sum" else "..."]
        arguments = ", ".join([*form.inputs, *parameters])
        call = f"{outputs}f{form.suffix.replace('*', 'p')}({arguments})"
        of = "all of one array" if len(having) == len(OF_ONE_ARRAY) else ", ".join(having)
        rows.append([code(call), FORM_WORDS[form.id], KIND_WORDS[form.kind], of])
    return table(["call", "returns", "kind", "of"], rows)


def parameters_table():
    rows = []
    for row in ACTIVATIONS.values():
        for p in row.parameters:
            rows.append([code(row.name), code(p.name), default_of(p), p.meaning.lower()])
        if not row.parameters:
            rows.append([code(row.name), "", "", ""])
    return table(["activation", "parameter", "default", "meaning"], rows)


def bounds_table():
    """The bounds of what every activation has, in a line for each."""
    forms = [f for f in FORMS if f.kind == "elementwise" and len(f.outputs) == 1]
    forms = [f for f in forms if all(f in row.forms for row in OF_ONE_ARRAY)]
    rows = []
    for row in ACTIVATIONS.values():
        functions = {f.form.id.removeprefix("GATED_"): f for f in row.functions()}
        cells = []
        for function in (functions.get(form.id) for form in forms):
            bounds = {dtype: ulp(function.bound(dtype)) for dtype in DTYPES if function}
            cells.append("; ".join(bounds_by_dtype(bounds)) if bounds else "")
        rows.append([f"[{row.name}](../activations/{row.name}.md#accuracy)", *cells])
    return table(["in ULP", *(FORM_WORDS[f.id] for f in forms)], rows)


def bounds_by_dtype(bounds):
    """Those of all dtypes as one where they agree, else each with its dtypes."""
    if len(set(bounds.values())) == 1:
        return set(bounds.values())
    grouped = {bound: [d for d in bounds if bounds[d] == bound] for bound in bounds.values()}
    return [f"{', '.join(map(sharing, dtypes))}: {bound}" for bound, dtypes in grouped.items()]


def choice_table():
    """What there is to choose from: curves, times, errors and papers, in a line for each."""
    times, errors = measurements.times(), measurements.largest_errors()
    relu, *_ = map(roles, ACTIVATIONS.values())
    rows = []
    for row in ACTIVATIONS.values():
        functions = roles(row)
        page = f"../activations/{row.name}.md"
        cells = [f"[{row.name}]({page})", small_pictures_of(row)]
        for role in ("value", "backward"):
            cells.append(relative_time(functions[role], times, times[relu[role].name]))
        cells += [largest_error(functions[role], errors) for role in ("value", "derivative")]
        rows.append([*cells, f"[{short_reference(row)}]({page}#paper)"])
    head = ["function", "value, derivative", "time, value", "time, backward"]
    return table([*head, "error, value", "error, derivative", "paper"], rows)


def roles(activation):
    """Its ufuncs of x, or None where it has none that does this."""
    ufuncs = [f for f in activation.functions() if f.is_ufunc and "y" not in f.form.inputs]
    return {
        "value": next((f for f in ufuncs if f.form.outputs == ("y",)), None),
        "derivative": next((f for f in ufuncs if f.form.outputs == ("dy",)), None),
        "backward": next((f for f in ufuncs if "g" in f.form.inputs), None),
    }


def small_pictures_of(activation):
    if not drawn_functions(activation):
        return ""
    return "".join(
        f"![{activation.name}](../activations/{small(activation, theme)}){{.only-{theme}}}"
        for theme in ("light", "dark")
    )


def relative_time(function, times, base):
    """Over the base; where other inputs take over a quarter longer, the slowest of them, too."""
    if function is None or function.name not in times:
        return ""
    time = times[function.name]
    shown = time if time.slowest > 1.25 * time.normal else [time.normal]
    return "\N{NO-BREAK SPACE}to\N{NO-BREAK SPACE}".join(ratio(t / base.normal) for t in shown)


def ratio(value):
    return f"{value:.1f}" if value < 9.95 else f"{value:.0f}"


def largest_error(function, errors):
    """As measured; where it is not, in brackets what is promised."""
    if function is None:
        return ""
    return errors.get(function.name, f"({function.bound('float32').at_defaults:g})")


def short_reference(activation):
    """The authors' surnames, and the year, of the first paper of a row."""
    paper = re.match(r'(.+?), "(.+?)"(.+)', activation.reference)
    if not paper:
        return activation.reference
    authors, _, rest = paper.groups()
    names = [re.sub(r"^(\S+\. )+", "", name) for name in re.split(r", | and ", authors)]
    year = re.search(r"\b(19|20)\d\d\b", re.sub(r"arXiv:\S+", "", rest))[0]
    if len(names) > 2:
        names = [f"{names[0]} et al."]
    return f"{' and '.join(names)} {year}"


TABLES = {
    "forms": forms_table,
    "parameters": parameters_table,
    "bounds": bounds_table,
    "choice": choice_table,
}


class Catalog(SphinxDirective):
    """``{catalog} bounds`` puts that table into a page."""

    required_arguments = 1

    def run(self):
        name = choice(self.arguments[0], tuple(TABLES))
        for page in (measurements.ERRORS, measurements.TIMES):
            self.env.note_dependency(page)
        return self.parse_text_to_nodes(TABLES[name]())


# ---- activations/ ------------------------------------------------------------

ACTIVATION = """\
# {row.name}

{row.summary}.

{formulas}

{definitions}

{row.kink} NaN gives NaN.

{pictures}
{reading}

## Special values

{special}

## Functions

{functions}

## Accuracy

{bounds}

Bounds are against the exact real number; [Numbers](../guide/numbers.md) has the details.

## Paper

{row.reference}
"""
PICTURE = """\
```{{image}} {name}-{theme}.svg
:class: only-{theme}
:alt: {name}(x)
```
"""
AUTOSUMMARY = """\
```{{eval-rst}}
.. currentmodule:: relu_fast

.. autosummary::
   :nosignatures:{options}

{names}
```
"""


def pictures_of(activation):
    pictures = [
        PICTURE.format(name=f.name, theme=theme)
        for f in drawn_functions(activation)
        for theme in ("light", "dark")
    ]
    return f":::{{div}} pair\n{''.join(pictures)}:::\n"


def of_gate(activation):
    """A pair has no curve, but its gate has."""
    gate = ACTIVATIONS[activation.gate]
    return f"The gate goes through [{gate.name}]({gate.name}.md):\n\n{pictures_of(gate)}"


def autosummary(names, options=""):
    names = "\n".join(f"   {name}" for name in names)
    return AUTOSUMMARY.format(names=names, options=options)


def definitions_of(activation):
    rows = [["value", code(activation.value)], ["derivative", code(activation.derivative)]]
    if activation.gate:
        gradients = (f"g * {activation.derivative}", f"g * {activation.gate}(gate)")
        rows[1:] = [["gradients", ", ".join(map(code, gradients))]]
    if activation.from_result:
        rows.append(["derivative, from the value y", code(activation.from_result)])
    for p in activation.parameters:
        if p.derivative:
            rows.append([f"derivative with respect to {p.name}", code(p.derivative)])
    for p in activation.parameters:
        rows.append([p.name, f"{p.meaning}; default: {default_of(p)}"])
    if activation.domain:
        rows.append(["NaN unless", code(activation.domain)])
    return table(["", ""], rows)


FORMULA = """\
```{{raw}} html
<div class="formula">{formula}</div>
```
"""


def formulas_of(activation):
    """Value and derivative as mathematics."""
    named = [("f", activation.value), ("f′", activation.derivative)]
    if activation.gate:
        named = [(activation.name, activation.value)]
    operands = activation.forms[0].inputs
    return "\n".join(
        FORMULA.format(formula=mathematics(text, name, operands)) for name, text in named
    )


def special_values_of(activation):
    """f and f' where they are easily mistaken, with the typical parameters."""
    call = ", ".join(["x", *(f"{value:g}" for value in activation.required)])
    if activation.gate:
        head = ["gate", "up", code(f"{activation.name}(gate, up)")]
        return table(head, [[number(v) for v in values] for values in activation.special_values])
    head = ["x", *(code(f"{f.name}({call})") for f in drawn_functions(activation))]
    rows = [[number(value) for value in values] for values in activation.special_values]
    return table(head, rows)


def activation_page(activation):
    return ACTIVATION.format(
        row=activation,
        formulas=formulas_of(activation),
        definitions=definitions_of(activation),
        pictures=of_gate(activation) if activation.gate else pictures_of(activation),
        reading="Dots are values where there is a jump." if all_jumps(activation) else "",
        special=special_values_of(activation),
        functions=autosummary(f.name for f in activation.functions()),
        bounds=bounds_of(activation),
    )


GALLERY = """\
# Activations

Every activation of the package with its derivative, definition, paper, and its value where
the derivative jumps. Definitions, bounds and special values are those that the tests check;
the pictures are computed by the package itself.

{groups}

```{{toctree}}
:hidden:

{pages}
```
"""
GROUP = """\
## {title}

:::::{{grid}} 1 1 2 2
:gutter: 3

{cards}
:::::
"""
CARD = """\
::::{{grid-item-card}} {row.name}
:link: {row.name}
:link-type: doc

{pictures}
`{row.value}`
::::
"""


def make_activations():
    files = {"index.md"}
    for row in ACTIVATIONS.values():
        contents = {f"{row.name}.md": activation_page(row), **dict(draw(row))}
        for name, text in contents.items():
            write(f"activations/{name}", text)
        files |= contents.keys()
    groups = []
    for title, rows in grouped(ACTIVATIONS.values()).items():
        # A pair shows what its gate goes through.
        cards = "\n".join(CARD.format(row=row, pictures=pictures_of(row.source)) for row in rows)
        groups.append(GROUP.format(title=title.capitalize(), cards=cards))
    pages = "\n".join(ACTIVATIONS)
    write("activations/index.md", GALLERY.format(groups="\n".join(groups), pages=pages))
    remove_old("activations", files)


# ---- api/ --------------------------------------------------------------------

API = """\
# API reference

Every public name of `relu_fast`. Of the functions, those that return one element for each
element are `np.ufunc` objects.

{sections}
"""
VERSION = """\
```{py:data} __version__
:type: str

The version of the package.
```
"""


def make_api():
    own_pages = "\n   :toctree: ."
    sections = []
    for row in ACTIVATIONS.values():
        functions = autosummary([f.name for f in row.functions()], own_pages)
        sections.append(f"## {row.name}\n\n{functions}")
    others = [name for name in relu_fast.__all__ if name not in {*FUNCTIONS, "__version__"}]
    sections.append(f"## Threads and configuration\n\n{autosummary(others, own_pages)}\n{VERSION}")
    write("api/index.md", API.format(sections="\n".join(sections)))
    remove_old("api", {"index.md", *(f"relu_fast.{name}.rst" for name in relu_fast.__all__)})


def escape_initials(app, what, name, obj, options, lines):
    """``.. [1] K. He`` is a reference, not point K of a list."""
    lines[:] = [re.sub(r"^(\.\. \[\d+\] \w)\. ", r"\1\\. ", line) for line in lines]


def no_signature_of_data(app, what, *rest):
    """A ufunc in an autosummary is data, and Sphinx 9.0 stumbles if numpydoc has a signature."""
    return (None, None) if what == "data" else None


# ---- Links between the repository's Markdown files -------------------------------


class LinksToIncluded(SphinxPostTransform):
    """A link to a Markdown file of the repository leads to the page that includes it.

    Where no page does, its text stays.
    """

    default_priority = 5  # before MyST resolves its links

    def run(self, **kwargs):
        pages = {file: page for page, files in self.env.included.items() for file in files}
        for node in list(self.document.findall(addnodes.pending_xref)):
            if node.get("refdomain") != "doc" or node["reftarget"] in self.env.all_docs:
                continue
            if node["reftarget"] in pages:
                node["reftarget"] = pages[node["reftarget"]]
            else:
                node.replace_self(node.children)


def make_pages(app, config):
    make_activations()
    make_api()


def setup(app):
    app.add_directive("catalog", Catalog)
    app.add_post_transform(LinksToIncluded)
    app.connect("config-inited", make_pages)
    app.connect("autodoc-process-docstring", escape_initials, priority=400)  # before numpydoc
    app.connect("autodoc-process-signature", no_signature_of_data, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
