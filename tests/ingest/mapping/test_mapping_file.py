"""A mapping as TOML: what is written is read back, and what is wrong is said in one line."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from littlegiants.ingest.errors import ConfigError
from littlegiants.ingest.mapping.layouts import layouts
from littlegiants.ingest.mapping.mapping import ColumnRule, EventRule, Mapping, SheetRule
from littlegiants.ingest.mapping.mapping_file import from_toml, read_mapping, to_toml, write_mapping
from tests.conftest import ROOT

WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)
RULES = st.builds(
    ColumnRule,
    column=WORDS,
    dates=st.lists(st.sampled_from(["%Y", "%d-%b-%Y"])).map(tuple),
    numbers=st.sampled_from(["", "comma"]),
    vocabulary=st.dictionaries(WORDS, WORDS, max_size=3),
)


@pytest.mark.parametrize("rule", layouts(), ids=lambda rule: rule.title)
def test_layouts_are_read_back_as_they_are_written(rule):
    assert from_toml(to_toml(Mapping((rule,))), "x").sheet == (rule,)


@given(RULES, RULES)
def test_any_words_are_read_back(name, day):
    rule = SheetRule(file="x*", firm={"city": name}, event=(EventRule(table="rounds", columns={"announced_on": day}),))
    text = to_toml(Mapping((rule,)))
    assert tomllib.loads(text)["sheet"][0]["file"] == "x*"
    try:
        assert from_toml(text, "x").sheet == (rule,)
    except ConfigError as error:
        assert "about people" in str(error)  # noqa: PT017 - a drawn word may be one


def test_the_mapping_of_the_guide_can_be_read():
    guide = (ROOT / "docs" / "importing.md").read_text(encoding="utf-8")
    whole = guide.split("```toml\n")[1].split("```")[0]
    rule = from_toml(whole, "importing.md").sheet[0]
    assert (rule.file, rule.event[0].table) == ("mine.xlsx!Deals", "rounds")


def test_a_file_is_written_whole_and_read(tmp_path):
    mapping = Mapping((layouts()[0],))
    write_mapping(mapping, tmp_path / "m.toml")
    assert read_mapping(tmp_path / "m.toml").sheet == mapping.sheet


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[sheet]\n", r"m\.toml: .*at line 1"),
        ("[[sheet]]\nfirn = 3\n", r"m\.toml: .*unknown field `firn`"),
        ("[[sheet]]\nfirm = { name = 3 }\n", r"m\.toml: Expected `str \| object`, got `int`"),
        (
            '[[sheet]]\nfirm = { name = "a" }\nstatus = { column = "b", numbers = "roman" }\n',
            "Invalid enum value 'roman'",
        ),
        ("", r"has no \[\[sheet\]\]"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(tmp_path, text, message):
    (tmp_path / "m.toml").write_text(text)
    with pytest.raises(ConfigError, match=message) as caught:
        read_mapping(tmp_path / "m.toml")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"), [(b"\xff", "is not UTF-8"), (b"#" * (1 << 21), "is larger than"), (None, "cannot be read")]
)
def test_files_that_are_no_text(tmp_path, content, message):
    if content is not None:
        (tmp_path / "m.toml").write_bytes(content)
    with pytest.raises(ConfigError, match=message):
        read_mapping(tmp_path / "m.toml")
