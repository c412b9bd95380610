"""Score three firms from data frames, without files: python examples/score_a_portfolio.py demo/model"""

import sys
from datetime import date
from pathlib import Path

import pandas as pd

from littlegiants.ingest import Tables
from littlegiants.ingest.tables.contract import SIGNAL_TABLES, TABLES
from littlegiants.serving import Scorer

FIRMS = pd.DataFrame(
    {
        "firm_id": ["91320594MA1XXXXX0A", "DE-HRB-12345", "unknown-firm"],
        "name": ["苏州芯远半导体有限公司", "Lichtwerk GmbH", "Nothing Known Ltd"],
        "country": ["CN", "DE", "FR"],
        "founded_on": ["2018-04-02", "2016-09-15", "2015-01-01"],
    }
)
ROUNDS = pd.DataFrame(
    {
        "firm_id": ["91320594MA1XXXXX0A", "91320594MA1XXXXX0A", "DE-HRB-12345"],
        "round_id": ["a", "b", "c"],
        "announced_on": ["2019-06-01", "2021-03-15", "2020-01-10"],
        "kind": ["angel", "series_a", "venture"],
        "amount": ["3000000", "45000000", "2500000"],
        "currency": ["CNY", "CNY", "EUR"],
    }
)
GRANTS = pd.DataFrame(
    {
        "firm_id": ["91320594MA1XXXXX0A"],
        "grant_id": ["g1"],
        "awarded_on": ["2020-05-20"],
        "amount": ["2000000"],
        "currency": ["CNY"],
        "level": ["provincial"],
    }
)
# An empty table says that somebody looked; a table left out, that nobody did, and then the model would abstain.
NOTHING = {
    name: pd.DataFrame(columns=["firm_id", *(column.name for column in TABLES[name].columns)], dtype="str")
    for name in SIGNAL_TABLES
    if name not in ("rounds", "grants")
}


def main(artefact: Path) -> None:
    """Score the three firms with the model in a folder."""
    tables = Tables.from_frames({"firms": FIRMS, "rounds": ROUNDS, "grants": GRANTS, **NOTHING})
    scores = Scorer.from_artefact(artefact).score(tables, date(2023, 12, 31))
    shown = ["firm_id", "p_market", "p_market_low", "p_market_high", "abstain_reason", "reason_1"]
    print(scores[shown].to_string(index=False))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
