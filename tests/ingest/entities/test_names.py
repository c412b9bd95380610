"""Two names agree by one written rule, and by nothing else."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.ingest.entities.names import is_generic, is_han, is_suspect, legal_form, match_key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Gevo", "GEVO, INC."),
        ("ELTRON RESEARCH & DEVELOPMENT, INCORPORATED", "Eltron Research and Development Corp"),
        ("ExOne Company, The", "The ExOne Company"),
        ("Airex Corpon", "Airex Corporation"),
        ("Prime Photonics, LC", "Prime Photonics L.L.C"),
        ("MiaSolé", "Miasole"),
        ("Alberti's Window, LLC", "Alberti’s Window"),
        ("Magna-Tech P/M Labs, Inc", "MAGNA TECH P M LABS"),
        ("Process Technology,Inc.", "Process Technology"),
        ("Ａｃｍｅ　Ｉｎｃ．", "Acme"),
        ("Cafe\u0301 Nano", "Caf\u00e9\u200b Nano"),
        ("深圳（某某）科技有限公司", "深圳(某某)科技股份有限公司"),
    ],
)
def test_names_that_agree(one, other):
    assert match_key(one) == match_key(other) != ""


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("NanoTech", "Nano Tech"),
        ("Acme Labs", "Acme"),
        ("Little Bird", "Little Birds"),
        ("か", "が"),
        ("某某科技", "某某科技發展"),
        ("A & B", "A B"),
    ],
)
def test_names_that_differ(one, other):
    assert match_key(one) != match_key(other)


@pytest.mark.parametrize(("name", "key"), [("Inc.", "inc"), ("The", "the"), ("The Company", "the"), ("#NAME?", "name")])
def test_something_always_remains_of_a_name(name, key):
    assert match_key(name) == key


@pytest.mark.parametrize("name", ["", "???", "\u200b"])
def test_a_name_without_letters_has_no_key(name):
    assert match_key(name) == ""


def test_first_form_from_the_end_is_the_legal_form():
    assert [legal_form(name) for name in ("Ndn Co., Inc.", "Crosshmv L.L.C", "Protium Company, The", "Airex")] == [
        "inc",
        "llc",
        "co",
        "",
    ]


def test_initials_are_generic_and_short_phrases_are_not():
    assert [is_generic(key) for key in ("kse", "gevo", "a b")] == [True, False, False]


@given(st.text(max_size=30))
def test_a_key_is_its_own_key_but_for_what_it_ends_with(name):
    # "Acme Inc ?" has the key "acme"; nothing that was set aside comes back.
    key = match_key(name)
    assert match_key(key) == key
    assert key == " ".join(key.split())


@pytest.mark.parametrize(
    ("name", "key", "form"),
    [
        ("深圳市某某科技有限公司", "深圳市某某科技", "有限公司"),
        ("深圳市某某科技股份有限公司", "深圳市某某科技", "股份有限公司"),
        ("深圳市某某科技有限责任公司", "深圳市某某科技", "有限公司"),
        ("深圳市某某科技股份公司", "深圳市某某科技", "股份有限公司"),
        ("深圳市 某某　科技 有限公司", "深圳市某某科技", "有限公司"),
        ("某某科技（深圳）有限公司", "某某科技深圳", "有限公司"),
        ("某某科技(深圳)有限公司", "某某科技深圳", "有限公司"),
        ("某某集团有限公司", "某某集团", "有限公司"),
        ("某某（集团）股份有限公司", "某某集团", "股份有限公司"),
        ("某某集团公司", "某某集团", "公司"),
        ("某某集团", "某某集团", ""),
        ("臺灣積體電路製造股份有限公司", "台湾积体电路制造", "股份有限公司"),
        ("台湾积体电路制造股份有限公司", "台湾积体电路制造", "股份有限公司"),
        ("東方電氣集團有限責任公司", "东方电气集团", "有限公司"),
        ("ＴＣＬ科技集团股份有限公司", "tcl科技集团", "股份有限公司"),
        ("𠮷野家有限公司", "𠮷野家", "有限公司"),
        ("株式会社東芝", "东芝", "株式会社"),
        ("東芝㈱", "东芝", "株式会社"),
        ("삼성전자 주식회사", "삼성전자", "주식회사"),
        ("㈜삼성전자", "삼성전자", "주식회사"),
    ],
)
def test_names_of_east_asia(name, key, form):
    assert (match_key(name), legal_form(name)) == (key, form)


def test_a_group_and_its_subsidiary_are_two_firms():
    assert match_key("某某集团有限公司") != match_key("某某有限公司")


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("Acme, Inc.", "inc"),
        ("Acme Pty. Ltd.", "ltd"),
        ("Acme Private Limited", "ltd"),
        ("Acme Sdn. Bhd.", "bhd"),
        ("Acme P.L.C.", "plc"),
        ("Acme GmbH", "gmbh"),
        ("Acme Gesellschaft mit beschränkter Haftung", "gmbh"),
        ("Acme GmbH & Co. KG", "kg"),
        ("Acme Aktiengesellschaft", "ag"),
        ("Acme e.V.", "ev"),
        ("Acme S.A.", "sa"),
        ("Acme S. A.", "sa"),
        ("Société Anonyme Acme", "sa"),
        ("Acme SARL", "sarl"),
        ("Acme Société à responsabilité limitée", "sarl"),
        ("Acme S.A.S.", "sas"),
        ("Acme S.p.A.", "spa"),
        ("Acme S. r. l.", "srl"),
        ("Acme, S.L.", "sl"),
        ("Acme, S.A. de C.V.", "sa"),
        ("Acme Ltda.", "lda"),
        ("Acme B.V.", "bv"),
        ("Acme N.V.", "nv"),
        ("AB Acme", "ab"),
        ("Acme Aktiebolag (publ)", "ab"),
        ("Acme A/S", "as"),
        ("Acme ASA", "asa"),
        ("Acme ApS", "aps"),
        ("Acme Oyj", "oy"),
        ("Acme sp. z o.o.", "zoo"),
        ("Acme s.r.o.", "sro"),
        ("Acme Kft.", "kft"),
        ("ООО Acme", "ooo"),
        ("Acme Kabushiki Kaisha", "kk"),
        ("PT Acme Tbk", "tbk"),
    ],
)
def test_legal_forms_of_many_countries(name, form):
    assert (match_key(name), legal_form(name)) == ("acme", form)


@pytest.mark.parametrize(
    ("name", "suspect"),
    [
        ("Аcme", True),  # Cyrillic A
        ("Acmе GmbH", True),  # Cyrillic e
        ("Αcme", True),  # Greek Alpha
        ("\u202eemcA", True),
        ("АКМЕ Labs", False),
        ("Ａｃｍｅ", False),
        ("µ-Acme", False),
        ("深圳Acme科技", False),
    ],
)
def test_names_that_look_like_others_are_flagged(name, suspect):
    assert is_suspect(name) == suspect


def test_chinese_keys_are_told_from_others():
    assert [is_han(key) for key in ("某某科技", "acme 深圳", "acme", "삼성전자")] == [True, True, False, False]


def _noisy(name: str, noise: str) -> str:
    full = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}
    return {
        "NFC": unicodedata.normalize("NFC", name),
        "NFD": unicodedata.normalize("NFD", name),
        "full width": name.translate(full),
        "upper": name.upper(),
        "blanks": f"  {name.replace(' ', '   ')}\t",
        "zero width": "\u200b".join(name),
        "soft hyphen": "\u00ad".join(name),
        "marks": f"\ufeff{name}\u200e",
        "comma": name.replace(" ", ", "),
        "dot": f"{name}.",
        "brackets": name.replace("(", "（").replace(")", "）"),
    }[noise]


NOISES = "NFC,NFD,full width,upper,blanks,zero width,soft hyphen,marks,comma,dot,brackets".split(",")
WORDS = st.lists(
    st.sampled_from(
        "Müller Söhne Acme Labs Œuvre Café Ørsted 3D (Asia) 深圳市 某某科技 GmbH Inc Co 有限公司 & The".split()
    ),
    min_size=1,
    max_size=5,
).map(" ".join)


@given(WORDS, st.lists(st.sampled_from(NOISES), max_size=4))
def test_noise_of_writing_never_changes_a_key(name, noises):
    noisy = name
    for noise in noises:
        noisy = _noisy(noisy, noise)
    assert match_key(noisy) == match_key(name)
