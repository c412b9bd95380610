"""Every known layout by its real headers: it is recognised by itself, and its rows become the right tables.

The headers are those of published files; the rows are made up.
"""

import pytest

from littlegiants.ingest.mapping.import_table import import_plans
from littlegiants.ingest.mapping.layouts import layout_headers, layouts, recognise
from littlegiants.ingest.mapping.people import is_about_people
from tests.ingest.mapping.conftest import delimited, records

PITCHBOOK_COMPANIES = (
    "Company ID|Companies|Last Financing Valuation|First Financing Date|First Financing Size|First Financing Valuation"
    "|First Financing Deal Type|First Financing Deal Type 2|First Financing Deal Type 3|First Financing Deal Class"
    "|Active Investors|Ownership Status|Primary Industry Code|Last Financing Date|Last Financing Size"
    "|Last Financing Deal Type|Primary Contact|Company Financing Status|Year Founded|HQ Location|Website|Description"
    "|PitchBook Link"
)
PITCHBOOK_DEALS = (
    "Deal ID|Companies|Net Income|Current Financing Status|Year Founded|Primary Industry Sector|Primary Industry Group"
    "|Deal Size|Post Valuation|Deal Date|Deal Type|Investors|PitchBook Link"
)
TRACXN = (
    "SNo.|Company Name|Domain Name|Overview|Founded Year|City|State|Country|Is Funded|Total Funding (USD)"
    "|Latest Funded Date|Latest Funded Amount|Latest Funded Amount (USD)|Company Stage|Editor's Rating"
    "|Editor's Rated Date|Soonicorn Club Status|Soonicorn Club Marked Date|Soonicorn Club Event Date|Practice Areas"
    "|Feed Name|Business Models|Institutional Investors|Angel Investors|Description|All Geographies Served"
    "|Company Emails|Company Phone Numbers|Founders' Info|Founders' Email Ids|Links to Founders' Profiles"
    "|Link to Employees|Annual Revenue (USD)|Annual Revenue as on|Is Incorporated|Incorporation Date"
    "|Paid-up Capital at Incorporation (USD)|Founders at Incorporation|Acquisition List|Is Acquired|Acquired By"
)
PREQIN = (
    "PORTFOLIO COMPANY ID|COMPANY NAME|REGION|ADDRESS|CITY|STATE|ZIPCODE|COUNTRY|WEBSITE|EMAIL|TEL|FAX|FOUNDED YEAR"
    "|PRIMARY INDUSTRY|SUB INDUSTRIES|VERTICALS|COMPANY STAGE|LATEST ROUND DIRECTION|INVESTORS"
    "|TOTAL AMOUNT RAISED (USD MN)|EBITDA (USD MN)|OPERATING INCOME (USD MN)|NET INCOME (USD MN)|REVENUE (USD MN)"
    "|% REVENUE GROWTH YOY|% OPERATING MARGIN|% EBTIDA MARGIN|% NET MARGIN|FUNDING ROUNDS/NUMBER OF DEALS"
    "|MOST RECENT DEAL TYPE/STAGE|MOST RECENT DEAL DATE|MOST RECENT DEAL SIZE (USD MN)"
    "|MOST RECENT DEAL SIZE EQUITY (USD MN)|MOST RECENT DEAL SIZE DEBT (USD MN)|EMPLOYEE COUNT"
    "|INVESTED FUNDS (ESTIMATED**)|ACTIONABILITY SIGNAL|FUNDING TYPE|OWNERSHIP TYPE"
    "|POST-MONEY VALUATION (USD MN - ESTIMATED**)|POST-MONEY VALUATION (USD MN)"
)
DEALROOM = (
    "ID|Name|Dealroom URL|Website|Tagline|HQ region|HQ country|HQ state|HQ city|Total funding (USD M)|Last round"
    "|Last funding amount|Last funding date|First funding date|Launch year|Launch month|Launch date|Closing year"
    "|Closing month|Closing date|Industries|Sub industries|Growth stage|Employees latest number|Each round type"
    "|Each round amount|Each round currency|Each round date|Total rounds number|Each round investors|Founders"
    "|Founders genders|Company status|Number of patents"
)
CRUNCHBASE_PRO = (
    "Organization Name|Organization Name URL|Industries|Headquarters Location|Description|CB Rank (Company)"
    "|Operating Status|Founded Date|Founded Date Precision|Exit Date|Exit Date Precision|Closed Date"
    "|Closed Date Precision|Company Type|Website|Twitter|Facebook|LinkedIn|Contact Email|Phone Number|Founders"
    "|Number of Founders|Number of Funding Rounds|Funding Status|Last Funding Date|Last Funding Amount"
    "|Last Funding Amount Currency|Last Funding Amount Currency (in USD)|Last Funding Type|Total Funding Amount"
    "|Total Funding Amount Currency|Total Funding Amount Currency (in USD)|Top 5 Investors|Acquisition Status"
    "|Acquired by|Announced Date|Announced Date Precision|Price|Price Currency|Price Currency (in USD)|IPO Status"
    "|IPO Date|Money Raised at IPO|Money Raised at IPO Currency|Money Raised at IPO Currency (in USD)|Stock Symbol"
)
CRUNCHBASE_PRO_ROUNDS = (
    "Transaction Name|Transaction Name URL|Organization Name|Organization Name URL|Funding Type|Money Raised"
    "|Money Raised Currency|Money Raised (in USD)|Announced Date|Funding Stage|Organization Industries"
    "|Organization Location|Organization Website|Total Funding Amount|Total Funding Amount Currency"
    "|Total Funding Amount (in USD)|Number of Funding Rounds|Lead Investors"
)
CRUNCHBASE_2014 = (
    "permalink|name|homepage_url|category_list| market | funding_total_usd |status|country_code|state_code|region|city"
    "|funding_rounds|founded_at|founded_month|founded_quarter|founded_year|first_funding_at|last_funding_at|seed"
    "|venture|equity_crowdfunding|undisclosed|convertible_note|debt_financing|angel|grant|private_equity"
    "|post_ipo_equity|post_ipo_debt|secondary_market|product_crowdfunding|round_A|round_B|round_C|round_D|round_E"
    "|round_F|round_G|round_H"
)
CRUNCHBASE_2015 = {
    "companies__csv": "permalink|name|homepage_url|category_list|funding_total_usd|status|country_code"
    "|state_code|region|city"
    "|founded_at|first_funding_at|last_funding_at",
    "rounds__csv": "company_permalink|company_name|company_category_list|funding_round_permalink|funding_round_type"
    "|funding_round_code|funded_at|raised_amount_usd",
    "acquisitions__csv": "company_permalink|company_name|acquirer_permalink|acquired_at|price_amount"
    "|price_currency_code",
}
CRUNCHBASE_BULK = {
    "organizations__csv": "company_name|primary_role|domain|homepage_url|country_code|state_code|region|city"
    "|zipcode|address"
    "|status|short_description|category_list|category_group_list|funding_rounds|funding_total_usd|founded_on"
    "|first_funding_on|last_funding_on|closed_on|employee_count|email|phone|facebook_url|cb_url|logo_url|twitter_url"
    "|alias|uuid|created_at|updated_at|primary_organization_id",
    "funding_rounds__csv": "company_name|country_code|state_code|region|city|company_category_list|funding_round_type"
    "|funding_round_code|announced_on|raised_amount_usd|raised_amount|raised_amount_currency_code"
    "|post_money_valuation_usd|post_money_valuation|pre_money_currency_code|investor_count|investor_names|cb_url"
    "|company_uuid|funding_round_uuid",
    "acquisitions__csv": "acquiree_name|acquiree_country_code|state_code|acquiree_region|acquiree_city|acquirer_name"
    "|acquirer_country_code|acquirer_state_code|acquirer_region|acquirer_city|acquired_on|price_usd|price"
    "|price_currency_code|acquiree_cb_url|acquirer_cb_url|acquiree_uuid|acquirer_uuid|acquisition_uuid",
    "ipos__csv": "name|country_code|company_state_code|region|city|stock_exchange_symbol|stock_symbol|went_public_on"
    "|price_usd|price|price_currency_code|cb_url|ipo_uuid|uuid",
}
DUMP_2013 = {
    "objects__csv": "id|entity_type|entity_id|parent_id|name|normalized_name|permalink|category_code|status|founded_at"
    "|closed_at|domain|homepage_url|twitter_username|logo_url|logo_width|logo_height|short_description|description"
    "|overview|tag_list|country_code|state_code|city|region|first_investment_at|last_investment_at|investment_rounds"
    "|invested_companies|first_funding_at|last_funding_at|funding_rounds|funding_total_usd|first_milestone_at"
    "|last_milestone_at|milestones|relationships|created_by|created_at|updated_at",
    "funding_rounds__csv": "id|funding_round_id|object_id|funded_at|funding_round_type|funding_round_code"
    "|raised_amount_usd"
    "|raised_amount|raised_currency_code|pre_money_valuation_usd|pre_money_valuation|pre_money_currency_code"
    "|post_money_valuation_usd|post_money_valuation|post_money_currency_code|participants|is_first_round"
    "|is_last_round|source_url|source_description|created_by|created_at|updated_at",
    "acquisitions__csv": "id|acquisition_id|acquiring_object_id|acquired_object_id|term_code|price_amount"
    "|price_currency_code|acquired_at|source_url|source_description|created_at|updated_at",
    "ipos__csv": "id|ipo_id|object_id|valuation_amount|valuation_currency_code|raised_amount"
    "|raised_currency_code|public_at"
    "|stock_symbol|source_url|source_description|created_at|updated_at",
}
Y_COMBINATOR = (
    "company_id|company_name|short_description|long_description|batch|status|tags|location|country|year_founded"
    "|num_founders|founders_names|team_size|website|cb_url|linkedin_url"
)
Y_COMBINATOR_2014 = (
    "Company|Satus|Year Founded|Mapping Location|Description|Categories|Founders|Y Combinator Year|Y Combinator Session"
    "|Investors|Amounts raised in different funding rounds|Office Address|Headquarters (City)|Headquarters (US State)"
    "|Headquarters (Country)|Logo|Seed-DB / Mattermark Profile|Crunchbase / Angel List Profile|Website"
)
QICHACHA = (
    "原文件导入名称|登记状态|统一社会信用代码|法定代表人|企业规模|注册资本|电话|更多电话|成立日期|实缴资本|所属省份|所属城市"
    "|所属区县|企业地址"
)
TIANYANCHA = (
    "公司名称|经营状态|法定代表人|注册资本|实缴资本|成立日期|核准日期|统一社会信用代码|组织机构代码|工商注册号|所属省份"
    "|所属城市|所属区县|公司类型|所属行业|曾用名|电话|邮箱|网址|经营范围"
)
ITJUZI = "公司ID|公司全称|项目名称|一级行业|二级行业|融资日期|融资轮次|融资金额|投资机构"
INNOVATE_UK = (
    "Competition Reference|Competition Title|Programme Title|Sector|Application Number|Project Number|Project Title"
    "|Public Description|Competition Year|Innovate UK Product Type|Participant Name|Is Lead Participant|CRN"
    "|Project Start Date|Project End Date|Award Offered (£)|Total Costs (£)|Actual Spend to Date (£)"
    "|Participant Withdrawn From Project|Project Status|Enterprise Size|Postcode|Address Region|Address LEP"
    "|Address Local Authority"
)
UKRI = (
    "FundingOrgName|ProjectReference|LeadROName|Department|ProjectCategory|PISurname|PIFirstName|PIOtherNames"
    "|PI ORCID iD|StudentSurname|StudentFirstName|StudentOtherNames|Student ORCID iD|Title|StartDate|EndDate"
    "|AwardPounds|ExpenditurePounds|Region|Status|GTRProjectUrl|ProjectId|FundingOrgId|LeadROId|PIId|fullname"
)
INDIA = (
    "Sr No|Date |StartupName|IndustryVertical|SubVertical|CityLocation|InvestorsName|InvestmentType|AmountInUSD|Remarks"
)
SHENZHEN = "板块|公司全称|英文名称|A股代码|A股简称|A股上市日期|地区|省份|城市|所属行业|公司网址"
CODES = ("91110000600037341L", "914403001922038216")


