"""Docstrings: complete, in numpydoc's form, and their examples run."""

import doctest
import re
from pathlib import Path

import numpy as np
import pytest
from support import functions

import relu_fast

pytestmark = pytest.mark.version

ROOT = Path(__file__).parents[2]
PUBLIC = [name for name in relu_fast.__all__ if name != "__version__"]
FUNCTIONS = [name for name in PUBLIC if name.startswith(("relu", "leaky_relu", "prelu", "elu"))]
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def examples_of(text, name):
    test = doctest.DocTestParser().get_doctest(text, {}, name, None, 0)
    runner = doctest.DocTestRunner(optionflags=FLAGS)
    runner.run(test)
    assert runner.failures == 0
    return runner.tries


@pytest.mark.parametrize("name", PUBLIC)
def test_examples_in_docstrings(name):
    assert examples_of(getattr(relu_fast, name).__doc__, name) >= 2


@pytest.mark.parametrize("name", FUNCTIONS)
def test_docstrings_are_complete(name):
    doc = getattr(relu_fast, name).__doc__
    for section in ("Parameters", "Returns", "See Also", "Notes", "References", "Examples"):
        assert re.search(rf"^{section}\n-+$", doc, re.MULTILINE), section
    assert "Accuracy: " in doc
    assert "None" not in doc.split("Parameters")[0].split(")\n")[-1]
    for other in re.search(r"See Also\n-+\n(.*)\n", doc)[1].split(", "):
        assert hasattr(relu_fast, other)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_documented_parameters_are_the_real_ones(name):
    doc = getattr(relu_fast, name).__doc__
    section = re.search(r"Parameters\n-+\n(.*?)\n\n", doc, re.DOTALL)[1]
    documented = [
        n
        for line in section.splitlines()
        if " : " in line and line[0] != " "
        for n in line.split(" : ")[0].split(", ")
    ]
    function = getattr(relu_fast, name)
    if isinstance(function, np.ufunc):
        # The last: older NumPy versions put a line of their own in front.
        head = [line for line in doc.splitlines() if line.startswith(f"{name}(")][-1]
        # Defaults may be tuples: out=(None, None).
        plain = re.sub(r"=\([^)]*\)", "", head.split("(", 1)[1])
        real = re.findall(r"(\w+)(?:=[^,)]*)?(?=[,)])", plain)
    else:
        import inspect

        real = list(inspect.signature(function).parameters)
    assert documented == real


# ---- README and the pages of docs/ -------------------------------------------

# Those that have examples, and how many at least.
EXAMPLES = {
    "README.md": 8,
    "docs/index.md": 3,
    "docs/tutorial.md": 20,
    "docs/coming_from.md": 5,
    "docs/guide/calls.md": 10,
    "docs/guide/compiled_code.md": 5,
    "docs/guide/gated.md": 20,
    "docs/guide/half_types.md": 20,
    "docs/guide/in_place.md": 12,
    "docs/guide/learned_alpha.md": 6,
    "docs/guide/numbers.md": 5,
    "docs/guide/threads.md": 5,
}
needs_the_source_tree = pytest.mark.skipif(
    not (ROOT / "docs").exists(), reason="needs the source tree"
)


@needs_the_source_tree
@pytest.mark.parametrize("path", EXAMPLES)
def test_examples_in_a_page(path):
    code = re.findall(r"```python\n(.*?)```", (ROOT / path).read_text(), re.DOTALL)
    for package in ("ml_dtypes", "scipy"):
        if re.search(rf">>> (import|from) {package}\b", "".join(code)):
            pytest.importorskip(package)
    assert examples_of("\n".join(code), path) >= EXAMPLES[path]


@needs_the_source_tree
def test_page_names_the_activations_that_are_not_0_at_0():
    page = (ROOT / "docs/guide/calls.md").read_text()
    listed = re.search(r"Where f\(0\) is 0, that is, but for\s+(.*?), the stored", page, re.DOTALL)[
        1
    ]
    found = set()
    for name, activation in functions.OF_ONE_ARRAY.items():
        given = [0.5 for parameter in activation.parameters if parameter.default is None]
        if not activation.is_test_only and getattr(relu_fast, name)(0.0, *given):
            found.add(name)
    assert set(re.split(r", | and ", listed)) == found


@needs_the_source_tree
def test_no_page_with_examples_is_left_out():
    pages = [path.relative_to(ROOT) for path in (ROOT / "docs").rglob("*.md")]
    made = ("_build", "activations", "api", "project")
    written = [page for page in pages if page.parts[1] not in made]
    assert {str(page) for page in written if ">>> " in (ROOT / page).read_text()} <= {*EXAMPLES}
