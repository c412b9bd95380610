"""Work ends when its client goes away, and only then."""

import asyncio
from typing import Any

import pytest

from littlegiants.serving.http.protocol.bodies import Disconnected
from littlegiants.serving.http.protocol.disconnects import unless_gone


def receiving(*kinds: str) -> Any:
    """A client that sends messages of these types, and then is silent."""
    waiting = list(kinds)

    async def receive() -> dict[str, str]:
        if not waiting:
            await asyncio.sleep(60)
        return {"type": waiting.pop(0)}

    return receive


async def delayed(result: object) -> object:
    await asyncio.sleep(0.01)
    return result


@pytest.mark.parametrize("kinds", [(), ("http.request", "http.request")])
def test_the_result_for_a_client_who_waits(kinds):
    async def run() -> object:
        found = await unless_gone(delayed(7), receiving(*kinds))
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return found

    assert asyncio.run(run()) == 7


def test_work_is_cancelled_when_the_client_goes():
    cancelled = []

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            cancelled.append(True)
            raise

    async def run() -> None:
        with pytest.raises(Disconnected):
            await unless_gone(work(), receiving("http.request", "http.disconnect"))
        await asyncio.sleep(0)

    asyncio.run(run())
    assert cancelled == [True]


def test_work_that_is_done_counts_even_if_the_client_goes_at_the_same_time():
    async def run() -> object:
        async def immediate() -> int:
            return 7

        return await unless_gone(immediate(), receiving("http.disconnect"))

    assert asyncio.run(run()) == 7


def test_an_error_of_the_work_is_raised():
    async def fail() -> None:
        raise ArithmeticError("of the work")

    with pytest.raises(ArithmeticError, match="of the work"):
        asyncio.run(unless_gone(fail(), receiving()))


def test_a_request_that_is_cancelled_cancels_its_work():
    ended = []

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            ended.append(True)

    async def run() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await unless_gone(work(), receiving())
        await asyncio.sleep(0)

    asyncio.run(run())
    assert ended == [True]