def made(plan, title: str, **files: str | bytes):
    """Import files that must all be of a known layout, whose title begins like this."""
    plans = plan(**files)
    assert all(one.origin.startswith(title) for one in plans), [one.origin for one in plans]
    return import_plans(plans)


def test_pitchbook_companies(plan):
    rows = [
        {
            "Company ID": "10001-11",
            "Companies": "Lanternfish Analytics (Financial Software)",
            "Year Founded": "2010",
            "HQ Location": "Kwun Tong, Hong Kong",
            "Primary Industry Code": "Financial Software",
            "First Financing Date": "17-Aug-2012",
            "First Financing Size": "0.52",
            "First Financing Deal Type": "Seed Round",
            "Last Financing Date": "03-Mar-2016",
            "Last Financing Size": "12.5",
            "Last Financing Valuation": "60",
            "Last Financing Deal Type": "Early Stage VC",
            "Primary Contact": "A. Person",
            "Website": "www.lanternfish.example",
            "Ownership Status": "Privately Held (backing)",
        },
        {  # one round only, which is the first and the last
            "Company ID": "10002-22",
            "Companies": "Quarrystone",
            "First Financing Date": "01-Feb-2014",
            "First Financing Size": "1.2",
            "First Financing Deal Type": "Grant",
            "Last Financing Date": "01-Feb-2014",
            "Last Financing Size": "1.2",
            "Last Financing Deal Type": "Grant",
        },
        {  # bought, and a round of which nobody knows when
            "Company ID": "10003-33",
            "Companies": "Millbeck",
            "First Financing Size": "3",
            "First Financing Deal Type": "Seed Round",
            "Last Financing Date": "09-Aug-2018",
            "Last Financing Deal Type": "Merger/Acquisition",
            "Ownership Status": "Acquired/Merged",
        },
        {"Company ID": "10004-44", "Companies": "Gone", "Ownership Status": "Out of Business"},
    ]
    found = made(plan, "PitchBook companies", companies__csv="\ufeff" + delimited(PITCHBOOK_COMPANIES.split("|"), rows))
    assert records(found.frames["firms"], "firm_id", "city", "country", "founded_on")[0] == (
        "10001-11",
        "Kwun Tong",
        "Hong Kong",
        "2010-12-31",
    )
    assert records(found.frames["rounds"], "firm_id", "announced_on", "kind", "amount", "currency", "post_money") == [
        ("10001-11", "2012-08-17", "seed", "520000", "USD", ""),
        ("10001-11", "2016-03-03", "venture", "12500000", "USD", "60000000"),
    ]
    assert records(found.frames["grants"], "firm_id", "awarded_on", "amount") == [("10002-22", "2014-02-01", "1200000")]
    assert records(found.frames["outcomes"], "firm_id", "happened_on", "kind") == [
        ("10003-33", "2018-08-09", "acquisition")
    ]
    assert records(found.quarantine.frame(), "row", "column", "code") == [(3, "First Financing Date", "missing_date")]
    assert records(found.beside["undated_exits"], "firm_id", "kind") == [("10004-44", "closure")]
    assert [(sums.read, sums.used, sums.quarantined) for sums in found.reconciliations] == [(4, 4, 0)]


