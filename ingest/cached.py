"""Attributes computed when they are first used, and then cached."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, overload

T = TypeVar("T")


class Cached(Generic[T]):
    """A method whose result becomes an attribute: `functools.cached_property` without the lock it takes before 3.12.

    Two threads may both compute the value; one of the results is kept.

    Examples
    --------
    >>> class Square:
    ...     def __init__(self, side):
    ...         self.side = side
    ...
    ...     @Cached
    ...     def area(self):
    ...         print("computed")
    ...         return self.side**2
    >>> square = Square(3)
    >>> square.area, square.area
    computed
    (9, 9)
    """

    def __init__(self, make: Callable[[Any], T]) -> None:
        self.make = make
        self.name = make.__name__
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> "Cached[T]": ...

    @overload
    def __get__(self, instance: object, owner: type) -> T: ...

    def __get__(self, instance: object | None, owner: type) -> "T | Cached[T]":
        """Compute and keep the value; the attribute of the instance is found first from then on."""
        if instance is None:
            return self
        value = instance.__dict__[self.name] = self.make(instance)
        return value
