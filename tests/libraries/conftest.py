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
    """The library of a name, which is the parameter of a test."""
    return libraries[request.param]
