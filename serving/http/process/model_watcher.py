"""The model watcher finds the model. It is a process of its own: it alone imports MLflow, so no answer waits for that.

It looks into the registry at intervals and on SIGHUP. It fetches a champion that it does not have, verifies it, and
points the workers to it. If any of this fails, the workers keep the model that they have.
"""

import logging
import os
import shutil
import signal
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from littlegiants.ingest.errors import ArtefactError, ContractError, LittleGiantsError, RegistryError, SignatureError
from littlegiants.models.serving_contract import ServingContract
from littlegiants.models.signing.signed_folders import read_signed
from littlegiants.models.signing.trust import Trust
from littlegiants.serving.http.runtime.pointer import Pointer, point, read_pointer, refuse, verified
from littlegiants.serving.parentage import end_with_parent

MODELS = "models"
_KEPT = 3  # models on disk: the present one, and those that a worker may still be reading
_UNFIT = "the newest model is damaged, foreign or not signed; the log says more"
_log = logging.getLogger("littlegiants.model_watcher")


class ModelWatcher:
    """Finds the model of a reference.

    Parameters
    ----------
    run
        Folder of the running service.
    reference
        ``models:/littlegiants@champion``, ``models:/littlegiants/3``, or the folder of an artefact.
    store
        The MLflow store.
    trust
        Whose signature the model must have; None if it needs none.
    contract
        What the model must be for. The first model completes it.
    refused
        Called with the reason why a model was refused.

    Attributes
    ----------
    contract
        What every further model must be for.
    """

    def __init__(
        self,
        run: Path,
        reference: str,
        store: str | None = None,
        trust: Trust | None = None,
        contract: ServingContract | None = None,
        refused: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._run, self._reference, self._store, self._trust = run, reference, store, trust
        self.contract, self._refused, self._said = contract or ServingContract(), refused, ""
        (run / MODELS).mkdir(exist_ok=True)

    def look(self) -> str:
        """Find the model and return its digest; point the workers to it if it is a new one.

        If it raises, the pointer is unchanged.

        Raises
        ------
        ArtefactError
            If there is no such folder, or the artefact is damaged.
        RegistryError
            If the registry does not answer, has no such model, or has it without a digest.
        SignatureError
            If the model is not signed as `trust` demands.
        ContractError
            If the model is for something else than the service.
        ConfigError
            If the model cannot score the records of requests.
        """
        try:
            digest = self._look()
        except ArtefactError as error:
            self._say(error)
            raise
        refuse(self._run, "")
        self._said = ""
        return digest

    def _say(self, error: ArtefactError) -> None:
        """Tell the workers and the metrics that a model was refused, each reason once."""
        if str(error) != self._said:
            self._said = str(error)
            # Whoever has no key learns no path of this machine.
            refuse(self._run, self._said if isinstance(error, ContractError) else _UNFIT)
            self._refused(self._said)

    def _look(self) -> str:
        if not self._reference.startswith("models:"):
            if not Path(self._reference).is_dir():
                raise ArtefactError(f"{self._reference} is not the folder of a model")
            return self._keep(Path(self._reference), "")
        from littlegiants.models.registry import registry, signed_versions

        with registry.fetched(self._reference, self._store) as found:
            if not found.digest:
                raise RegistryError(f"{self._reference} was registered without a digest; register it anew")
            if self._trust is not None and signed_versions.TAG not in found.tags:
                raise SignatureError(f"{self._reference} is not signed; sign it by `giants sign`")
            return self._keep(found.folder, found.digest, found.tags.get(signed_versions.TAG, "").encode())

    def _keep(self, folder: Path, digest: str, signature: bytes | None = None) -> str:
        """Copy a model into the folder of the service, verify the copy, and point to it."""
        models = self._run / MODELS
        try:
            with tempfile.TemporaryDirectory(dir=models, prefix=".staging-", ignore_cleanup_errors=True) as staging:
                copy = Path(staging) / "model"
                shutil.copytree(folder, copy, symlinks=True)
                if self._trust is not None:
                    read_signed(copy, self._trust, signature, self._reference, self.contract)
                manifest = verified(copy, digest, self.contract).manifest
                own = manifest.digest
                kept = models / own
                if not kept.exists():
                    copy.rename(kept)
            if own != _present(self._run):
                os.utime(kept)  # copied with its model's time, it would be tidied away by that
                point(self._run, Pointer(str(kept), own, self._reference))
                _log.info("pointed to model %s of %s", own[:12], self._reference)
                self._tidy(own)
            self.contract = self.contract.check(manifest)
        except OSError as error:
            why = error.strerror or "not all of its files can be copied"
            raise RegistryError(f"the model cannot be kept in {models}: {why}") from None
        return own

    def _tidy(self, present: str) -> None:
        models = sorted((self._run / MODELS).iterdir(), key=lambda path: path.stat().st_mtime)
        for folder in [path for path in models if path.name != present][: -(_KEPT - 1)]:
            shutil.rmtree(folder, ignore_errors=True)

    def run(self, poll_seconds: float, over: threading.Event, again: threading.Event) -> None:
        """Look for a model again and again.

        Parameters
        ----------
        poll_seconds
            Seconds between two looks.
        over
            Ends the loop when set.
        again
            Makes it look at once when set.
        """
        while not over.is_set():
            try:
                self.look()
            except LittleGiantsError as error:
                _log.error("the registry gives no new model, that of before stays: %s", error)
            except Exception:  # noqa: BLE001 - or no process would look for a model any more
                _log.exception("looking for a new model failed, that of before stays")
            again.wait(poll_seconds)
            again.clear()


def _present(run: Path) -> str:
    try:
        return read_pointer(run).digest
    except LittleGiantsError:
        return ""


def run_watcher(
    run: str,
    reference: str,
    store: str | None,
    trust: Trust | None,
    contract: ServingContract,
    poll_seconds: float,
) -> None:
    """Run the model watcher, as the target of its process: SIGHUP makes it look at once, SIGTERM ends it.

    Parameters
    ----------
    run, reference, store, trust, contract
        As of `ModelWatcher`.
    poll_seconds
        Seconds between two looks.
    """
    from littlegiants.serving.http.runtime import metrics
    from littlegiants.serving.http.runtime.logs import Log

    end_with_parent("giants-watcher")
    logging.basicConfig(handlers=[Log()], level=logging.INFO, force=True)
    over, again = threading.Event(), threading.Event()

    def on(number: int, act: Callable[[], None]) -> None:
        signal.signal(number, lambda *_: act())

    def end() -> None:
        over.set()
        again.set()

    on(signal.SIGHUP, again.set)
    on(signal.SIGTERM, end)
    on(signal.SIGINT, lambda: None)  # of a terminal, meant for the service, which then ends the model watcher
    watcher = ModelWatcher(Path(run), reference, store, trust, contract, lambda _: metrics.REFUSED_MODELS.inc())
    watcher.run(poll_seconds, over, again)
