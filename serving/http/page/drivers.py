"""The features that moved a firm's score, in words: more of them than a score has room for."""

from collections.abc import Sequence
from datetime import date

from littlegiants.ingest.tables.tables import Tables
from littlegiants.reports.firm_reasons import firm_reasons
from littlegiants.reports.wording import Reason, describe_reason
from littlegiants.serving.scorer import Scorer

SHOWN = 8


def drivers(scorer: Scorer, tables: Tables, as_of: date, firm_ids: Sequence[str]) -> dict[str, tuple[Reason, ...]]:
    """Return the features that moved each firm's score most, strongest first; less than one point is left out.

    Parameters
    ----------
    scorer, tables, as_of
        What gave the scores.
    firm_ids
        Firms at risk on the date.
    """
    found = firm_reasons(scorer.model, tables, as_of, firm_ids, SHOWN)
    worded = {firm_id: map(describe_reason, reasons) for firm_id, reasons in found.items()}
    return {firm_id: tuple(reason for reason in reasons if reason.points) for firm_id, reasons in worded.items()}