@pytest.mark.parametrize(
    ("place", "country"), [("Boston, MA", "US"), ("Wilmington, DE", "US"), ("Toronto, Canada", "Canada"), ("", "")]
)
def test_a_state_behind_a_pitchbook_city_is_no_country(plan, place, country):
    row = {"Company ID": "1-11", "Companies": "Acme", "HQ Location": place, "Last Financing Date": "17-Aug-2012"}
    found = made(plan, "PitchBook companies", x__csv=delimited(PITCHBOOK_COMPANIES.split("|"), [row]))
    assert records(found.frames["firms"], "country") == [(country,)]


def test_pitchbook_deals_of_firms_without_an_id(plan):
    rows = [
        {
            "Deal ID": "279800-92T",
            "Companies": 'Zephyr "Z" GmbH',
            "Deal Date": "09-Aug-2023",
            "Deal Type": "Grant",
            "Deal Size": "0,25",
        },
        {
            "Deal ID": "279801-01T",
            "Companies": 'Zephyr "Z" GmbH',
            "Deal Date": "10-Sep-2023",
            "Deal Type": "Later Stage VC",
            "Deal Size": "1.250,75",
            "Year Founded": "2015",
        },
        {"Deal ID": "279802-02T", "Companies": "Albion Valves Ltd", "Deal Date": "11-Oct-2022", "Deal Type": "IPO"},
        {
            "Deal ID": "279803-03T",
            "Companies": "Albion Valves Ltd",
            "Deal Date": "11-Oct-2021",
            "Deal Type": "Buyout/LBO",
            "Deal Size": "90",
        },
        {"Deal ID": "279804-04T", "Companies": "Albion Valves Ltd", "Deal Date": "11-Oct-2020", "Deal Type": "Tombola"},
    ]
    found = made(plan, "PitchBook deals", deals__csv=delimited(PITCHBOOK_DEALS.split("|"), rows, ";"))
    assert records(found.frames["grants"], "firm_id", "grant_id", "amount") == [("zephyr-z", "279800-92T", "250000")]
    assert records(found.frames["rounds"], "round_id", "kind", "amount") == [("279801-01T", "venture", "1250750000")]
    assert records(found.frames["outcomes"], "happened_on", "kind", "amount") == [
        ("2022-10-11", "ipo", ""),
        ("2021-10-11", "acquisition", "90000000"),
    ]
    assert records(found.quarantine.frame(), "row", "column", "code") == [(5, "Deal Type", "unknown_value")]


