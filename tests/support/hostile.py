"""Arguments that no function takes, by what is wrong with them."""

import mmap

import numpy as np


class BoomError(Exception):
    """What hostile objects raise; the very same must come through."""


BOOM = BoomError("hostile")


def boom(*arguments, **keywords):
    raise BOOM


def hostile(**attributes):
    """An object of a class of its own with these attributes."""
    return type("Hostile", (), attributes)()


def subclass(**attributes):
    """An array of a subclass that becomes hostile after it was made."""
    cls = type("Subclass", (np.ndarray,), {})
    array = np.array([-1.0, 2.0, 3.0]).view(cls)
    for name, value in attributes.items():
        setattr(cls, name, value)
    return array


def released():
    view = memoryview(bytearray(24))
    view.release()
    return view


def closed():
    memory = mmap.mmap(-1, 24)
    memory.close()
    return memory


def nested(depth):
    value = 1.0
    for _ in range(depth):
        value = [value]
    return value


def bad_operands():
    """What none of our functions takes for any operand."""
    return {
        "a complex number": 1j,
        "complex64": np.zeros(3, "c8"),
        "a complex scalar": np.complex128(1),
        "objects": np.array([object()] * 3),
        "objects that are numbers": np.array([1.0, 2.0, 3.0], object),
        "an object": object(),
        "None": None,
        "a string": "0.5",
        "an empty string": "",
        "strings": np.array(["1", "2", "3"]),
        "bytes": b"0.5",
        "many bytes": np.array([b"1", b"2", b"3"]),
        "datetime64": np.zeros(3, "M8[s]"),
        "timedelta64": np.zeros(3, "m8[s]"),
        "not a time": np.datetime64("NaT", "s"),
        "structured": np.zeros(3, [("a", "f8")]),
        "a structured scalar": np.zeros(3, [("a", "f8")])[0],
        "void": np.zeros(3, "V8"),
        "an integer beyond float64": 10**400,
        "a dict": {1: 2.0},
        "a set": {1.0},
        "a function": boom,
        "a class": float,
        "an iterator": iter([1.0]),
        "an ellipsis": ...,
        "NotImplemented": NotImplemented,
        "a slice": slice(3),
        "an exception": BOOM,
        "a module": np,
        "a dtype": np.dtype("f8"),
        "ragged lists": [[1.0], [1.0, 2.0]],
        "mixed lists": [1.0, "a", None],
        "65 dimensions": nested(65),
        "100 000 lists in each other": nested(100_000),
        "a released view": released(),
        "a closed map": closed(),
        "__array__ raises": hostile(__array__=boom),
        "__array__ returns no array": hostile(__array__=lambda *a, **k: 3),
        "__array__ is no function": hostile(__array__=3),
        "__array_interface__ raises": hostile(__array_interface__=property(boom)),
        "__array_interface__ is no dict": hostile(__array_interface__=3),
        "__array_interface__ without typestr": hostile(
            __array_interface__={"shape": (3,), "version": 3}
        ),
        "__array_struct__ is no capsule": hostile(__array_struct__=3),
        "__array_ufunc__ raises": hostile(__array_ufunc__=boom),
        "__array_ufunc__ is None": hostile(__array_ufunc__=None),
        "__array_ufunc__ is no function": hostile(__array_ufunc__=3),
        "__array_ufunc__ declines": hostile(__array_ufunc__=lambda *a, **k: NotImplemented),
        "__len__ raises": hostile(__len__=boom, __getitem__=lambda self, i: 1.0),
        "__getitem__ raises": hostile(__len__=lambda self: 3, __getitem__=boom),
        "__float__ raises": hostile(__float__=boom),
        "__index__ raises": hostile(__index__=boom),
        "__bool__ raises": hostile(__bool__=boom),
        "__getattr__ raises": hostile(__getattr__=boom),
        "subclass: __array_ufunc__ raises": subclass(__array_ufunc__=boom),
        "subclass: __array_ufunc__ is None": subclass(__array_ufunc__=None),
    }


def bad_results():
    """Arrays of subclasses that are hostile to a result."""
    return {
        "__array_finalize__ raises": subclass(__array_finalize__=boom),
        "__array_finalize__ is no function": subclass(__array_finalize__=3),
        "__array_wrap__ raises": subclass(__array_wrap__=boom),
        "__array_wrap__ is no function": subclass(__array_wrap__=3),
        "__array_wrap__ takes nothing": subclass(__array_wrap__=lambda: None),
    }


