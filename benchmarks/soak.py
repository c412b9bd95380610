"""A service under load for long: memory, hostile requests, models replaced, stops; every answer is checked.

    python benchmarks/soak.py

Three parts, each against ``giants serve`` in processes of its own on the loopback interface. *Soak*: requests of one
firm, every tenth of them hostile (`hostile.py`), each with the status that it must have; among them are files that are
to cost much time or memory, and bodies half sent. Health is asked for all the time, and answers within 100 ms. *Swaps*:
the model is replaced again and again under load. *Stops*: a service is ended by SIGTERM under load, and what was sent
before the signal must be answered in full. An answer counts as right when its body is, byte for byte, what the library
says of the firm with the model that the answer names. Exits with 1 when anything is wrong.
"""

import asyncio
import json
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer
from hostile import GONE, HOSTILE, Hostile
from soaked import Case, EvaluationWindow, Running, served, training_window

_WAIT = 30.0
_WARM = 0.1  # of the requests; memory is compared with what it is afterwards
_SWAPPED_WITHIN = 20.0
_MOST_GROWTH = 10.0  # MiB


@dataclass(slots=True)
class Tally:
    """What came back."""

    right: int = 0
    refused: int = 0
    hostile: int = 0
    versions: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def note(self, case: Case, status: int, body: bytes) -> str:
        """Count an answer to a good request; return the version that it names."""
        if status in (429, 503):
            self.refused += 1
            return ""
        version = json.loads(body)["model_version"] if status == 200 else ""
        if status == 200 and case.answers.get(version) == body:
            self.right += 1
            self.versions[version] = self.versions.get(version, 0) + 1
        else:
            self.wrong.append(f"{status} {body[:200]!r}")
        return version


class Cut(Exception):
    """The connection ended before an answer was whole; ``began`` says whether any of it came."""

    def __init__(self, began: bool) -> None:
        super().__init__("the answer began" if began else "no answer")
        self.began = began


class Line:
    """A connection that is kept for many requests."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, request: bytes) -> tuple[int, bytes]:
        """Return status and body of the answer."""
        began = False
        try:
            async with asyncio.timeout(_WAIT):
                if self._reader is None or self._writer is None:
                    self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
                self._writer.write(request)
                head = (await self._reader.readuntil(b"\r\n\r\n")).lower()
                began = True
                length = int(head.partition(b"content-length: ")[2].split(b"\r\n", 1)[0] or 0)
                body = await self._reader.readexactly(length)
        except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
            self.close()
            raise Cut(began or bool(getattr(error, "partial", b""))) from None
        if b"connection: close" in head:
            self.close()
        return int(head.split(b" ", 2)[1]), body

    async def abandon(self, request: bytes) -> None:
        """Send something and go."""
        _, writer = await asyncio.open_connection("127.0.0.1", self._port)
        writer.write(request)
        writer.transport.abort() if len(request) % 2 else writer.close()

    def close(self) -> None:
        """End the connection."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None


async def _hostile(port: int, hostile: Hostile, tally: Tally) -> None:
    line = Line(port)
    tally.hostile += 1
    if hostile.status == GONE:
        return await line.abandon(hostile.request)
    try:
        status, body = await line.ask(hostile.request)
    except Cut as cut:
        tally.wrong.append(f"{hostile.name}: {cut}")
    else:
        if status != hostile.status:
            tally.wrong.append(f"{hostile.name}: {status} {body[:200]!r}")
    finally:
        line.close()
    return None