def test_tracxn(plan):
    row = {
        "SNo.": "1",
        "Company Name": "Bluefin Robotics",
        "Domain Name": "bluefin.example",
        "Founded Year": "2016",
        "City": "Pune",
        "Country": "India",
        "Latest Funded Date": "22-Feb-22",
        "Latest Funded Amount (USD)": "2500000",
        "Company Stage": "Deadpooled",
        "Practice Areas": "Robotics",
        "Company Emails": "info@bluefin.example",
    }
    found = made(plan, "Tracxn", companies__csv=delimited(TRACXN.split("|"), [row]))
    assert records(found.frames["firms"], "name", "country", "city", "founded_on", "website") == [
        ("Bluefin Robotics", "India", "Pune", "2016-12-31", "bluefin.example")
    ]
    assert records(found.frames["rounds"], "announced_on", "kind", "amount", "currency") == [
        ("2022-02-22", "undisclosed", "2500000", "USD")
    ]
    assert records(found.beside["undated_exits"], "kind") == [("closure",)]


def test_preqin(plan):
    row = {
        "PORTFOLIO COMPANY ID": "400123",
        "COMPANY NAME": "Cragside Lasers",
        "COUNTRY": "UK",
        "FOUNDED YEAR": "2009",
        "WEBSITE": " ",
        "MOST RECENT DEAL TYPE/STAGE": "Series B",
        "MOST RECENT DEAL DATE": "26-Oct-2020",
        "MOST RECENT DEAL SIZE (USD MN)": "14.2",
        "EMAIL": "x@cragside.example",
    }
    found = made(plan, "Preqin", preqin__csv=delimited(PREQIN.split("|"), [row]))
    assert records(found.frames["rounds"], "firm_id", "announced_on", "kind", "amount") == [
        ("400123", "2020-10-26", "series_b", "14200000")
    ]


