"""Work on several tables at a time: Arrow and NumPy leave the interpreter to other threads while they compute."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pyarrow as pa

One = TypeVar("One")
Result = TypeVar("Result")
# To start threads takes longer than to work on fewer rows.
_ROWS = 50_000


def in_threads(of: Callable[[One], Result], items: Sequence[One], rows: int) -> Iterator[Result]:
    """Give what a function returns for each item, in their order, whichever is done first.

    Parameters
    ----------
    of
        The function. What it raises for the first item that fails is raised.
    items
        What it is called with.
    rows
        About how many rows there are in all; few are worked on one item after the other. So are all where Arrow has one
        thread, as in a process that is one of several.

    Examples
    --------
    >>> list(in_threads(len, ["abc", "de"], rows=10**6))
    [3, 2]
    """
    if rows < _ROWS or pa.cpu_count() < 2 or len(items) < 2:
        yield from map(of, items)
        return
    with ThreadPoolExecutor(min(pa.cpu_count(), len(items))) as pool:
        yield from pool.map(of, items)
