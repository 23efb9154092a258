"""What the functions should return, and how far from that a result is.

The definitions of ``src/c/table/activations.def`` are the oracle: evaluated with MPFR they are
the truth, evaluated with NumPy they are what people would write today.  The kernels never read
them.
"""