def test_dealroom_has_the_rounds_of_a_firm_in_one_cell(plan):
    rows = [
        {
            "ID": "77",
            "Name": "Fellbank Foams",
            "HQ country": "Germany",
            "Launch date": "2014",
            "Industries": "energy;robotics",
            "Each round type": "SEED;SERIES A;GRANT;ACQUISITION",
            "Each round amount": "1.5;10;n/a;120",
            "Each round currency": "EUR;USD;n/a;EUR",
            "Each round date": "jan/2016;may/2018;2019;jul/2021",
            "Founders": "A. Person;B. Person",
            "Company status": "acquired",
        }
    ]
    text = "https://app.dealroom.example/lists/1\nCompanies in a list\n" + delimited(DEALROOM.split("|"), rows)
    found = made(plan, "Dealroom", export__csv=text)
    assert records(found.frames["firms"], "firm_id", "founded_on", "sectors") == [
        ("77", "2014-12-31", "energy;robotics")
    ]
    assert records(found.frames["rounds"], "announced_on", "kind", "amount", "currency") == [
        ("2016-01-31", "seed", "1500000", "EUR"),
        ("2018-05-31", "series_a", "10000000", "USD"),
    ]
    assert records(found.frames["grants"], "awarded_on", "amount", "currency") == [("2019-12-31", "", "")]
    assert records(found.frames["outcomes"], "happened_on", "kind", "amount") == [
        ("2021-07-31", "acquisition", "120000000")
    ]
    assert "undated_exits" not in found.beside


def test_crunchbase_search_export_of_companies(plan):
    rows = [
        {
            "Organization Name": "Tideway Pumps",
            "Organization Name URL": "https://www.crunchbase.com/organization/tideway-pumps",
            "Industries": "Water, Hardware",
            "Headquarters Location": "Leeds, Leeds, United Kingdom",
            "Founded Date": "2011-04-01",
            "Last Funding Date": "2019-06-30",
            "Last Funding Amount": "2000000",
            "Last Funding Amount Currency": "GBP",
            "Last Funding Amount Currency (in USD)": "2540000",
            "Last Funding Type": "Series A",
            "Operating Status": "Active",
            "Contact Email": "hello@tideway.example",
        },
        {
            "Organization Name": "Listed Lasers",
            "Organization Name URL": "https://www.crunchbase.com/organization/listed-lasers",
            "IPO Date": "2020-02-03",
            "Money Raised at IPO Currency (in USD)": "90000000",
            "Last Funding Type": "Grant",
            "Last Funding Date": "2018-01-02",
            "Operating Status": "Closed",
        },
    ]
    found = made(plan, "Crunchbase search export, companies", export__csv=delimited(CRUNCHBASE_PRO.split("|"), rows))
    assert records(found.frames["firms"], "firm_id", "city", "country", "sectors")[0] == (
        "tideway-pumps",
        "Leeds",
        "United Kingdom",
        "Water;Hardware",
    )
    assert records(found.frames["rounds"], "announced_on", "kind", "amount", "currency") == [
        ("2019-06-30", "series_a", "2540000", "USD")
    ]
    assert records(found.frames["grants"], "firm_id", "awarded_on") == [("listed-lasers", "2018-01-02")]
    assert records(found.frames["outcomes"], "firm_id", "happened_on", "kind", "amount") == [
        ("listed-lasers", "2020-02-03", "ipo", "90000000")
    ]
    assert records(found.beside["undated_exits"], "firm_id", "kind") == [("listed-lasers", "closure")]


def test_crunchbase_search_export_of_rounds(plan):
    header = CRUNCHBASE_PRO_ROUNDS.split("|")
    base = {"Organization Name": "Vale", "Organization Name URL": "https://www.crunchbase.com/organization/vale"}
    rows = [
        {
            **base,
            "Transaction Name URL": "https://cb/r/a1",
            "Funding Type": "Series B",
            "Money Raised": "152000000",
            "Money Raised Currency": "EUR",
            "Announced Date": "2021-08-11",
        },
        {
            **base,
            "Transaction Name URL": "https://cb/r/a2",
            "Funding Type": "Grant",
            "Money Raised": "30000000",
            "Money Raised Currency": "CHF",
            "Announced Date": "2020-07-29",
        },
    ]
    found = made(plan, "Crunchbase search export, funding rounds", export__csv=delimited(header, rows))
    assert records(found.frames["rounds"], "firm_id", "round_id", "amount", "currency") == [
        ("vale", "a1", "152000000", "EUR")
    ]
    assert records(found.frames["grants"], "grant_id", "amount", "currency") == [("a2", "30000000", "CHF")]


def test_crunchbase_list_of_2014_has_only_its_first_and_last_funding(plan):
    rows = [
        {
            "permalink": "/organization/gevo",
            "name": " Gevo Example ",
            "category_list": "|Fuels|Chemicals|",
            " funding_total_usd ": " 17,50,000 ",
            "status": "operating",
            "country_code": "USA",
            "founded_at": "2005-01-01",
            "first_funding_at": "2006-03-01",
            "last_funding_at": "2009-05-01",
            "round_A": " 10,00,000 ",
        },
        {
            "permalink": "/organization/once",
            "name": "Once",
            "status": "acquired",
            "first_funding_at": "2011-03-01",
            "last_funding_at": "2011-03-01",
        },
    ]
    found = made(plan, "Crunchbase list of 2014", list__csv=delimited(CRUNCHBASE_2014.split("|"), rows))
    assert records(found.frames["firms"], "firm_id", "name", "sectors")[0] == (
        "gevo",
        "Gevo Example",
        "Fuels;Chemicals",
    )
    assert sorted(records(found.frames["rounds"], "firm_id", "announced_on", "kind")) == [
        ("gevo", "2006-03-01", "undisclosed"),
        ("gevo", "2009-05-01", "undisclosed"),
        ("once", "2011-03-01", "undisclosed"),
    ]
    assert records(found.beside["undated_exits"], "firm_id", "kind") == [("once", "acquisition")]


