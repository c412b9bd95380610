"""The checks that guard the product find plausible mistakes: each one is put into the real code, and must be found.

A mistake that no check finds is a hole in the checks. They are those of `tests.features.invariance`, which
`tests.features.test_time` runs on the code as it is, on worlds drawn the same way; and training's own.
"""

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pandas as pd
import pytest

import littlegiants.features.asof.cohort as cohorts
from littlegiants.features import matrix
from littlegiants.features.asof import columns, events, snapshot
from littlegiants.features.asof.arithmetic import DAYS_PER_MONTH
from littlegiants.features.families import investor_records
from littlegiants.features.population import counting, investors, population
from littlegiants.ingest.tables import encoding, known_on, money, tables, versions
from littlegiants.ingest.tables.contract import TABLES, Column, Kind, Lag
from littlegiants.ingest.tables.days import NEVER, add_months
from littlegiants.ingest.tables.loading import LoadedTable
from littlegiants.ingest.tables.rows import Rows
from littlegiants.models.label_timespan import LabelTimespan
from littlegiants.training import labels, panel, pipeline
from tests.features import invariance
from tests.features.worlds import drawn, future, side_by_side
from tests.small_model import small_config
from tests.training import test_pipeline

pytestmark = pytest.mark.slow

WORLDS, AT_ONCE = 40, 20


@cache
def pairs():
    """Pairs of worlds with one past and two futures, many side by side."""
    found = drawn(future, WORLDS, number=2_000)
    return [
        [side_by_side(worlds) for worlds in zip(*found[first : first + AT_ONCE], strict=True)]
        for first in range(0, len(found), AT_ONCE)
    ]


CHECKS: Mapping[str, Callable] = {
    "future": invariance.check_future,
    "later population": invariance.check_later_population,
    "unrelated firms": invariance.check_unrelated_firms,
    "rule": lambda world, _: invariance.check_rule(world),
    "windows": lambda world, _: invariance.check_windows(world),
    "known by": lambda world, _: invariance.check_known_by(world),
    "order": lambda world, _: invariance.check_order(world, random.Random(5)),  # noqa: S311 - no secret
    "rates": lambda world, _: invariance.check_unpublished_rates(world),
    "labels": lambda world, _: invariance.check_labels(world),
    "records": lambda world, _: invariance.check_records(world),
}


def finds(check: str) -> bool:
    for one, other in pairs():
        try:
            CHECKS[check](one, other)
        except AssertionError:
            return True
    return False


@pytest.mark.parametrize("check", CHECKS)
def test_checks_find_nothing_in_the_code_as_it_is(check):
    for one, other in pairs():
        CHECKS[check](one, other)


# Mistakes in when a row is known and which version of it is seen.


def looks_one_day_ahead(patch):
    patch.setattr(snapshot, "_seen", lambda rows, day: (rows.known <= day + 1) & (rows.superseded > day + 1))


def sees_everything_that_happened(patch):
    patch.setattr(snapshot, "_seen", lambda rows, day: (rows.day <= day) & (rows.superseded == NEVER))


def counts_a_correction_and_what_it_corrects(patch):
    patch.setattr(snapshot, "_seen", lambda rows, day: rows.known <= day)


def takes_a_correction_a_day_late(patch):
    patch.setattr(snapshot, "_seen", lambda rows, day: (rows.known <= day) & (rows.superseded >= day))


def ignores_known_on(patch):
    real = known_on.known_days
    patch.setattr(known_on, "known_days", lambda spec, parsed: real(spec, parsed.assign(known_on=parsed[spec.event])))


def knows_before_it_happens(patch):
    real = known_on.known_days

    def mistaken(spec, parsed):
        known, explicit = real(spec, parsed)
        return np.where(explicit, parsed["known_on"], known).astype(np.int32), explicit

    patch.setattr(known_on, "known_days", mistaken)


def knows_patents_from_their_filing(patch):
    real = known_on.known_days

    def mistaken(spec, parsed):
        return real(spec, parsed.assign(published_on=parsed["filed_on"]) if spec.name == "patents" else parsed)

    patch.setattr(known_on, "known_days", mistaken)


def knows_accounts_when_their_year_ends(patch):
    set_frozen(patch, TABLES["financials"], "known_lag", Lag())


def knows_firms_from_an_event_not_yet_known(patch):
    def mistaken(loaded, firms):
        first = np.full(firms, NEVER, np.int32)
        for table in filter(None, loaded.values()):
            np.minimum.at(first, table.firm, table.frame[table.spec.event].to_numpy(np.int32))
        return first

    patch.setattr(tables, "_first_known", mistaken)


