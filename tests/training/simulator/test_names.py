"""Names of simulated firms."""

import re

import numpy as np
import pytest

from littlegiants.training.simulator.names import (
    CLASSES,
    FIELD_OF_SECTOR,
    REGIONS,
    SECTORS,
    name_and_website,
    region_shares,
)


def names(country: str, count: int = 200) -> list[tuple[str, str]]:
    rng = np.random.default_rng(0)
    seats = [region for region in REGIONS if region.country == country]
    return [name_and_website(seats[i % len(seats)], i % len(SECTORS), i, rng) for i in range(count)]


def test_chinese_names_say_city_brand_trade_and_form():
    for name, _ in names("CN"):
        assert re.fullmatch(r"[\u4e00-\u9fff]{6,}有限公司", name), name
        assert "科技科技" not in name


@pytest.mark.parametrize(
    ("country", "form"),
    [("DE", "GmbH"), ("FR", "SAS"), ("IT", "S.r.l."), ("NL", "B.V."), ("ES", "S.L."), ("FI", "Oy"), ("US", "Inc.")],
)
def test_other_names_end_in_a_legal_form_of_their_country(country, form):
    assert any(name.endswith(f" {form}") for name, _ in names(country))


def test_german_names_have_umlauts_and_french_ones_accents():
    assert any(set(name) & set("äöüß") for name, _ in names("DE"))
    assert any(set(name) & set("éèâî") for name, _ in names("FR"))


@pytest.mark.parametrize("country", sorted({region.country for region in REGIONS}))
def test_websites_are_plain_never_real_and_all_different(country):
    sites = [site for _, site in names(country)]
    assert all(re.fullmatch(r"https://[a-z]+-\d+\.example", site) for site in sites), sites
    assert len(set(sites)) == len(sites)


def test_names_hold_nothing_that_a_csv_would_have_to_quote():
    assert not any(set(name) & set(',"\n\r') for region in REGIONS for name, _ in names(region.country, 50))


def test_every_sector_has_a_field_and_classes_and_every_cluster_a_known_speciality():
    assert len(SECTORS) == len(set(SECTORS)) == len(FIELD_OF_SECTOR) == len(CLASSES)
    assert {region.speciality for region in REGIONS} <= set(SECTORS)
    assert region_shares().sum() == pytest.approx(1)