def test_crunchbase_export_of_2014_and_2015(plan):
    rows = {
        "companies__csv": {
            "permalink": "/organization/nord",
            "name": "Nord",
            "category_list": "|Photonics|",
            "status": "acquired",
            "country_code": "DEU",
            "founded_at": "2011-03-01",
        },
        "rounds__csv": {
            "company_permalink": "/organization/nord",
            "funding_round_permalink": "/funding-round/aa01",
            "funding_round_type": "venture",
            "funding_round_code": "A",
            "funded_at": "2012-05-10",
            "raised_amount_usd": "1,500,000",
        },
        "acquisitions__csv": {
            "company_permalink": "/organization/nord",
            "acquired_at": "2014-01-02",
            "price_amount": "9000000",
            "price_currency_code": "EUR",
        },
    }
    files = {name: delimited(header.split("|"), [rows[name]]) for name, header in CRUNCHBASE_2015.items()}
    found = made(plan, "Crunchbase export of 2014 and 2015", **files)
    assert records(found.frames["rounds"], "firm_id", "round_id", "kind", "amount") == [
        ("nord", "aa01", "series_a", "1500000")
    ]
    assert records(found.frames["outcomes"], "firm_id", "happened_on", "amount") == [("nord", "2014-01-02", "9000000")]
    assert "undated_exits" not in found.beside


def test_crunchbase_bulk_export(plan):
    rows = {
        "organizations__csv": {
            "company_name": "Nord",
            "uuid": "u-1",
            "status": "operating",
            "founded_on": "2011-03-01",
            "country_code": "DEU",
            "email": "a@nord.example",
        },
        "funding_rounds__csv": {
            "company_name": "Nord",
            "company_uuid": "u-1",
            "funding_round_uuid": "r-1",
            "funding_round_type": "venture",
            "funding_round_code": "B",
            "announced_on": "2012-05-10",
            "raised_amount_usd": "1500000",
            "investor_count": "3",
            "investor_names": "{Some Fund, Other}",
        },
        "acquisitions__csv": {
            "acquiree_name": "Other",
            "acquiree_uuid": "u-2",
            "acquired_on": "2014-01-02",
            "price": "9000000",
            "price_currency_code": "EUR",
        },
        "ipos__csv": {"name": "Nord", "uuid": "u-1", "ipo_uuid": "i-1", "went_public_on": "2015-01-02"},
    }
    files = {name: delimited(header.split("|"), [rows[name]]) for name, header in CRUNCHBASE_BULK.items()}
    found = made(plan, "Crunchbase bulk export", **files)
    assert records(found.frames["firms"], "firm_id", "name", "founded_on") == [
        ("u-1", "Nord", "2011-03-01"),
        ("u-2", "Other", ""),
    ]
    assert records(found.frames["rounds"], "round_id", "kind", "amount", "investor_count") == [
        ("r-1", "series_b", "1500000", "3")
    ]
    assert sorted(records(found.frames["outcomes"], "firm_id", "kind", "amount")) == [
        ("u-1", "ipo", ""),
        ("u-2", "acquisition", "9000000"),
    ]


def test_crunchbase_dump_of_2013_has_its_own_nulls_and_escapes(plan):
    rows = {
        "objects__csv": [
            {
                "id": "c:1",
                "entity_type": "Company",
                "name": 'Say \\"Aye\\"',
                "status": "closed",
                "founded_at": "2005-10-17",
                "closed_at": "2012-01-31",
                "category_code": "web",
            },
            {"id": "p:1", "entity_type": "Person", "name": "A Person"},
        ],
        "funding_rounds__csv": [
            {
                "funding_round_id": "9",
                "object_id": "c:1",
                "funded_at": "2006-12-01",
                "funding_round_type": "series-b",
                "funding_round_code": "b",
                "raised_amount_usd": "8500000",
                "participants": "2",
            },
            {
                "funding_round_id": "10",
                "object_id": "c:404",
                "funded_at": "2006-12-01",
                "funding_round_type": "angel",
                "funding_round_code": "angel",
            },
        ],
        "acquisitions__csv": [
            {
                "acquisition_id": "1",
                "acquired_object_id": "c:1",
                "acquired_at": "2011-05-30",
                "price_amount": "20000000",
                "price_currency_code": "USD",
            }
        ],
        "ipos__csv": [{"ipo_id": "1", "object_id": "c:1", "public_at": "1980-12-19"}],
    }
    files = {}
    for name, header in DUMP_2013.items():
        names = header.split("|")
        lines = [",".join(f'"{one}"' for one in names)]
        lines += [",".join(f'"{row[one]}"' if one in row else "\\N" for one in names) for row in rows[name]]
        files[name] = "\n".join(lines) + "\n"
    found = made(plan, "Crunchbase dump of 2013", **files)
    assert records(found.frames["firms"], "firm_id", "name", "founded_on") == [("c:1", 'Say "Aye"', "2005-10-17")]
    assert records(found.frames["rounds"], "round_id", "kind", "amount") == [("9", "series_b", "8500000")]
    assert sorted(records(found.frames["outcomes"], "happened_on", "kind")) == [
        ("1980-12-19", "ipo"),
        ("2011-05-30", "acquisition"),
        ("2012-01-31", "closure"),
    ]
    assert set(records(found.quarantine.frame(), "table", "row", "code")) == {
        ("objects.csv", 2, "source_excluded"),
        ("funding_rounds.csv", 2, "orphan_event"),
    }


