"""How many threads a call may use."""

from __future__ import annotations

import functools
import inspect
import operator
from collections.abc import Callable
from typing import Any, ParamSpec, Self, SupportsIndex, TypeVar

from . import _ufuncs

_P = ParamSpec("_P")
_R = TypeVar("_R")


def checked(source: str, n: object) -> int:
    """`n` as a number of threads; the error names `source`, where it comes from."""
    most = _ufuncs.max_threads()
    try:
        count = operator.index(n)  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(
            f"{source}: the number of threads must be an integer, not {type(n).__name__}"
        ) from None
    if isinstance(n, bool) or not 1 <= count <= most:
        # Python refuses to print integers of thousands of digits.
        given = n if abs(count) < 1 << 64 else "a number of more than 64 bits"
        raise ValueError(
            f"{source}: the number of threads must be 1 to {most} (4 times the CPUs), not {given}"
        )
    return count


def set_num_threads(n: SupportsIndex | None) -> None:
    """Set how many threads large calls may use, in all of this process.

    Parameters
    ----------
    n : int or None
        1 to 4 times the number of CPUs. None returns to the default: what
        OpenMP would use, but no more than the CPUs this process may run on
        (affinity mask, cgroup quota).

    Raises
    ------
    TypeError
        If `n` is not an integer.
    ValueError
        If `n` is out of range.

    See Also
    --------
    get_num_threads, num_threads

    Notes
    -----
    Which number holds, the first of these that applies:

    1. 1 in a build without OpenMP, in a child process after a fork, inside a
       parallel region of the same OpenMP runtime, and where ``OMP_STACKSIZE`` is
       below 64K, too little for a thread;
    2. `num_threads`, the innermost block;
    3. `set_num_threads`; at import, the environment variable
       ``RELU_FAST_NUM_THREADS`` does the same, and what is too large there is as
       many as are allowed, with a warning;
    4. the default: the least of OpenMP's number (``OMP_NUM_THREADS``), the
       affinity mask and the cgroup quota, asked at each call.

    A lower limit of OpenMP that was set later, as threadpoolctl does, and
    ``OMP_THREAD_LIMIT`` hold besides 2 and 3. Where OpenMP cannot give as many
    threads, there are fewer. Small calls use fewer: as many as are worth it.

    Examples
    --------
    >>> import relu_fast
    >>> relu_fast.set_num_threads(1)
    >>> relu_fast.get_num_threads()
    1
    >>> relu_fast.set_num_threads(None)
    """
    _ufuncs.set_threads(0 if n is None else checked("set_num_threads", n))


def get_num_threads() -> int:
    """Return how many threads a large call made now would use.

    Returns
    -------
    int
        1 where threads cannot be had, as `set_num_threads` says. Fewer than asked
        for once OpenMP has given fewer.

    See Also
    --------
    set_num_threads, num_threads

    Examples
    --------
    >>> import relu_fast
    >>> relu_fast.get_num_threads() >= 1
    True
    """
    return _ufuncs.threads()


class num_threads:  # noqa: N801
    """Context manager and decorator: use at most this many threads, in this context.

    A context is that of `contextvars`: each Python thread has one, and each
    asyncio task, which inherits the number from where it was created.

    Parameters
    ----------
    n : int
        1 to 4 times the number of CPUs.

    See Also
    --------
    set_num_threads, get_num_threads

    Notes
    -----
    One object may be used for several blocks, nested or in several threads at
    once. `set_num_threads` says which number holds when there are several. A block
    that ends while others in it go on, as those of generators may, ends itself alone.

    A decorated function, or coroutine function, runs in a block of its own each time
    it is called.

    Examples
    --------
    >>> import relu_fast
    >>> with relu_fast.num_threads(1):
    ...     relu_fast.get_num_threads()
    1
    >>> @relu_fast.num_threads(1)
    ... def serial():
    ...     return relu_fast.get_num_threads()
    >>> serial()
    1
    """

    __module__ = "relu_fast"

    def __init__(self, n: SupportsIndex):
        self._n = checked("num_threads", n)

    @property
    def n(self) -> int:
        """The number of threads."""
        return self._n

    def __enter__(self) -> Self:
        _ufuncs.set_blocks((*_ufuncs.blocks.get(), self))
        return self

    def __exit__(self, *error: object) -> None:
        blocks = _ufuncs.blocks.get()
        for i in reversed(range(len(blocks))):
            if blocks[i] is self:
                _ufuncs.set_blocks(blocks[:i] + blocks[i + 1 :])
                return

    def __call__(self, function: Callable[_P, _R]) -> Callable[_P, _R]:
        if not callable(function):
            raise TypeError(f"num_threads: expected a function, not {type(function).__name__}")
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            # Between two values the block would be around the caller's code.
            raise TypeError(
                f"num_threads: {function.__name__} is a generator function; "
                "expected one that returns, or write the block around the loop"
            )
        if inspect.iscoroutinefunction(function):

            async def coroutine(*args: Any, **keywords: Any) -> Any:
                with self:
                    return await function(*args, **keywords)

            return functools.update_wrapper(coroutine, function)  # type: ignore[return-value]

        def wrapper(*args: _P.args, **keywords: _P.kwargs) -> _R:
            with self:
                return function(*args, **keywords)

        return functools.update_wrapper(wrapper, function)


set_num_threads.__module__ = get_num_threads.__module__ = "relu_fast"