async def soak(running: Running, cases: list[Case], requests: int, connections: int) -> dict[str, Any]:
    """Ask so many times, every tenth time with ill will; return what came back, and how memory grew."""
    tally, numbers = Tally(), iter(range(requests))
    memory: list[int] = []
    start = time.perf_counter()

    async def client() -> None:
        line = Line(running.port)
        for number in numbers:
            if number in (int(_WARM * requests), requests // 2, requests - 1):
                memory.append(running.resident())
            if number % 10 == 9:
                await _hostile(running.port, HOSTILE[number // 10 % len(HOSTILE)], tally)
                continue
            case = cases[number % len(cases)]
            try:
                tally.note(case, *await line.ask(case.request))
            except Cut as cut:
                tally.wrong.append(f"a good request: {cut}")
        line.close()

    await asyncio.gather(*(client() for _ in range(connections)))
    seconds = time.perf_counter() - start
    mib = [round(size / 2**20, 1) for size in memory]
    growth = round(mib[-1] - mib[0], 1)
    return asdict(tally) | {"per_second": round(requests / seconds), "memory_mib": mib, "growth_mib": growth}


async def _under_load(
    running: Running, cases: list[Case], connections: int, work: Callable[[Tally, list[str]], Awaitable[None]]
) -> Tally:
    """Do something while clients ask; they are told nothing of it."""
    tally, last = Tally(), [""] * connections
    over = asyncio.Event()

    async def client(own: int) -> None:
        line, place = Line(running.port), own
        while not over.is_set():
            place += connections
            case = cases[place % len(cases)]
            try:
                last[own] = tally.note(case, *await line.ask(case.request))
            except Cut as cut:
                tally.wrong.append(f"a good request: {cut}")
        line.close()

    clients = [asyncio.create_task(client(own)) for own in range(connections)]
    try:
        await work(tally, last)
    finally:
        over.set()
        await asyncio.gather(*clients)
    return tally


async def swap(running: Running, live: Path, found: EvaluationWindow, times: int, connections: int) -> dict[str, Any]:
    """Replace the model so many times under load; each must come into use, and every answer be of the one it names."""

    async def work(tally: Tally, last: list[str]) -> None:
        for turn in range(times):
            new = (turn + 1) % 2
            await asyncio.to_thread(_replace, live, found.models[new])
            running.process.send_signal(signal.SIGHUP)
            end = time.monotonic() + _SWAPPED_WITHIN
            while set(last) != {found.versions[new]}:
                if time.monotonic() > end:
                    return tally.wrong.append(f"model {turn + 1} of {times} did not come into use")
                await asyncio.sleep(0.01)
        return None

    start = time.perf_counter()
    tally = await _under_load(running, found.cases, connections, work)
    return asdict(tally) | {"swaps": times, "seconds": round(time.perf_counter() - start, 1)}


def _replace(live: Path, new: Path) -> None:
    coming, gone = live.with_name("coming"), live.with_name("gone")
    shutil.copytree(new, coming)
    live.rename(gone)
    coming.rename(live)
    shutil.rmtree(gone)


async def stop(running: Running, cases: list[Case], connections: int, tally: Tally) -> int:
    """End a service under load; return how many requests, sent after the signal, it did not take."""
    stopped, late = [float("inf")], 0

    async def client(own: int) -> None:
        nonlocal late
        line, place = Line(running.port), own
        while True:
            place += connections
            sent = time.monotonic()
            try:
                tally.note(cases[place % len(cases)], *await line.ask(cases[place % len(cases)].request))
            except Cut as cut:
                # Whoever asks a service that has been told to stop may find nobody; half an answer is never right.
                if cut.began or sent < stopped[0]:
                    tally.wrong.append(f"sent {stopped[0] - sent:.4f} s before the signal: {cut}")
                late += not cut.began
                return line.close()

    clients = [asyncio.create_task(client(own)) for own in range(connections)]
    await asyncio.sleep(0.5)
    stopped[0] = time.monotonic()
    running.process.send_signal(signal.SIGTERM)
    await asyncio.gather(*clients)
    if code := await asyncio.to_thread(running.process.wait, 60):
        tally.wrong.append(f"it ended with {code}")
    return late


def _stops(found: EvaluationWindow, times: int, connections: int, workers: int) -> dict[str, Any]:
    tally, late = Tally(), 0
    for _ in range(times):
        with served(found.models[0], workers) as running:
            late += asyncio.run(stop(running, found.cases, connections, tally))
    return asdict(tally) | {"stops": times, "sent_after_and_not_taken": late}


def main(
    requests: Annotated[int, typer.Option(help="Requests of the soak.")] = 200_000,
    swaps: Annotated[int, typer.Option(help="Models replaced under load.")] = 100,
    stops: Annotated[int, typer.Option(help="Services ended under load.")] = 50,
    connections: Annotated[int, typer.Option(help="Clients that ask at the same time.")] = 8,
    workers: Annotated[int, typer.Option(help="Processes that answer.")] = 2,
    firms: Annotated[int, typer.Option(help="Firms of the economy.")] = 2_000,
    figures: Annotated[Path | None, typer.Option("--json", help="File for the figures.")] = None,
) -> None:
    """Run all three parts, and say what went wrong."""
    found: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as folder:
        own = training_window(Path(folder), firms)
        if requests:
            with served(own.models[0], workers) as running:
                found["soak"] = asyncio.run(soak(running, own.cases, requests, connections))
        if swaps:
            live = Path(folder) / "live"
            shutil.copytree(own.models[0], live)
            with served(live, workers) as running:
                found["swaps"] = asyncio.run(swap(running, live, own, swaps, connections))
        if stops:
            found["stops"] = _stops(own, stops, connections, workers)
    grown = found.get("soak", {}).get("growth_mib", 0.0) > _MOST_GROWTH
    for part, said in found.items():
        print(part, json.dumps(said | {"wrong": len(said["wrong"])}), *said["wrong"][:10], sep="\n  ")
    if figures is not None:
        figures.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    sys.exit(1 if grown or any(said["wrong"] for said in found.values()) else 0)


if __name__ == "__main__":
    typer.run(main)