def one_version(which):
    """Keep one version of each row, known from when the first one was."""

    def mistaken(loaded):
        frame = loaded.frame.assign(firm=loaded.firm).sort_values("known", kind="stable")
        groups = frame.groupby(["firm", *loaded.spec.key], dropna=False)
        kept = frame.assign(known=groups["known"].transform("min"))[groups.cumcount(ascending=which == "first") == 0]
        firm = kept.pop("firm").to_numpy(np.int32)
        return encoding.to_rows(LoadedTable(loaded.spec, kept.reset_index(drop=True), firm))

    return mistaken


def takes_the_latest_correction(patch):
    patch.setattr(tables, "to_rows", one_version("last"))


def takes_the_first_version_forever(patch):
    patch.setattr(tables, "to_rows", one_version("first"))


def lets_the_last_row_of_the_file_win(patch):
    def mistaken(frame, key):
        return frame.duplicated([*key, "known"], keep="last").to_numpy(), np.zeros(len(frame), bool)

    patch.setattr(versions, "find_repeats", mistaken)


def tells_that_a_row_will_be_corrected(patch):
    patch.setattr(Rows, "known_by", lambda rows, day: rows.take(np.flatnonzero(rows.known <= day)))


# Mistakes in what a row or a firm holds.


def counts_a_patent_as_granted_before_it_is(patch):
    patch.setattr(columns.Source, "mask", lambda _source, _name, values: values)


def takes_citations_of_no_stated_day(patch):
    set_frozen(patch, TABLES["patents"].column("citations"), "dated", True)


def takes_an_expiry_stated_later(patch):
    real = events.Events.days

    def mistaken(seen, name):
        if name != "expires_on":
            return real(seen, name)
        rows = seen._source.rows
        keys = list(zip(rows.firm, rows.columns["scheme"], rows.columns["tier"], rows.day, strict=True))
        last = {keys[row]: rows.columns[name][row] for row in np.argsort(rows.known, kind="stable")}
        days = np.array([last[keys[row]] for row in seen._rows], np.float64)
        return np.where(days < -1e9, np.nan, days)

    patch.setattr(events.Events, "days", mistaken)


def takes_facts_of_a_firm_corrected_later(patch):
    def mistaken(seen, name, missing):
        firms = seen._tables.firms
        out = np.full(len(seen), missing, firms.columns[name].dtype)
        order = np.argsort(firms.known, kind="stable")
        out[firms.firm[order]] = firms.columns[name][order]
        return out

    patch.setattr(snapshot.Snapshot, "_fact", mistaken)


def knows_a_founding_to_come(patch):
    patch.setattr(snapshot.Snapshot, "founded_day", property(lambda s: s._fact("founded_on", -1).astype(np.float64)))


def takes_the_rate_of_the_events_own_year(patch):
    real = money.Money.usd_of
    patch.setattr(money.Money, "usd_of", lambda self, codes, names, days: real(self, codes, names, days + 365))


def fills_unknown_amounts_with_the_mean_of_all(patch):
    real = events.Events._numeric

    def mistaken(seen, name):
        values, whole = real(seen, name), seen._source.rows.columns[name]
        return np.where(np.isnan(values), np.nanmean(np.append(whole, 0.0)), values) if name == "amount" else values

    patch.setattr(events.Events, "_numeric", mistaken)


# Mistakes in a signal.


def replace_builder(patch, name, mistaken):
    """Put another builder in the place of a feature's."""
    builders = [mistaken if builder.__name__ == name else builder for builder in matrix.BUILDERS]
    assert mistaken in builders
    patch.setattr(matrix, "BUILDERS", tuple(builders))


def takes_the_tier_of_today(patch):
    def mistaken(s):
        rows, tier = s.recognitions._source.rows, np.zeros(len(s))
        np.maximum.at(tier, rows.firm, rows.columns["tier"])
        return tier

    replace_builder(patch, "recognition_tier_ever", mistaken)


def takes_a_column_of_the_day_of_the_crawl(patch):
    column = Column("funding_total_usd", Kind.NUMBER)
    set_frozen(patch, TABLES["firms"], "columns", (*TABLES["firms"].columns, column))
    replace_builder(patch, "raised_usd", lambda s: s._fact("funding_total_usd", 0))


def counts_later_rounds_of_the_sector(patch):
    def mistaken(s):
        rows, sectors = s.rounds._source.rows, s.sectors
        rounds = np.bincount(rows.firm, minlength=len(s))[sectors.rows()]
        of_sector = np.bincount(sectors.codes, rounds, minlength=len(sectors.vocabulary) + 1)
        return np.bincount(sectors.rows(), of_sector[sectors.codes], minlength=len(s)).astype(np.float64)

    replace_builder(patch, "sector_rounds_1y", mistaken)


