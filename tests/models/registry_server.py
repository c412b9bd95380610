"""A registry on loopback that speaks MLflow's protocol, honestly or otherwise, and remembers what it was asked for."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

API, FILES = "/api/2.0/mlflow/", "/api/2.0/mlflow-artifacts/artifacts"


class Registry(ThreadingHTTPServer):
    """Holds one version of one model, and answers whatever is put in the place of an answer.

    Attributes
    ----------
    folder
        The artefact.
    location
        What it says when asked where the files of the version lie.
    names
        What it lists in the artefact's folder; a name without a file of that name has no content.
    version, champions
        The version behind each alias, and the registered model's tag.
    instead
        For parts of a path, what to do in the place of answering.
    asked
        Every path so far.
    """

    daemon_threads = True

    def __init__(self, folder: Path, digest: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder, self.digest = folder, digest
        self.location = "mlflow-artifacts:/1/model"
        self.names: list[dict[str, object]] = [
            {"path": path.name, "is_dir": False, "file_size": path.stat().st_size} for path in sorted(folder.iterdir())
        ]
        self.champions = "1"
        self.instead: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}
        self.asked: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request, client_address) -> None:
        """Say nothing of a client that went away."""


class _Handler(BaseHTTPRequestHandler):
    server: Registry

    def do_GET(self) -> None:
        registry, path = self.server, self.path
        registry.asked.append(path)
        for part, act in registry.instead.items():
            if part in path:
                return act(self)
        address = urlsplit(path)
        if address.path == FILES:
            return answer(self, {"files": registry.names})
        if address.path.startswith(FILES):
            file = registry.folder / unquote(address.path).rpartition("/")[2]
            return answer(self, file.read_bytes() if file.is_file() else b"", "application/octet-stream")
        return self._about_models(address.path.removeprefix(API), parse_qs(address.query))

    def _about_models(self, call: str, query: dict[str, list[str]]) -> None:
        version = {
            "name": "littlegiants",
            "version": "1",
            "source": "models:/m-1",
            "tags": [{"key": "artefact_digest", "value": self.server.digest}],
        }
        if call in ("model-versions/get", "registered-models/alias") and query.get("alias", ["champion"]) == [
            "champion"
        ]:
            return answer(self, {"model_version": version})
        if call == "registered-models/get":
            tags = [{"key": "champions", "value": self.server.champions}]
            return answer(self, {"registered_model": {"name": "littlegiants", "tags": tags}})
        if call == "model-versions/get-download-uri":
            return answer(self, {"artifact_uri": self.server.location})
        return answer(self, {"error_code": "RESOURCE_DOES_NOT_EXIST", "message": "alias not found"}, status=404)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def answer(handler: BaseHTTPRequestHandler, content: object, kind: str = "application/json", status: int = 200) -> None:
    """Send one answer, of bytes or as JSON."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    handler.send_response(status)
    handler.send_header("Content-Type", kind)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def drip(handler: BaseHTTPRequestHandler) -> None:
    """Send a byte at a time, for ever, each well before anybody gives up waiting for it."""
    handler.send_response(200)
    handler.end_headers()
    with suppress(OSError):
        while not handler.server.gone.wait(0.05):  # type: ignore[attr-defined]
            handler.wfile.write(b"t")


def flood(handler: BaseHTTPRequestHandler) -> None:
    """Send without an end, as fast as it is taken."""
    handler.send_response(200)
    handler.end_headers()
    with suppress(OSError):
        while True:
            handler.wfile.write(bytes(1 << 20))


def elsewhere(address: str) -> Callable[[BaseHTTPRequestHandler], None]:
    """Pass the client on to another host."""

    def redirect(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(302)
        handler.send_header("Location", address)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return redirect


@contextmanager
def serving(folder: Path, digest: str) -> Iterator[Registry]:
    """Run a registry for a block."""
    with Registry(folder, digest) as registry:
        registry.gone = threading.Event()  # type: ignore[attr-defined]
        thread = threading.Thread(target=registry.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield registry
        finally:
            registry.gone.set()  # type: ignore[attr-defined]
            registry.shutdown()
            thread.join()


@contextmanager
def silent() -> Iterator[str]:
    """The address of a host that takes every connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
