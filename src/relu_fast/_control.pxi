# What the runtime knows and does: the version, the ISA, threads, the cache; and switches for
# tests. Checking arguments is for _config.py and _threads.py.

version = text(RELU_FAST_VERSION)
compiler = text(COMPILER)


def isas_built():
    """The ISA levels in this build, newest first."""
    cdef const char *const *names = relu_fast_isas_built()
    found = []
    while names[0] != NULL:
        found.append(text(names[0]))
        names += 1
    return found


def isa():
    return text(relu_fast_isa())


def isa_supported(str isa):
    return relu_fast_isa_supported(isa.encode())


def select_isa(isa):
    """Switch the kernels; `isa` None: the newest that this CPU supports. For tests."""
    built = isas_built()
    if isa is None:
        relu_fast_select_isa(NULL)
    elif isa not in built:
        raise ValueError(f"unknown ISA {isa!r}; this build has {', '.join(built)}")
    elif relu_fast_select_isa(isa.encode()):
        raise ValueError(f"this CPU does not support the ISA {isa!r}")


def openmp():
    """The file of the OpenMP runtime that is used, or None."""
    cdef const char *path = relu_fast_openmp()
    return None if path == NULL else text(path)


def max_threads():
    return relu_fast_max_threads()


def set_threads(int n):
    relu_fast_set_threads(n)


def threads():
    """What a large call made now would use."""
    apply_context_thread_limit()
    return relu_fast_threads()


def set_blocks(tuple entered):
    """Make these the num_threads blocks around the running code."""
    global used_blocks
    used_blocks = True
    blocks.set(entered)
    apply_context_thread_limit()


def set_cache_bytes(ptrdiff_t size):
    """What counts as the size of the last-level cache; 0: the machine's own. For tests."""
    relu_fast_set_cache_bytes(size)


def cache_bytes():
    """The size of the last-level cache."""
    return relu_fast_cache_bytes()


def set_fast_path(bint on, *, bint only=False):
    """For tests: whether there is a fast path, and with `only` an error for other calls."""
    global fast_path, fast_path_only
    fast_path, fast_path_only = on, only