def test_y_combinator_directory(plan):
    row = {
        "company_id": "271",
        "company_name": "Loom Example",
        "batch": "W16",
        "status": "Acquired",
        "tags": "SaaS, Robotics",
        "location": "Austin, TX",
        "country": "US",
        "year_founded": "2015",
        "founders_names": "A. Person",
        "website": "https://loom.example",
    }
    found = made(plan, "Y Combinator directory", yc__csv=delimited(Y_COMBINATOR.split("|"), [row]))
    assert records(found.frames["firms"], "firm_id", "city", "founded_on", "sectors") == [
        ("271", "Austin", "2015-12-31", "SaaS;Robotics")
    ]
    assert set(found.frames) == {"firms"}
    assert records(found.beside["undated_exits"], "kind") == [("acquisition",)]


def test_y_combinator_list_of_2014(plan):
    row = {
        "Company": "Señor Sensor",
        "Satus": "Operating",
        "Year Founded": "2011",
        "Y Combinator Year": "2012",
        "Y Combinator Session": "Winter",
        "Categories": "Hardware,Sensors",
        "Headquarters (Country)": "USA",
        "Amounts raised in different funding rounds": "$470000, undisclosed amount",
    }
    text = delimited(Y_COMBINATOR_2014.split("|"), [row]).encode("latin-1")
    found = made(plan, "Y Combinator list of 2014", list__csv=text)
    assert records(found.frames["firms"], "name", "sectors", "founded_on") == [
        ("Señor Sensor", "Hardware;Sensors", "2011-12-31")
    ]
    assert set(found.frames) == {"firms"}


def test_csmar_subsidies_with_two_headers_and_a_row_of_units(plan):
    text = (
        "Stkcd,Accper,Typrep,Fn05601,Fn05602\n证券代码,会计期间,报表类型,项目,本期发生额\n没有单位,没有单位,没有单位,没有单位,万元\n"
        "000901,2019-12-31,1,稳岗补贴,12\n000901,2019-12-31,1,研发专项补助,250.5\n000901,2019-12-31,1,合计,262.5\n"
        "000901,2019-12-31,3,稳岗补贴,7\n000902,2019-06-30,1,稳岗补贴,8\n"
    )
    found = made(plan, "CSMAR government subsidies", fn__csv=text)
    assert records(found.frames["financials"], "firm_id", "period_end", "subsidy_income", "currency") == [
        ("000901", "2019-12-31", "2625000", "CNY")
    ]
    assert [one[2] for one in records(found.quarantine.frame(), "row", "column", "code")] == ["source_excluded"] * 3


def test_csmar_statements_are_the_consolidated_ones(plan):
    text = (
        "证券代码,证券简称,统计截止日期,报表类型,政府补助,营业收入\n000901,示例甲,2019-12-31,A,2620000.00,500000000\n"
        "000901,示例甲,2019-12-31,B,1200000.00,300000000\n000901,示例甲,2019-01-01,A,2000000.00,\n"
    )
    found = made(plan, "CSMAR statements", fs__csv=text)
    assert records(found.frames["financials"], "period_end", "revenue", "subsidy_income") == [
        ("2019-12-31", "500000000", "2620000.00")
    ]


def test_exports_of_chinese_registers(plan):
    qichacha = delimited(
        QICHACHA.split("|"),
        [
            {
                "原文件导入名称": "深圳示例科技有限公司",
                "登记状态": "注销",
                "统一社会信用代码": CODES[0],
                "法定代表人": "张三",
                "成立日期": "2009-06-18",
                "所属省份": "广东省",
                "所属城市": "深圳市",
            }
        ],
    )
    tianyancha = delimited(
        TIANYANCHA.split("|"),
        [
            {
                "公司名称": "杭州示例阀门有限公司",
                "经营状态": "存续",
                "统一社会信用代码": CODES[1],
                "成立日期": "2012-01-09",
                "所属省份": "浙江省",
                "网址": "famen.example",
            }
        ],
    )
    found = made(plan, "企查查", q__csv=qichacha)
    assert records(found.frames["firms"], "firm_id", "country", "region") == [(CODES[0], "CN", "广东省")]
    assert records(found.beside["undated_exits"], "kind") == [("closure",)]
    found = made(plan, "天眼查", q__csv=tianyancha)
    assert records(found.frames["firms"], "firm_id", "website", "founded_on") == [
        (CODES[1], "famen.example", "2012-01-09")
    ]


