"""Columns by name: whatever case and blanks; a misspelt one is no unknown one, and an unrelated one no misspelt one."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.ingest.errors import ConfigError, TableError
from littlegiants.ingest.tables.column_names import (
    check_ignored,
    match_columns,
    normalised,
    own_columns,
    resembles,
)
from littlegiants.ingest.tables.contract import RATES, TABLES
from littlegiants.ingest.tables.raw_table import RawTable

COLUMNS = [(table, column.name) for name, table in TABLES.items() for column in table.columns]
# Headers of real files, as their publishers spell them.
PUBLISHED = """
Company ID|Companies|Last Financing Valuation|First Financing Date|First Financing Size|
First Financing Deal Type|Active Investors|Ownership Status|Primary Industry Code|Last Financing Size|
Primary Contact|Year Founded|HQ Location|Description|PitchBook Link|Deal ID|Net Income|Current Financing Status|
Deal Size|Post Valuation|Deal Date|Deal Type|SNo.|Company Name|Domain Name|Overview|Founded Year|State|
Is Funded|Total Funding (USD)|Company Stage|Editor's Rating|Practice Areas|Feed Name|Business Models|
Institutional Investors|Company Emails|Annual Revenue (USD)|Is Incorporated|Incorporation Date|Is Acquired|
Acquired By|ADDRESS|STATE|ZIPCODE|EMAIL|TEL|FAX|SUB INDUSTRIES|VERTICALS|EBITDA (USD MN)|% NET MARGIN|
EMPLOYEE COUNT|FUNDING TYPE|POST-MONEY VALUATION (USD MN)|Sr No|Date |StartupName|IndustryVertical|SubVertical|
CityLocation|InvestorsName|InvestmentType|AmountInUSD|Remarks| market |country_code|funding_rounds|
founded_month|founded_quarter|founded_year|seed|venture|round_A|round_B| funding_total_usd |permalink|
homepage_url|category_list|status|state_code|founded_at|first_funding_at|company_name|funding_round_type|
announced_at|raised_amount_usd|raised_amount|post_money_valuation_usd|investor_names|cb_url|company_uuid|
acquiree_name|acquired_on|price_usd|price|stock_symbol|went_public_on|uuid|is_lead_investor|investor_type|
closed_on|twitter_url|object_id|valuation_amount|public_at|created_at|updated_at|Satus|Mapping Location|
Categories|Founders|Y Combinator Year|Amounts raised in different funding rounds|Logo|FundingOrgName|
ProjectReference|LeadROName|Department|ProjectCategory|PISurname|Title|StartDate|EndDate|AwardPounds|
GTRProjectUrl|Invested In|Round|Investor|year|n_investors|企业名称|细分领域|主导产品|成立时间|员工规模|企业主页|
认定批次|所属区域|Company|Award Title|Agency|Branch|Contract|Proposal Award Date|Solicitation Number|DUNS|
HUBZone Owned|Woman Owned|Abstract|projectID|projectAcronym|organisationID|vatNumber|shortName|SME|activityType|
street|postCode|nutsCode|ecContribution|netEcContribution|totalCost|endOfParticipation|assignee_id|
disambig_assignee_organization|location_id|wipo_kind|num_claims|note|comment|id|source|score|owner|county_name|
legal_form|employees_total|profit_before_tax|debt|equity|margin
"""
HEADERS = sorted({name.strip() for name in PUBLISHED.replace("\n", "").split("|")} - {""})


@given(which=st.sampled_from(COLUMNS), blanks=st.text(" \t\u00a0\u3000", max_size=3), seed=st.randoms())
def test_case_blanks_and_full_width_letters_do_not_count(which, blanks, seed):
    table, name = which
    written = "".join(letter.upper() if seed.random() < 0.5 else letter for letter in name)
    wide = "".join(
        chr(ord(letter) + 0xFEE0) if letter.isalpha() and seed.random() < 0.3 else letter for letter in written
    )
    assert match_columns(table, [f"{blanks}{wide}{blanks}"]) == {0: name}


def misspelt(name, seed):
    place = seed.randrange(1, len(name))
    kinds = [
        name[:place] + name[place:][1:],  # one is missing
        name[:place] + name[place - 1] + name[place:],  # one is doubled
        name[: place - 1] + name[place] + name[place - 1] + name[place + 1 :],  # two are exchanged
    ]
    return seed.choice(kinds)


@given(which=st.sampled_from([(table, name) for table, name in COLUMNS if len(name) > 3]), seed=st.randoms())
def test_one_slip_in_a_name_is_an_error_that_says_what_was_meant(which, seed):
    table, name = which
    written = misspelt(name, seed)
    if normalised(written) == name or any(written == column.name for column in table.columns):
        return
    with pytest.raises(TableError, match=rf"{table.name}: column .* is not of the contract; did you mean '"):
        match_columns(table, [written])
    assert match_columns(table, [written], [written.upper()]) == {}


@pytest.mark.parametrize("table", [*TABLES.values(), RATES], ids=lambda table: table.name)
def test_no_column_of_a_published_file_is_taken_for_another_one(table):
    own = {column.name for column in table.columns}
    # A table without a required column is refused in any case; a hint costs nothing.
    required = [column.name for column in table.columns if column.required]
    unrelated = [
        name for name in HEADERS if normalised(name) not in own and not any(resembles(name, r) for r in required)
    ]
    assert match_columns(table, unrelated) == {}


def test_a_column_is_compared_with_those_that_the_table_lacks():
    assert match_columns(TABLES["rounds"], ["amount", "amounts", "ammount"]) == {0: "amount"}


def test_two_columns_that_are_one_are_refused():
    with pytest.raises(TableError, match=r"column 'amount' stands 2 times \('amount', ' Amount'\); keep one of them"):
        match_columns(TABLES["rounds"], ["amount", " Amount"])


def test_own_columns_get_their_names_and_the_others_are_named():
    raw = RawTable.from_frame(pd.DataFrame([["a", 1, 2]], columns=["FIRM_ID", "x", 5]))
    own = own_columns(TABLES["firms"], raw)
    assert (own.frame.columns.tolist(), own.unread) == (["firm_id"], ("x", "5"))


def test_a_column_of_the_contract_cannot_be_ignored():
    check_ignored(["ammount", "note"])
    with pytest.raises(ConfigError, match="column 'Amount' is of the contract and cannot be ignored"):
        check_ignored(["Amount"])


def test_messages_are_bounded_whatever_the_header():
    with pytest.raises(TableError) as caught:
        match_columns(TABLES["rounds"], [f"ammount{' ' * 5_000}", *["curency"] * 30_000])
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(("name", "known"), [("count", "country"), ("round", "round_id"), ("grants", "grant_id")])
def test_other_words_are_other_words(name, known):
    assert not resembles(name, known)
