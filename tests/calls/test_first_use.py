"""Functions are made when they are first used, and nobody can tell.

Each test is a program, because in this process they have been used.
"""

import pickle

import pytest
from support.programs import output_of

import relu_fast
from relu_fast._catalog import FUNCTIONS

pytestmark = [pytest.mark.version, pytest.mark.coverage]

START = f"import sys, relu_fast; names = {list(FUNCTIONS)}\n"


def check(program):
    assert output_of(f"{START}{program}\nprint('done')") == "done"


def test_an_import_makes_none():
    """Nor does it load what makes them, which in NumPy 2.0 includes `inspect`."""
    check(
        "assert not set(names) & set(vars(relu_fast))\n"
        "assert 'relu_fast._functions' not in sys.modules"
    )


def test_a_first_use_makes_that_one_alone():
    check("relu_fast.elu\nassert set(names) & set(vars(relu_fast)) == {'elu'}")


def test_all_names_are_known_before():
    check(f"assert dir(relu_fast) == {sorted(relu_fast.__all__)}")


def test_star_import():
    check(
        "before = set(globals()) | {'before'}\n"
        "from relu_fast import *\n"
        f"assert set(globals()) - before == {set(relu_fast.__all__)}"
    )


def test_every_way_leads_to_the_same_object():
    check(
        "import importlib, pickle\n"
        "first = {name: getattr(relu_fast, name) for name in reversed(names)}\n"
        "from relu_fast import *\n"
        "for name in names:\n"
        "    assert getattr(relu_fast, name) is globals()[name] is first[name]\n"
        "    assert pickle.loads(pickle.dumps(first[name])) is first[name]\n"
        "    delattr(relu_fast, name)\n"
        "    assert getattr(relu_fast, name) is first[name]\n"
        "    delattr(relu_fast, name)\n"
        "importlib.reload(relu_fast)\n"
        "assert all(getattr(relu_fast, name) is first[name] for name in names)"
    )


def test_a_pickle_may_be_the_first_use():
    pickled = [pickle.dumps(getattr(relu_fast, name)) for name in FUNCTIONS]
    check(
        "import pickle\n"
        f"for name, pickled in zip(names, {pickled}):\n"
        "    assert pickle.loads(pickled) is getattr(relu_fast, name)"
    )


def test_threads_that_use_one_first_get_the_same():
    check(
        "import threading\n"
        "sys.setswitchinterval(1e-6)\n"
        "barrier = threading.Barrier(4)\n"
        "got = []\n"
        "def use():\n"
        "    for name in names:\n"
        "        barrier.wait()\n"
        "        got.append((name, getattr(relu_fast, name)))\n"
        "threads = [threading.Thread(target=use) for _ in range(4)]\n"
        "for thread in threads: thread.start()\n"
        "for thread in threads: thread.join()\n"
        "assert len(got) == 4 * len(names)\n"
        "assert all(function is getattr(relu_fast, name) for name, function in got)"
    )


def test_an_unknown_name_is_an_error():
    check(
        "assert not hasattr(relu_fast, 'eluu')\n"
        "try: relu_fast.eluu\n"
        "except AttributeError as error:\n"
        "    assert str(error) == \"module 'relu_fast' has no attribute 'eluu'\"\n"
        "    assert (error.name, error.obj) == ('eluu', relu_fast)"
    )
