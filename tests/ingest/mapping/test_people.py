"""Columns about people, as files name them; and columns of firms that sound alike."""

import pytest

from littlegiants.ingest.mapping.people import is_about_people


@pytest.mark.parametrize(
    "name",
    [
        *("Primary Contact", "Primary Contact Email", "Founders' Info", "Founders' Email Ids", "Company Phone Numbers"),
        *("EMAIL", "TEL", "FAX", "Key Executives", "CEO", "PISurname", "PIFirstName", "PI ORCID iD", "fullname"),
        *("founders_names", "contactForm", "Links to Founders' Profiles", "StudentOtherNames", "Link to Employees"),
        *("法定代表人", "联系电话", "电话", "更多电话", "邮箱", "高管", "联系人", "实际控制人", "股东", "发明人"),
    ],
)
def test_about_people(name):
    assert is_about_people(name)


@pytest.mark.parametrize(
    "name",
    [
        *("Founded Year", "founded_on", "Founding location", "Company Name", "Hotel", "Telecom", "num_founders"),
        *(
            "Number of Founders",
            "Number of Employees",
            "Employee Count",
            "员工人数",
            "Investors",
            "官网",
            "Domain Name",
        ),
        *("企业名称", "Number of Contacts", "Personal care", "Facsimile machines"),
    ],
)
def test_about_firms(name):
    assert not is_about_people(name)
