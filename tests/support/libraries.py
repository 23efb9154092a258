"""PyTorch, JAX, Keras, TensorFlow, ONNX and MLX, each in a process of its own.

Their threads and runtimes must not be in the process of other tests.  What is asked of them are
expressions, as docs/coming_from.md has them.
"""

import importlib.metadata
import importlib.util
import multiprocessing

import pytest

import relu_fast
from support.adapters import ADAPTERS, KERAS_BACKENDS, LibraryError, answer, keras_backend
from support.coming_from import stated_version

__all__ = ["ADAPTERS", "Library", "LibraryError", "each"]


def missing(library):
    """The package that is not installed, or None."""
    packages = ADAPTERS[library].packages
    absent = [name for name in packages if importlib.util.find_spec(name) is None]
    if library == "Keras" and keras_backend() is None:
        absent += KERAS_BACKENDS
    return absent[0] if absent else None


def each(names, rows):
    """A test of each row, whose first is a library: `names` are "library" and the other arguments.

    Of a library that is not installed one, which is skipped and says so.
    """
    found = []
    for library in dict.fromkeys(row[0] for row in rows):
        own = [row for row in rows if row[0] == library]
        marks = []
        if package := missing(library):
            own, marks = own[:1], [pytest.mark.skip(f"not installed: {package}")]
        for row in own:
            labels = [f"{getattr(cell, 'label', cell)}" for cell in row]
            found.append(pytest.param(*row, marks=marks, id="-".join(filter(None, labels))))
    return pytest.mark.parametrize(names, found, indirect=["library"])


class Library:
    """A library, asked from here; its process starts with the first question."""

    def __init__(self, name):
        self.name = name
        self.has_gradients = hasattr(ADAPTERS[name], "gradient")
        self.process = self.pipe = None

    @property
    def version(self):
        package = ADAPTERS[self.name].packages[-1]
        (distribution, *_) = importlib.metadata.packages_distributions()[package]
        return importlib.metadata.version(distribution)

    @property
    def backend(self):
        """Of Keras: KERAS_BACKEND, or the first that is installed."""
        return keras_backend()

    @property
    def is_as_stated(self):
        """Whether this is what the page speaks of: a version, on a CPU with AVX-512."""
        stated = stated_version(self.name)
        isas = relu_fast.config()["isas_supported"]
        return self.version.startswith(f"{stated}.") and "x86_64_v4" in isas

    def agrees(self, is_so, otherwise):
        """Asserts a difference that the page states; another version may have mended it."""
        if not is_so and not self.is_as_stated:
            pytest.skip(f"{self.name} {self.version}: {otherwise}")
        assert is_so, otherwise

    def evaluate(self, expression, **values):
        """The result, as a NumPy array; of a function or layer that of x."""
        return self._ask("evaluate", expression, values)

    def gradient(self, expression, g, by="x", **values):
        """The vector-Jacobian product of g."""
        return self._ask("gradient", expression, values, g, by)

    def _ask(self, *question):
        if self.process is None:
            context = multiprocessing.get_context("spawn")
            self.pipe, theirs = context.Pipe()
            self.process = context.Process(target=answer, args=(self.name, theirs), daemon=True)
            self.process.start()
            theirs.close()
        self.pipe.send(question)
        answered = self.pipe.recv()
        if isinstance(answered, LibraryError):
            raise answered
        return answered

    def close(self):
        if self.process is not None:
            self.process.kill()  # there is nothing to finish
            self.process.join()