def test_rounds_of_itjuzi(plan):
    rows = [
        {
            "公司ID": "j1",
            "公司全称": "北京示例机器人有限公司",
            "一级行业": "机器人",
            "融资日期": "2019-03-05",
            "融资轮次": "Pre-A轮",
            "融资金额": "3000万人民币",
        },
        {
            "公司ID": "j1",
            "公司全称": "北京示例机器人有限公司",
            "一级行业": "机器人",
            "融资日期": "2021.5.6",
            "融资轮次": "A+轮",
            "融资金额": "1.5亿美元",
        },
        {
            "公司ID": "j1",
            "公司全称": "北京示例机器人有限公司",
            "一级行业": "机器人",
            "融资日期": "2022-05-06",
            "融资轮次": "B轮",
            "融资金额": "数千万人民币",
        },
        {
            "公司ID": "j1",
            "公司全称": "北京示例机器人有限公司",
            "一级行业": "机器人",
            "融资日期": "2023-05-06",
            "融资轮次": "IPO上市",
            "融资金额": "未披露",
        },
    ]
    found = made(plan, "IT桔子", rounds__csv=delimited(ITJUZI.split("|"), rows))
    assert records(found.frames["rounds"], "announced_on", "kind", "amount", "currency") == [
        ("2019-03-05", "venture", "30000000", "CNY"),
        ("2021-05-06", "series_a", "150000000", "USD"),
        ("2022-05-06", "series_b", "", ""),
    ]
    assert records(found.frames["outcomes"], "happened_on", "kind") == [("2023-05-06", "ipo")]
    assert records(found.quarantine.frame(), "row", "column", "code") == [(3, "融资金额", "not_a_number")]


def test_projects_of_innovate_uk_and_of_ukri(plan):
    innovate = [
        {
            "Project Number": "100123",
            "Participant Name": "Albion Valves Ltd",
            "CRN": "01234567",
            "Project Start Date": "2019-05-01",
            "Award Offered (£)": "£70,000",
            "Programme Title": "Smart",
        },
        {
            "Project Number": "100123",
            "Participant Name": "Moor Lasers Ltd",
            "CRN": "07654321",
            "Project Start Date": "2019-05-01",
            "Award Offered (£)": "£30,000",
        },
    ]
    found = made(plan, "Innovate UK", iuk__csv=delimited(INNOVATE_UK.split("|"), innovate))
    assert records(found.frames["grants"], "firm_id", "grant_id", "amount", "currency", "level") == [
        ("01234567", "100123", "70000", "GBP", "national"),
        ("07654321", "100123", "30000", "GBP", "national"),
    ]
    ukri = {
        "FundingOrgName": "EPSRC",
        "ProjectReference": "EP/X1",
        "LeadROName": "Albion Valves",
        "LeadROId": "L1",
        "StartDate": "25/10/2015",
        "AwardPounds": "70011",
        "PISurname": "Person",
        "fullname": "A Person",
    }
    found = made(plan, "UKRI", gtr__csv=delimited(UKRI.split("|"), [ukri]))
    assert records(found.frames["grants"], "awarded_on", "amount", "currency") == [("2015-10-25", "70011", "GBP")]


def test_indian_funding_counts_in_lakhs(plan):
    rows = [
        {
            "Date ": "25/05/2015",
            "StartupName": "Chai Kiosk",
            "IndustryVertical": "Food",
            "InvestmentType": "Seed Funding",
            "AmountInUSD": "20,00,00,000",
        },
        {
            "Date ": "01/06/2015",
            "StartupName": "Rickshaw Rides",
            "InvestmentType": "Private Equity",
            "AmountInUSD": "undisclosed",
        },
    ]
    text = delimited(INDIA.split("|"), rows).replace("Chai", "Chaï").encode("cp1252")
    found = made(plan, "India", funding__csv=text)
    assert records(found.frames["rounds"], "announced_on", "kind", "amount") == [
        ("2015-05-25", "seed", "200000000"),
        ("2015-06-01", "private_equity", ""),
    ]


def test_listings(plan):
    shenzhen = {
        "公司全称": "平安示例股份有限公司",
        "A股代码": "000001",
        "A股简称": "平安示例",
        "A股上市日期": "1991-04-03",
        "省份": "广东",
    }
    found = made(plan, "Shenzhen", szse__csv=delimited(SHENZHEN.split("|"), [shenzhen]))
    assert records(found.frames["outcomes"], "firm_id", "happened_on", "kind") == [("000001", "1991-04-03", "ipo")]
    found = made(
        plan,
        "List of listings",
        ipos__csv="offer_date,name,ticker,vc_backed,founding_year\n19750609,VARCO,VRC,0,1908\n",
    )
    assert records(found.frames["outcomes"], "firm_id", "happened_on") == [("varco", "1975-06-09")]


@pytest.mark.parametrize("rule", layouts(), ids=[rule.title for rule in layouts()])
def test_a_layout_is_recognised_by_columns_that_no_other_is(rule):
    assert [rule] == [recognise(rule.headers)]
    assert rule.headers
    assert not {name for name in rule.named() if is_about_people(name)}


def test_headers_of_layouts_are_known_as_they_are_compared():
    assert {"lastfinancingdate", "统计截止日期"} <= layout_headers()
    assert recognise(["firm_id", "name"]) is None
