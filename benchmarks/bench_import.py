"""The time of an import and of the first use of a function, each in a new interpreter."""

version = "1"
repeat = (5, 20, 5.0)
warmup_time = 0.0


def timeraw_numpy():
    return "import numpy"


def timeraw_relu_fast_after_numpy():
    return "import relu_fast", "import numpy"


def timeraw_first_use():
    return "relu_fast.elu", "import numpy, relu_fast"