def ranks_a_firm_among_those_scored_with_it(patch):
    replace_builder(
        patch, "events_known", lambda s: pd.Series(s.rounds.count() + s.grants.count()).rank(pct=True).to_numpy()
    )


def counts_time_to_the_end_of_the_data(patch):
    def mistaken(seen, days):
        end = max(int(seen._source.rows.day.max(initial=0)), seen._source.day)
        return (end - days) / DAYS_PER_MONTH

    patch.setattr(events.Events, "months_since", mistaken)


def bounds(seen, years, lag):
    return [int(add_months(np.array([seen._source.day]), -round(12 * back))[0]) for back in (years + lag, lag)]


def closes_windows_on_the_left(patch):
    def mistaken(seen, years, lag=0):
        low, high = bounds(seen, years, lag)
        return seen.masked((seen.day >= low) & (seen.day <= high))

    patch.setattr(events.Events, "window", mistaken)


def leaves_a_window_open_on_the_right(patch):
    def mistaken(seen, years, lag=0):
        low, high = bounds(seen, years, lag)
        return seen.masked((seen.day > low) & (seen.day < high))

    patch.setattr(events.Events, "window", mistaken)


# Mistakes in what is learned of the population, in the cohort and in the label.


def fits_the_population_on_all_there_is(patch):
    real = population.Population.fit
    patch.setattr(population.Population, "fit", lambda tables, _: real(tables, date(2100, 1, 1)))


def refits_the_population_on_the_firms_scored(patch):
    def mistaken(tables, as_of, _):
        return snapshot.Snapshot(tables, as_of, population.Population.fit(tables, as_of))

    patch.setattr(matrix, "Snapshot", mistaken)


def heats_with_the_month_not_yet_over(patch):
    patch.setattr(population, "_last_ended", lambda day: (day.year - 1970) * 12 + day.month - 1)


def heats_with_the_months_to_come(patch):
    patch.setattr(population, "_last_ended", lambda day: (day.year - 1970) * 12 + day.month + 11)


def keeps_the_firms_own_exit_in_its_investors_record(patch):
    patch.setattr(investor_records, "less_own", lambda counts, _own: counts)


def knows_an_exit_from_the_day_of_the_deal(patch):
    real = investors.pairs_of

    def mistaken(*rows):
        pairs = real(*rows)
        return replace(pairs, exited=np.where(pairs.exited == NEVER, NEVER, pairs.known))

    patch.setattr(counting, "pairs_of", mistaken)


def knows_an_investor_from_the_day_of_the_round(patch):
    real = investors._columns

    def mistaken(firms, investments):
        *others, day, _ = real(firms, investments)
        return *others, day, day

    patch.setattr(investors, "_columns", mistaken)


def takes_exits_of_before_the_deal(patch):
    real = investors._first_known
    patch.setattr(investors, "_first_known", lambda rows, firm, day: real(rows, firm, np.full_like(day, -(2**31))))


def drops_from_the_cohort_who_leaves_later(patch):
    def mistaken(seen, require_round=False):
        left = np.zeros(len(seen), bool)
        left[seen.outcomes._source.rows.firm] = True
        return np.flatnonzero(seen.known & ~left)

    patch.setattr(cohorts, "cohort", mistaken)


def takes_into_the_cohort_who_is_founded_later(patch):
    patch.setattr(cohorts, "cohort", lambda seen, _require_round=False: np.arange(len(seen)))


def labels_with_the_as_of_date_itself(patch):
    real = labels._firms_with
    patch.setattr(labels, "_firms_with", lambda rows, start, end: real(rows, start - 1 if start > 0 else start, end))


def labels_with_the_day_after_the_window(patch):
    real = labels._firms_with
    patch.setattr(labels, "_firms_with", lambda rows, start, end: real(rows, start, end + 1))


def labels_with_amounts_as_first_stated(patch):
    def mistaken(rows, start, end):
        return [] if rows is None else rows.firm[(rows.day > start) & (rows.day <= end)]

    patch.setattr(labels, "_firms_with", mistaken)


def set_frozen(patch, thing, name, value):
    """Set a field of a frozen dataclass, and set it back when the patch is undone."""
    before = getattr(thing, name)
    object.__setattr__(thing, name, value)
    patch.callback(lambda: object.__setattr__(thing, name, before))


