"""The time of an import, in a new interpreter each."""

repeat = (5, 20, 5.0)
warmup_time = 0.0


def timeraw_import_numpy():
    return "import numpy"


def timeraw_import_relu_fast_after_numpy():
    return "import relu_fast", "import numpy"
