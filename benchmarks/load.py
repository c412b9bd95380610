"""Servers in processes of their own, and wrk to put load on them; loopback only."""

import json
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

HOST = "127.0.0.1"
_UP_WITHIN = 90.0
_SCRIPT = """\
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
local file = io.open({body!r}, "rb")
wrk.body = file:read("*a")
file:close()
"""
_UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk measured: requests a second, the median and 99th percentile in milliseconds, and answers that failed."""

    connections: int
    per_second: float
    median_ms: float
    p99_ms: float
    failed: int


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as some:
        some.bind((HOST, 0))
        return int(some.getsockname()[1])


@contextmanager
def served(command: Sequence[str], port: int, ready: str, environment: Mapping[str, str]) -> Iterator[int]:
    """Run a server until the block ends; give its process id once ``ready`` answers 200."""
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(command, env=dict(environment), stdout=log, stderr=log)
        try:
            end = time.monotonic() + _UP_WITHIN
            while status(port, ready) != 200:
                if process.poll() is not None or time.monotonic() > end:
                    log.seek(0)
                    raise RuntimeError(f"{command[0]} is not ready: {log.read()[-2000:].decode(errors='replace')}")
                time.sleep(0.1)
            yield process.pid
        finally:
            process.terminate()
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def status(port: int, path: str, within: float = 5.0) -> int:
    """Return the status of a GET; 0 where nobody answers."""
    connection = HTTPConnection(HOST, port, timeout=within)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, HTTPException):
        return 0
    finally:
        connection.close()


def wrk(port: int, path: str, body: bytes, connections: int, seconds: int) -> Load:
    """Post one body again and again over so many connections; one thread of wrk."""
    with tempfile.TemporaryDirectory() as scratch:
        content, script = Path(scratch) / "body", Path(scratch) / "post.lua"
        content.write_bytes(body)
        script.write_text(_SCRIPT.format(body=str(content)), encoding="utf-8")
        command = [
            "wrk",
            "-t1",
            f"-c{connections}",
            f"-d{seconds}s",
            "--latency",
            "--timeout",
            "20s",
            "-s",
            str(script),
        ]
        done = subprocess.run([*command, f"http://{HOST}:{port}{path}"], capture_output=True, text=True, check=True)
    return _read(done.stdout, connections)


def _read(text: str, connections: int) -> Load:
    found = re.search(r"Requests/sec:\s+([0-9.]+)", text)
    if found is None:
        raise RuntimeError(f"wrk answered otherwise than expected: {text}")
    # What failed is told only where something did.
    refused = sum(map(int, re.findall(r"Non-2xx or 3xx responses: ([0-9]+)", text)))
    broken = [sum(map(int, re.findall(r"[0-9]+", line))) for line in re.findall(r"Socket errors: (.*)", text)]
    return Load(connections, float(found[1]), _time("50%", text), _time("99%", text), refused + sum(broken))


def _time(share: str, text: str) -> float:
    found = re.search(rf"^\s+{share}\s+([0-9.]+)(us|ms|s|m)$", text, re.MULTILINE)
    return float("nan") if found is None else float(found[1]) * _UNITS[found[2]]


def has_wrk() -> bool:
    """Return whether wrk is installed; Debian has it as ``wrk``."""
    return shutil.which("wrk") is not None


def program(name: str) -> str:
    """Return the path of a command that stands beside this Python."""
    return str(Path(sys.executable).with_name(name))


def to_json(value: object) -> bytes:
    """Return a request's body, as compact as a client would send it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
