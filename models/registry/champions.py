"""The champion: which version it is, the decisions kept with versions, and the rollback to the champion before."""

from collections.abc import Mapping
from datetime import UTC, datetime

from littlegiants.ingest.errors import ArtefactError, RegistryError
from littlegiants.models.artefact.recorded_scores import differing_rows
from littlegiants.models.registry.registry import (
    CHALLENGER,
    CHAMPION,
    NAME,
    ROLLED_BACK_TAG,
    champions,
    connected,
    load,
    number_of,
    of_alias,
    set_champion,
)
from littlegiants.models.registry.stores import sync_files
from littlegiants.models.scoring.model import Model


def champion(store: str | None = None, name: str = NAME) -> int | None:
    """Return the number of the champion, or None if there is none.

    Raises
    ------
    RegistryError
        If the store does not answer, or holds another champion than the one last promoted.
    """
    with connected(store, name) as client:
        if not client.search_registered_models(f"name='{name}'"):
            return None
        known = CHAMPION in client.get_registered_model(name).aliases
        return number_of(of_alias(client, name, CHAMPION)) if known else None


def rollback(reason: str, store: str | None = None, name: str = NAME) -> tuple[int, Model]:
    """Make the champion before this one the champion again, after reading it whole.

    Parameters
    ----------
    reason
        Why; it is kept with the version that is taken back, which is not promoted again.
    store, name
        As of `promote`.

    Returns
    -------
    int, Model
        The version that was taken back, and the champion now.

    Raises
    ------
    RegistryError
        If there was no champion before, or the store does not answer.
    ArtefactError
        If the former champion's artefact is damaged, or it no longer scores as it did at training.
    """
    with connected(store, name) as client:
        present, line = client.get_model_version_by_alias(name, CHAMPION), champions(client, name)
    taken_back = number_of(present)
    while line and line[-1] == taken_back:
        line.pop()
    if not line:
        raise RegistryError(f"version {taken_back} is the first champion; there is none to go back to")
    before = load(f"models:/{name}/{line[-1]}", store)
    if wrong := differing_rows(before):
        rows = f"{len(wrong)} of {len(before.manifest.recorded_scores)} recorded rows"
        raise ArtefactError(f"version {line[-1]} does not come back: {rows} score otherwise than at training")
    with connected(store, name) as client:
        when = datetime.now(UTC).isoformat(timespec="seconds")
        client.set_model_version_tag(name, str(taken_back), ROLLED_BACK_TAG, f"{when}: {reason}")
        set_champion(client, name, line)
        aliases = client.get_registered_model(name).aliases
        if CHALLENGER in aliases and int(aliases[CHALLENGER]) in (taken_back, line[-1]):
            client.delete_registered_model_alias(name, CHALLENGER)
    return taken_back, before


def record(
    version: int, tags: Mapping[str, str], text: str, file: str, store: str | None = None, name: str = NAME
) -> None:
    """Keep a decision with a version: in full as a file of the run that trained it, and only then as its tags.

    Parameters
    ----------
    version
        The version's number.
    tags
        What the version is marked with, by tag.
    text, file
        The decision in full, and the name of its file.
    store
        See `littlegiants.models.registry.stores.store_uri`.
    name
        The registered model.

    Raises
    ------
    RegistryError
        If there is no such version, or the store does not answer.
    """
    with connected(store, f"{name} version {version}") as client:
        run_id = client.get_model_version(name, str(version)).run_id
        if run_id:
            client.log_text(run_id, text, file)
            sync_files(str(client.get_run(run_id).info.artifact_uri))
        for key, value in tags.items():
            client.set_model_version_tag(name, str(version), key, value)
