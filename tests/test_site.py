"""The documentation site: built without a warning, complete, and without dead links."""

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import relu_fast
from relu_fast import _ufuncs

pytest.importorskip("sphinx")
pytest.importorskip("myst_parser")
pytest.importorskip("pydata_sphinx_theme")

from sphinx.util.inventory import InventoryFile

DOCS = Path(__file__).parent.parent / "docs"
pytestmark = pytest.mark.skipif(not DOCS.exists(), reason="needs the source tree")


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


def test_every_public_name_has_an_entry(site):
    inventory = InventoryFile.loads((site / "objects.inv").read_bytes(), uri="")
    entries = {name for kind in inventory.data.values() for name in kind}
    assert {f"relu_fast.{name}" for name in relu_fast.__all__} <= entries


def test_every_activation_has_a_page_with_pictures(site, pages):
    for row in _ufuncs.catalog().values():
        page = (site / "activations" / f"{row['name']}.html").resolve()
        pictures = {link.rpartition("/")[2] for link in pages[page].links}
        for name in (row["name"], f"{row['name']}_grad"):
            assert {f"{name}-light.svg", f"{name}-dark.svg"} <= pictures
        assert row["functions"][-1] in page.read_text()


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
