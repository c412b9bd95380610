"""Work on several tables at a time."""

import threading

import pytest

from littlegiants.ingest.threads import in_threads

MANY = 1 << 20


def test_results_come_in_the_order_of_their_items_whichever_is_done_first(monkeypatch):
    monkeypatch.setattr("pyarrow.cpu_count", lambda: 2)
    second_done = threading.Event()

    def slow(item):
        if item == "first":
            assert second_done.wait(60)
        else:
            second_done.set()
        return item.upper()

    assert list(in_threads(slow, ["first", "second"], MANY)) == ["FIRST", "SECOND"]


@pytest.mark.parametrize(("rows", "cores"), [(10, 2), (MANY, 1)])
def test_few_rows_and_one_core_take_no_threads(rows, cores, monkeypatch):
    monkeypatch.setattr("pyarrow.cpu_count", lambda: cores)
    assert set(in_threads(lambda _: threading.current_thread(), "abc", rows)) == {threading.current_thread()}


def test_the_error_of_the_first_item_that_fails_is_raised(monkeypatch):
    monkeypatch.setattr("pyarrow.cpu_count", lambda: 2)

    def fail(item):
        raise ValueError(item)

    with pytest.raises(ValueError, match="first"):
        list(in_threads(fail, ["first", "second"], MANY))
