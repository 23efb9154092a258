import pytest
from support.libraries import ADAPTERS, Library


@pytest.fixture(scope="session")
def libraries():
    """Each starts when it is first asked, and stays."""
    found = {name: Library(name) for name in ADAPTERS}
    yield found
    for library in found.values():
        library.close()


@pytest.fixture
def library(request, libraries):
    """The library of a name, if it is installed: the parameter of a test."""
    found = libraries[request.param]
    if found.missing:
        pytest.skip(f"not installed: {found.missing}")
    return found
