"""The pages that nobody writes: made when Sphinx starts, from the package and the repository.

================= ===========================================================
``activations/``  one page per row of the table in ``src/c/activations.h``
``api/``          one page per public name
``project/``      the repository's own Markdown files
================= ===========================================================

A new activation or a new public name appears by itself.
"""

import re
from os.path import relpath
from pathlib import Path

from drawings import alphas_of, draw, jumps_of, special_values
from numpydoc.docscrape import NumpyDocString

import relu_fast
from relu_fast import _ufuncs

DOCS = Path(__file__).parent.parent
ROOT = DOCS.parent

# Markdown of the repository -> its page.
COPIES = {
    "CONTRIBUTING.md": "project/contributing.md",
    "CHANGELOG.md": "project/changelog.md",
    "benchmarks/README.md": "project/benchmarks.md",
    "src/c/README.md": "project/c_library.md",
}


def write(path, text):
    """Write a page, but leave it alone if it is the same, so that Sphinx does too."""
    target = DOCS / path
    target.parent.mkdir(exist_ok=True)
    if not target.exists() or target.read_text() != text:
        target.write_text(text)
    written.add(target)


written = set()


def remove_old():
    """What an earlier run wrote, and this one did not."""
    for folder in ("activations", "api", "project"):
        for path in (DOCS / folder).iterdir():
            if path not in written:
                path.unlink()


def summaries(names):
    """A Markdown table: names with links, and the first lines of their docstrings."""
    lines = ["| | |", "| --- | --- |"]
    for name in names:
        summary = " ".join(NumpyDocString(getattr(relu_fast, name).__doc__)["Summary"])
        lines.append(f"| {{py:obj}}`~relu_fast.{name}` | {summary} |")
    return "\n".join(lines)


# ---- activations/ ------------------------------------------------------------

ACTIVATION = """\
# {name}

{summary}.

| | |
| --- | --- |
| value | `{value}` |
| derivative | `{derivative}` |
{more}
{kink} NaN gives NaN.

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

{reference}
"""
PICTURES = """\
:::{{div}} pair
```{{image}} {name}-light.svg
:class: only-light
:alt: {name}
```
```{{image}} {name}-dark.svg
:class: only-dark
:alt: {name}
```
```{{image}} {name}_grad-light.svg
:class: only-light
:alt: derivative of {name}
```
```{{image}} {name}_grad-dark.svg
:class: only-dark
:alt: derivative of {name}
```
:::
"""
BOUNDS = {
    "value_bound": "`{}`",
    "derivative_bound": "`{}_grad`",
    "backward_bound": "`{}_backward`",
    "result_bound": "`{}_backward_from_result`",
    "alpha_bound": "`{}_alpha_backward`",
}
FORMULA_WORDS = re.compile(r"\d*\*\*-?\d+ \* sum\(.*?\)\)+|exp\(-x\) \* 2\*\*-\d+")


def bounds(row):
    """A list of the bounds; formulas in them as code."""
    lines = []
    for key, label in BOUNDS.items():
        if row[key] is not None:
            bound = FORMULA_WORDS.sub(lambda formula: f"`{formula[0]}`", row[key])
            lines.append(f"- {label.format(row['name'])}: {bound}.")
    return "\n".join(lines)


def activation_page(row):
    more = ""
    if row["alpha_derivative"]:
        more += f"| derivative with respect to alpha | `{row['alpha_derivative']}` |\n"
    if row["parameters"]:
        alpha = f"default {row['default_value']}" if row["has_default"] else "no default: learned"
        more += f"| alpha | {alpha} |\n"
    jumps = any(jumps_of(f"{row['name']}_grad", alpha) for alpha in alphas_of(row))
    return ACTIVATION.format(
        **{**row, "functions": summaries(row["functions"])},
        more=more,
        pictures=PICTURES.format(**row),
        reading="Dots are the values of the derivative where it jumps." if jumps else "",
        special=special_values(row),
        bounds=bounds(row),
    )


