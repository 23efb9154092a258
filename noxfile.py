"""What is done with a checkout, each in an environment of its own: ``nox -l`` lists it."""

import nox

nox.options.default_venv_backend = "venv"
nox.options.sessions = ["lint", "test"]


@nox.session
def lint(session):
    """Check style, spelling, types and docstrings of all files; mend what can be."""
    session.install("pre-commit")
    session.run("pre-commit", "run", "--all-files", *session.posargs)


@nox.session
def build(session):
    """Build the wheel and the source archive in dist/."""
    session.install("build")
    session.run("python", "-m", "build", *session.posargs)


@nox.session
def test(session):
    """Run the tests, or those named: nox -s test -- tests/test_values.py."""
    session.install(".[test]")
    session.run("pytest", *session.posargs)


@nox.session
def bench(session):
    """Run asv on the last commit, roughly; or as told: nox -s bench -- run main~3..main."""
    session.install(".[bench]")
    session.chdir("benchmarks")
    session.run("asv", "machine", "--yes", silent=True)
    session.run("asv", *(session.posargs or ["run", "--quick", "--show-stderr", "HEAD^!"]))


@nox.session
def docs(session):
    """Build the documentation in docs/_build/html."""
    session.install(".[docs]")
    session.run("sphinx-build", "-W", "-b", "html", "docs", "docs/_build/html", *session.posargs)


@nox.session
def verify(session):
    """Prove the accuracy over all float32, or as told: nox -s verify -- elu --quick."""
    session.install(".[verify]")
    session.run("relu-fast", "verify", *session.posargs)
