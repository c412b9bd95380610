"""Scores from tables: the one path of every interface (library, command line, batch)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from littlegiants.features.asof.as_of_date import check_as_of_date
from littlegiants.features.asof.cohort import cohort, not_at_risk
from littlegiants.features.asof.snapshot import Snapshot
from littlegiants.features.matrix import FeatureMatrix
from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.tables.tables import Tables
from littlegiants.models.artefact.artefact import read_artefact
from littlegiants.models.manifest import Manifest
from littlegiants.models.scoring.model import Model, Scores
from littlegiants.models.scoring.reasons import reason_codes
from littlegiants.models.scoring.score_columns import COLUMNS, REASON_COLUMNS, SCORE_COLUMNS
from littlegiants.models.staleness import check_age

if TYPE_CHECKING:
    from littlegiants.models.signing.trust import Trust


@dataclass(frozen=True, slots=True)
class Scorer:
    """Scores firms with one model.

    Examples
    --------
    ``Scorer.from_artefact(Path("demo/model")).score(read_tables("demo/data"), date(2023, 12, 31))``
    """

    model: Model

    @classmethod
    def from_artefact(cls, folder: Path, trust: "Trust | None" = None) -> "Scorer":
        """Read a model from its folder: first its signature if one is required, then the digests, then the model.

        Raises
        ------
        ArtefactError
            If the folder is not an unchanged artefact.
        SignatureError
            If it is not signed as ``trust`` wants it.
        """
        if trust is None:
            return cls(read_artefact(folder))
        from littlegiants.models.signing.signed_folders import read_signed

        return cls(read_signed(folder, trust))

    @classmethod
    def from_registry(cls, reference: str, store: str | None = None, trust: "Trust | None" = None) -> "Scorer":
        """Fetch a model from the registry and check its digests, and its signature if one is required.

        Parameters
        ----------
        reference
            ``models:/name@alias`` or ``models:/name/version``.
        store
            The MLflow store, as of `littlegiants.models.registry.stores.store_uri`.
        trust
            Whose signature the model must have; None if it needs none.

        Raises
        ------
        RegistryError
            If the registry has no such model or does not answer.
        SignatureError
            If it is not signed as ``trust`` wants it.
        """
        # Imported here: MLflow takes over a second, and a scorer of a folder never needs it.
        from littlegiants.models.registry import registry, signed_versions

        return cls(registry.load(reference, store) if trust is None else signed_versions.load(reference, trust, store))

    def score(
        self,
        tables: Tables,
        as_of: date,
        firms: Sequence[str] | None = None,
        explain: bool = True,
        allow_stale: str = "",
    ) -> pd.DataFrame:
        """Score firms as of a date.

        Parameters
        ----------
        tables
            Their events; rows known after ``as_of`` are ignored.
        as_of
            The as-of date, 1980 to 2099.
        firms
            Ids of the firms wanted. By default every firm at risk: known, and by what was known then not acquired,
            listed or closed.
        explain
            Whether to fill the reason codes.
        allow_stale
            The reason to use a model that has expired by ``as_of``; empty to refuse it.

        Returns
        -------
        DataFrame
            `SCORE_COLUMNS`, one row a firm, ascending by ``firm_id``. A firm's row does not depend on the others.

        Raises
        ------
        AsOfError
            If the date is out of range, or has a time of day.
        ConfigError
            If a wanted firm is not in the tables, or is not at risk on the date, or the tables convert amounts in
            another way than the training did.
        StaleModelError
            If the model has expired by the date; see `littlegiants.models.staleness`.
        """
        return score_frame(self.score_arrays(tables, as_of, firms, explain, allow_stale))

    def score_arrays(
        self,
        tables: Tables,
        as_of: date,
        firms: Sequence[str] | None = None,
        explain: bool = True,
        allow_stale: str = "",
    ) -> Scores:
        """Score firms as `score` does, and return the arrays; the reasons in them are data, not rendered as text.

        Parameters
        ----------
        tables, as_of, firms, explain, allow_stale
            As of `score`.

        Returns
        -------
        dict of ndarray
            As of `littlegiants.models.scoring.model.Model.score`.

        Raises
        ------
        AsOfError, ConfigError, StaleModelError
            As of `score`.
        """
        chosen = tables if firms is None else _only(tables, firms)
        snapshot = self.snapshot(chosen, as_of, allow_stale)
        require_round = self.model.manifest.label.require_round
        at_risk = cohort(snapshot, require_round)
        if firms is not None:
            check_at_risk(snapshot, at_risk, require_round)
        return self.model.score(self.matrix(snapshot, at_risk), explain)

    def snapshot(self, tables: Tables, as_of: date, allow_stale: str = "") -> Snapshot:
        """Return what is known of firms on a date, if the model may be asked about it.

        Parameters
        ----------
        tables, as_of, allow_stale
            As of `score`.

        Raises
        ------
        AsOfError, ConfigError, StaleModelError
            As of `score`.
        """
        check_as_of_date(as_of)
        check_age(self.model.manifest, as_of, allow_stale)
        check_money(tables, self.model.manifest)
        return Snapshot(tables, as_of, self.model.population)

    def matrix(self, snapshot: Snapshot, firms: npt.NDArray[np.int64]) -> FeatureMatrix:
        """Return the features that the model scores firms by.

        Parameters
        ----------
        snapshot
            Of this model, as of `snapshot`.
        firms
            Codes of the firms, which are at risk.
        """
        return FeatureMatrix.of(snapshot, firms, columns=self.model.columns)


def check_at_risk(snapshot: Snapshot, at_risk: npt.NDArray[np.int64], require_round: bool) -> None:
    """Refuse firms that were asked for and are not all at risk.

    Parameters
    ----------
    snapshot
        The firms that were asked for.
    at_risk, require_round
        As of `littlegiants.features.asof.cohort.cohort`.

    Raises
    ------
    ConfigError
        If some are not.
    """
    missing = snapshot.firm_ids[np.setdiff1d(np.arange(len(snapshot)), at_risk)].tolist()
    if missing:
        wanted = f"{len(missing):,} of the wanted firms are"
        raise ConfigError(not_at_risk(snapshot.as_of, require_round, wanted, missing[0]))


_TEXTS = {column.name: "str" for column in COLUMNS if column.is_text}


def score_frame(scores: Scores) -> pd.DataFrame:
    """Return what `Model.score` gives as a frame, its reasons rendered as reason codes."""
    codes = {name: reason_codes(scores[name]) for name in REASON_COLUMNS}
    return pd.DataFrame({name: codes.get(name, scores[name]) for name in SCORE_COLUMNS}).astype(_TEXTS)


def check_money(tables: Tables, manifest: Manifest) -> None:
    """Refuse tables whose amounts are made in another way than those that a model learned from.

    Raises
    ------
    ConfigError
        If they are.
    """
    # Rates published after the training are no other rule: a table of rates goes on.
    rule = tables.money.rule(manifest.dates.known_by)
    if rule != manifest.money:
        raise ConfigError(
            f"the tables' money is made with {rule}, the model's with {manifest.money}; give the tables the rates that "
            f"the model was trained with, and read them with constant_prices {manifest.money.constant_prices}"
        )


def _only(tables: Tables, firms: Sequence[str]) -> Tables:
    unknown = sorted(set(firms) - set(tables.firm_ids.tolist()))
    if unknown:
        raise ConfigError(f"{len(unknown):,} of the wanted firms are not in the firms table, {unknown[0]!r} the first")
    return tables.take(np.array(sorted(set(firms)), object))