def bad_outs(nout=1):
    """What none of our functions with so many outputs takes for out."""
    locked = np.empty(3)
    locked.flags.writeable = False
    good = np.full(3, 7.0)
    return {
        "a list": [1.0, 2.0, 3.0],
        "a number": 1.0,
        "a scalar": np.float64(1),
        "a string": "out",
        "a dict": {},
        "an object": object(),
        "a view of memory": memoryview(bytearray(24)),
        "no tuple": (),
        "a tuple of one more": (good,) * (nout + 1),
        "a tuple of one None more": (None,) * (nout + 1),
        "a tuple of a list": ([1.0, 2.0, 3.0],),
        "a tuple in a tuple": ((good,),),
        "read-only": locked,
        "repeated": np.broadcast_to(np.float64(7), 3),
        "bytes": np.frombuffer(bytes(24), np.float64),
        "too short": np.full(2, 7.0),
        "too long": np.full(4, 7.0),
        "without dimensions": np.array(7.0),
        "of one element": np.full(1, 7.0),
        "empty": np.empty(0),
        "of integers": np.full(3, 7),
        "of booleans": np.ones(3, bool),
        "of times": np.zeros(3, "M8[s]"),
        "structured": np.zeros(3, [("a", "f8")]),
        "__array_ufunc__ raises": hostile(__array_ufunc__=boom),
        "__array_ufunc__ is None": hostile(__array_ufunc__=None),
        "a subclass that raises": subclass(__array_ufunc__=boom),
    }


class Name(str):
    """A name that is equal to no other."""

    __slots__ = ()
    __hash__ = object.__hash__

    def __eq__(self, other):
        return self is other


def bad_keywords(nin, nout=1):
    """Of a ufunc with so many inputs and outputs."""
    out, single = (
        made[0] if nout == 1 else tuple(made)
        for made in ([np.full(3, 7.0, dtype) for _ in range(nout)] for dtype in ("f8", "f4"))
    )
    yield from [
        {"wrong": 1},
        {"Out": out},
        {"out ": out},
        {"": 1},
        {"a\0lpha": 1},
        {"\ud800": 1},
        {"k" * 1_000_000: 1},
        {f"keyword{i}": object() for i in range(1000)},
        {"beta": 0.5, "out": out},
        {"x": out},
        {"self": out},
        {1: 2},
        {None: 1},
        {b"out": out},
        {("out",): out},
        {"out": out, Name("wrong"): out},
        {"axis": 0},
        {"axes": [0]},
        {"keepdims": True},
        {"extobj": []},
        {"initial": 0},
        {"where": np.ones(2, bool)},
        {"where": np.ones((2, 3), bool), "out": out},
        {"where": np.ones(3, "m8[s]")},
        {"where": hostile(__bool__=boom)},
        {"where": hostile(__array__=boom)},
        {"casting": "wrong"},
        {"casting": ""},
        {"casting": 1},
        {"casting": "safe", "dtype": "f4"},
        {"casting": "no", "dtype": "f4"},
        {"casting": "equiv", "out": single},
        {"casting": "safe", "out": single},
        {"order": "Z"},
        {"order": "CF"},
        {"order": 3},
        {"dtype": "wrong"},
        {"dtype": "c16"},
        {"dtype": object},
        {"dtype": int},
        {"dtype": bool},
        {"dtype": "M8[s]"},
        {"dtype": "U3"},
        {"dtype": "f8,f8"},
        {"dtype": 1.5},
        {"dtype": hostile(dtype=property(boom))},
        {"dtype": "f8", "signature": "d" * nin + "->" + "d" * nout},
        {"signature": "wrong"},
        {"signature": ""},
        {"signature": 3},
        {"signature": "d" * nin + "->" + "f" * nout},
        {"signature": "d" * (nin + 5) + "->" + "d" * nout},
        {"signature": ("d",) * (nin + 5)},
        {"signature": (None,) * 40},
        {"signature": (3,) * (nin + nout)},
        {"sig": "d", "signature": "d"},
        {"subok": "yes"},
        {"subok": None},
        {"subok": 1},
        {"subok": hostile(__bool__=boom)},
    ]
