"""Attributes computed once, of each object its own."""

from littlegiants.ingest.cached import Cached


class Counted:
    """Counts how often its attribute is computed."""

    def __init__(self, value):
        self.value = value
        self.asked = 0

    @Cached
    def doubled(self):
        """Twice the value."""
        self.asked += 1
        return 2 * self.value


def test_computed_once_and_for_each_object():
    one, other = Counted(1), Counted(5)
    assert (one.doubled, one.doubled, other.doubled) == (2, 2, 10)
    assert (one.asked, other.asked) == (1, 1)


def test_a_value_that_is_none_is_kept_too():
    nothing = Counted(None)
    nothing.__dict__["doubled"] = None
    assert nothing.doubled is None
    assert nothing.asked == 0


def test_the_class_shows_the_method():
    assert Counted.doubled.__doc__ == "Twice the value."
