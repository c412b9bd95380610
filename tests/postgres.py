"""A PostgreSQL of its own: a cluster in a temporary folder that hears one socket there, and an MLflow server on it."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from tests.serving.http.conftest import free_port

MLFLOW = Path(sys.executable).with_name("mlflow")
_SECONDS = 120.0
_OWNER = "mlflow"
# Nothing here outlives the test, so nothing needs to reach a disk.
_CAREFREE = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses=")


def programs() -> Path:
    """The folder of PostgreSQL's programs; a test that asks for it is skipped, and says so, where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    where = str(found[-1]) if found else shutil.which("initdb")
    if where is None:
        pytest.skip("no PostgreSQL: apt-get install postgresql")
    return Path(where).resolve().parent


@contextmanager
def postgres() -> Iterator[str]:
    """Run PostgreSQL for a block, and give the address of an empty database."""
    own = programs()
    # PostgreSQL refuses to run as root, and so runs as somebody who can do nothing else.
    user: dict[str, object] = {}
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # a socket's path must be short
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    data, log = folder / "data", folder / "log"
    try:
        made = (own / "initdb", "--pgdata", data, "--username", _OWNER, "--auth", "trust", "--no-sync")
        subprocess.run(
            [*map(str, made), "--encoding", "UTF8", "--locale", "C"],
            check=True, capture_output=True, cwd=folder, **user,  # type: ignore[call-overload]
        )  # fmt: skip
        settings = [word for setting in (*_CAREFREE, f"unix_socket_directories={folder}") for word in ("-c", setting)]
        with log.open("wb") as out:
            process = subprocess.Popen(
                [own / "postgres", "-D", data, *settings],
                stdout=out, stderr=out, cwd=folder, **user,  # type: ignore[call-overload]
            )  # fmt: skip
        try:
            address = f"postgresql+psycopg://{_OWNER}@/{{}}?host={folder}"
            _eventually(lambda: _create(address.format("postgres")), log, process)
            yield address.format(_OWNER)
        finally:
            process.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
            process.wait(30)
    finally:
        shutil.rmtree(folder)


@contextmanager
def mlflow_server(database: str, folder: Path) -> Iterator[str]:
    """Run an MLflow server on a database for a block, its files in a folder, and give its address."""
    port, log = free_port(), folder / "mlflow.log"
    kept = ("--backend-store-uri", database, "--artifacts-destination", folder / "files")
    command = [MLFLOW, "server", *kept, "--host", "127.0.0.1", "--port", port, "--workers", 1]
    path = os.pathsep.join((str(MLFLOW.parent), os.environ["PATH"]))
    with log.open("wb") as out:
        process = subprocess.Popen(
            list(map(str, command)),
            stdout=out, stderr=out, cwd=folder, env={**os.environ, "PATH": path}, start_new_session=True,
        )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        _eventually(lambda: _healthy(address), log, process)
        yield address
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # the session of its own: the server and its workers
        process.wait()


def _create(address: str) -> bool:
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {_OWNER}"))
    except OperationalError:
        return False
    finally:
        engine.dispose()
    return True


def _healthy(address: str) -> bool:
    try:
        with urlopen(f"{address}/health", timeout=5) as answer:  # noqa: S310 - on loopback
            return bool(answer.status == 200)
    except OSError:
        return False


def _eventually(done, log: Path, process: subprocess.Popen) -> None:
    end = time.monotonic() + _SECONDS
    while not done():
        failed = process.poll() is not None or time.monotonic() > end
        assert not failed, log.read_text(encoding="utf-8", errors="replace")
        time.sleep(0.1)
