"""The documentation site: built without a warning, complete, and without dead links."""

import importlib
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import relu_fast
from relu_fast._catalog import ACTIVATIONS, DTYPES

pytest.importorskip("sphinx")
pytest.importorskip("myst_parser")
pytest.importorskip("pydata_sphinx_theme")

from sphinx.util.inventory import InventoryFile

DOCS = Path(__file__).parents[2] / "docs"
pytestmark = [
    pytest.mark.build_independent,
    pytest.mark.skipif(not DOCS.exists(), reason="needs the source tree"),
]


class Page(HTMLParser):
    """The links of a page, and the places in it that a link may name."""

    def __init__(self, path):
        super().__init__()
        self.links, self.ids = [], set()
        self.feed(path.read_text())

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.ids |= {found.get("id"), found.get("name")}
        self.links += [found[key] for key in ("href", "src") if found.get(key)]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-n", "-E", "-b", "html"]
    subprocess.run([*command, "-d", folder / "doctrees", DOCS, folder / "html"], check=True)
    return folder / "html"


@pytest.fixture(scope="module")
def pages(site):
    found = set(site.rglob("*.html")) - set((site / "_static").rglob("*.html"))
    return {path.resolve(): Page(path) for path in found}


@pytest.fixture
def made(monkeypatch):
    """The module that makes pages and tables."""
    monkeypatch.syspath_prepend(DOCS / "_ext")
    return importlib.import_module("pages")


def test_every_public_name_has_an_entry(site):
    inventory = InventoryFile.loads((site / "objects.inv").read_bytes(), uri="")
    entries = {name for kind in inventory.data.values() for name in kind}
    assert {f"relu_fast.{name}" for name in relu_fast.__all__} <= entries


@pytest.mark.parametrize("activation", ACTIVATIONS.values(), ids=lambda row: row.name)
def test_every_activation_has_a_page_with_pictures(site, pages, activation):
    page = (site / "activations" / f"{activation.name}.html").resolve()
    pictures = {link.rpartition("/")[2] for link in pages[page].links}
    drawn = activation.source.name
    for name in (drawn, f"{drawn}_grad"):
        assert {f"{name}-light.svg", f"{name}-dark.svg"} <= pictures
    text = page.read_text()
    for function in activation.functions():
        assert function.name in text
    for parameter in activation.parameters:
        assert parameter.name in text


def test_the_guide_states_the_bounds_of_the_catalogue(site):
    text = (site / "guide" / "numbers.html").read_text()
    for activation in ACTIVATIONS.values():
        assert activation.name in text
        for bounds in activation.bounds.values():
            for dtype in DTYPES:
                stated = bounds[dtype].elsewhere
                assert ("exact" if stated == 0 else f"{stated:g}") in text


def test_the_choice_has_a_line_for_each_activation(site, pages, made):
    """Its picture, what was measured, and its paper."""
    path = (site / "guide" / "choosing.html").resolve()
    pictures = {link.rpartition("/")[2] for link in pages[path].links}
    lines = re.findall(r"<tr.*?</tr>", path.read_text(), re.S)
    errors, times = made.measurements.largest_errors(), made.measurements.times()
    for row in ACTIVATIONS.values():
        (line,) = [line for line in lines if f'activations/{row.name}.html"' in line]
        cells = [re.sub(r"<.*?>", "", cell) for cell in re.findall(r"<td.*?</td>", line, re.S)]
        if made.drawn_functions(row):
            assert {f"{row.name}-small-light.svg", f"{row.name}-small-dark.svg"} <= pictures
        if row.name in times:
            ratio = float(cells[2].split("\N{NO-BREAK SPACE}")[0])
            assert ratio == pytest.approx(times[row.name].normal / times["relu"].normal, rel=0.06)
        if row.name in errors:
            assert cells[4] == errors[row.name]
        first, *_, year = cells[6].split()
        assert first in row.reference
        assert year in row.reference


def test_the_choice_has_a_line_for_what_cannot_be_drawn(made, monkeypatch):
    """A function of two arrays, without a derivative, whose time nobody has measured."""
    row = ACTIVATIONS["relu"]
    value = row.functions()[0].form._replace(inputs=("gate", "up"))
    monkeypatch.setitem(made.ACTIVATIONS, "pair", row._replace(name="pair", forms=(value,)))
    line = made.choice_table().splitlines()[-1]
    page = "../activations/pair.md"
    assert line == f"| [pair]({page}) |  |  |  | (0) |  | [Nair and Hinton 2010]({page}#paper) |"


@pytest.mark.parametrize(
    ("reference", "short"),
    [
        ('D.-A. Clevert and Q. V. Le, "Fast", ICLR 2016, arXiv:1911.07289.', "Clevert and Le 2016"),
        ('A. Paszke et al., "Torch", NeurIPS 2019, arXiv:1912.01703.', "Paszke et al. 2019"),
        ('A. B, C. D, E. F and G. H, "CIFAR-10 in 1999", 2010.', "B et al. 2010"),
        ("The manual.", "The manual."),
    ],
)
def test_short_references(made, reference, short):
    assert made.short_reference(ACTIVATIONS["relu"]._replace(reference=reference)) == short


def test_no_dead_links(pages):
    dead = []
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            anchor = unquote(parts.fragment)
            if not target.exists() or (anchor and anchor not in pages[target].ids):
                dead.append((path.name, link))
    assert not dead


def test_needs_nothing_from_the_net(pages):
    """Readers are often offline: no page loads a script, a style or a picture from elsewhere."""
    loaded = {link for page in pages.values() for link in page.links if urlsplit(link).scheme}
    assert not {link for link in loaded if link.endswith((".js", ".css", ".png", ".svg", ".woff2"))}