MISTAKES: Mapping[Callable, str] = {
    looks_one_day_ahead: "future",
    sees_everything_that_happened: "future",
    counts_a_correction_and_what_it_corrects: "rule",
    takes_a_correction_a_day_late: "rule",
    ignores_known_on: "future",
    knows_before_it_happens: "future",
    knows_patents_from_their_filing: "future",
    knows_accounts_when_their_year_ends: "future",
    knows_firms_from_an_event_not_yet_known: "future",
    takes_the_latest_correction: "future",
    takes_the_first_version_forever: "rule",
    lets_the_last_row_of_the_file_win: "order",
    tells_that_a_row_will_be_corrected: "future",
    counts_a_patent_as_granted_before_it_is: "future",
    takes_citations_of_no_stated_day: "future",
    takes_an_expiry_stated_later: "future",
    takes_facts_of_a_firm_corrected_later: "future",
    knows_a_founding_to_come: "future",
    takes_the_rate_of_the_events_own_year: "rates",
    fills_unknown_amounts_with_the_mean_of_all: "future",
    takes_the_tier_of_today: "future",
    takes_a_column_of_the_day_of_the_crawl: "future",
    counts_later_rounds_of_the_sector: "future",
    ranks_a_firm_among_those_scored_with_it: "unrelated firms",
    counts_time_to_the_end_of_the_data: "future",
    closes_windows_on_the_left: "windows",
    leaves_a_window_open_on_the_right: "windows",
    fits_the_population_on_all_there_is: "future",
    refits_the_population_on_the_firms_scored: "unrelated firms",
    heats_with_the_month_not_yet_over: "later population",
    heats_with_the_months_to_come: "later population",
    keeps_the_firms_own_exit_in_its_investors_record: "records",
    knows_an_exit_from_the_day_of_the_deal: "later population",
    knows_an_investor_from_the_day_of_the_round: "records",
    takes_exits_of_before_the_deal: "records",
    drops_from_the_cohort_who_leaves_later: "future",
    takes_into_the_cohort_who_is_founded_later: "future",
    labels_with_the_as_of_date_itself: "labels",
    labels_with_the_day_after_the_window: "labels",
    labels_with_amounts_as_first_stated: "labels",
}


class Patch:
    """What puts a mistake in, and takes it out again."""

    def __init__(self):
        self._inner, self._calls = pytest.MonkeyPatch(), []
        self.setattr = self._inner.setattr

    def callback(self, undo):
        self._calls.append(undo)

    def undo(self):
        self._inner.undo()
        for call in self._calls:
            call()


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.__name__)
def test_mistake_is_found(mistake):
    patch = Patch()
    try:
        mistake(patch)
        assert finds(MISTAKES[mistake])
    finally:
        patch.undo()


# Mistakes in training.


@pytest.fixture(scope="module")
def two_futures(universe):
    """Tables, and tables in which all that happens after the calibration date is otherwise."""
    frames = {path.stem: pd.read_csv(path, dtype="str", keep_default_na=False) for path in universe.glob("*.csv")}
    settled = {
        name: frame[frame["known_on"] == ""].drop(columns="known_on") if "known_on" in frame else frame
        for name, frame in frames.items()
    }
    disturbed = test_pipeline.disturbed(settled, test_pipeline.CALIBRATE)
    return tables.Tables.from_frames(settled), disturbed


def learned(some):
    """Return what training learns before it calibrates: the booster, and what it knows of the population."""
    config = small_config(booster={"trees": 5}, dates={"known_by": test_pipeline.END.isoformat()}, refit=False)
    model = pipeline.train(some, config).model
    return model.market.booster.model_to_string(), model.population.to_frame().to_csv()


def test_training_learns_nothing_of_what_comes_after_the_calibration_date(two_futures):
    one, other = map(learned, two_futures)
    assert one == other


def test_population_fitted_through_the_test_date_is_found(two_futures, monkeypatch):
    class Mistaken(population.Population):
        @classmethod
        def fit(cls, some, _through):
            return population.Population.fit(some, test_pipeline.TEST)

    monkeypatch.setattr(panel, "Population", Mistaken)
    one, other = map(learned, two_futures)
    assert one[1] != other[1]


def test_labels_of_a_window_as_long_as_the_data_allow_are_found(two_futures, monkeypatch):
    real = labels.label

    def mistaken(some, firms, as_of, known_by, rule):
        longer = LabelTimespan(36)
        return real(
            some, firms, as_of, known_by, replace(rule, timespan=longer) if longer.end(as_of) <= known_by else rule
        )

    monkeypatch.setattr(panel, "label", mistaken)
    one, other = map(learned, two_futures)
    assert one[0] != other[0]
