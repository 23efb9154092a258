"""Sphinx: ``sphinx-build -W -n -b html docs docs/_build/html``, after ``pip install ".[docs]"``."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

import relu_fast

project = "relu_fast"
copyright = "The relu_fast developers"  # noqa: A001 the name that Sphinx reads
version = release = relu_fast.__version__

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_design",
    "pages",  # ours: the pages and tables that are made from the catalogue
]
nitpicky = True
nitpick_ignore = [("py:class", "relu_fast._config.Config")]  # private: a dict
exclude_patterns = ["_build", "_ext", "_templates"]
templates_path = ["_templates"]

myst_enable_extensions = ["attrs_inline", "colon_fence", "deflist"]
myst_heading_anchors = 3
default_role = "code"  # in docstrings, `x` is a parameter
add_module_names = False
numpydoc_show_class_members = False

html_theme = "pydata_sphinx_theme"
html_title = "relu_fast"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = html_show_sourcelink = False
html_sidebars = {
    page: []
    for page in (
        "index",
        "tutorial",
        "coming_from",
        "performance",
        "performance_threads",
        "performance_inputs",
        "accuracy",
    )
}
html_theme_options = {
    "navbar_end": ["theme-switcher"],
    "show_prev_next": False,
    "header_links_before_dropdown": 6,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}