GALLERY = """\
# Activations

Every activation of the package with its derivative, formula, paper, and its value where the
derivative jumps. These pages and their pictures are computed by the package itself.

:::::{{grid}} 1 1 2 2
:gutter: 3

{cards}
:::::

```{{toctree}}
:hidden:

{pages}
```
"""
CARD = """\
::::{{grid-item-card}} {name}
:link: {name}
:link-type: doc

{pictures}
`{value}`
::::
"""


def make_activations():
    rows = list(_ufuncs.catalog().values())
    for row in rows:
        write(f"activations/{row['name']}.md", activation_page(row))
        for path, picture in draw(row):
            write(f"activations/{path}", picture)
    cards = "\n".join(CARD.format(**row, pictures=PICTURES.format(**row)) for row in rows)
    pages = "\n".join(row["name"] for row in rows)
    write("activations/index.md", GALLERY.format(cards=cards, pages=pages))


# ---- api/ --------------------------------------------------------------------

API = """\
# API reference

Every public name of `relu_fast`. The functions are `np.ufunc` objects, but for those that end in
`_` or `_alpha_backward`.

{sections}

```{{toctree}}
:hidden:

{pages}
```
"""
NAME_PAGE = """\
{title}
{line}

.. currentmodule:: relu_fast

.. auto{kind}:: {name}
"""
VERSION = """\
```{py:data} relu_fast.__version__
:type: str

The version of the package.
```
"""


def make_api():
    rows = list(_ufuncs.catalog().values())
    functions = [name for row in rows for name in row["functions"]]
    control = [name for name in relu_fast.__all__ if name not in (*functions, "__version__")]
    sections = [f"## {row['name']}\n\n{summaries(row['functions'])}\n" for row in rows]
    sections.append(f"## Threads and configuration\n\n{summaries(control)}\n\n{VERSION}")
    for name in functions + control:
        title = name.replace("_", "\\_")
        kind = "class" if isinstance(getattr(relu_fast, name), type) else "function"
        page = NAME_PAGE.format(title=title, line="=" * len(title), kind=kind, name=name)
        write(f"api/{name}.rst", page)
    pages = "\n".join(functions + control)
    write("api/index.md", API.format(sections="\n".join(sections), pages=pages))


def escape_initials(app, what, name, obj, options, lines):
    """``.. [1] K. He`` is a reference, not point K of a list."""
    lines[:] = [re.sub(r"^(\.\. \[\d+\] \w)\. ", r"\1\\. ", line) for line in lines]


# ---- project/ and links into the repository ----------------------------------

LINK = re.compile(r"\[([^\]]*)\]\((?!\w+:)([^)#\s]*)(#[^)\s]*)?\)")


def relink(text, source, page):
    """Links of `source` to files of the repository, as seen from `page`.

    To a page where the file has one, else its name as code. A file that is not there is an error.
    """

    def replace(link):
        label, path, anchor = link[1], link[2], link[3] or ""
        if not path:
            return link[0]
        target = (ROOT / source).parent / path
        if not target.exists():
            raise FileNotFoundError(f"{source}: {link[0]}: no such file")
        name = target.resolve().relative_to(ROOT).as_posix()
        to = DOCS / COPIES[name] if name in COPIES else target
        if not to.resolve().is_relative_to(DOCS):
            return f"`{name}`"
        return f"[{label}]({relpath(to, (DOCS / page).parent)}{anchor})"

    return LINK.sub(replace, text)


def make_project():
    for source, page in COPIES.items():
        write(page, relink((ROOT / source).read_text(), source, page))


def relink_page(app, docname, content):
    path = Path(app.env.doc2path(docname)).relative_to(DOCS)
    if path.suffix == ".md" and path.parts[0] not in ("activations", "project"):
        content[0] = relink(content[0], Path("docs") / path, path)


def make_pages(app, config):
    make_activations()
    make_api()
    make_project()
    remove_old()


def setup(app):
    app.connect("config-inited", make_pages)
    app.connect("source-read", relink_page)
    app.connect("autodoc-process-docstring", escape_initials, priority=400)  # before numpydoc
    return {"parallel_read_safe": True, "parallel_write_safe": True}
