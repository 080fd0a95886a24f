"""Synonyms: which targets a query brings, and a table that two people may edit at once."""

import pytest
from sqlmodel import select

from kb import audit
from kb.documents import SearchResult, Semantic
from kb.errors import InvalidError
from kb.search.find import search
from kb.search.models import SynonymEntry
from kb.search.synonyms import (
    MAX_TARGETS,
    SynonymsChangedError,
    import_synonyms,
    list_synonyms,
    remove_synonyms,
    save_synonyms,
    split_phrases,
    synonyms_for,
)
from kb.search.team_words_file import Synonyms

PRICE = Synonyms("嫌报价高", ("太贵", "价格高", "too expensive"))
BUDGET = Synonyms("没预算", ("预算不够", "没钱"))
ERP = Synonyms("ERP", ("sap", "用友"))


@pytest.fixture
def words(database, clock):
    with database.write() as db:
        import_synonyms(db, [PRICE, BUDGET, ERP], clock.now())
    return database


@pytest.fixture
def manager(person) -> int:
    return person("zhao.lan").id


def groups(database) -> dict[str, tuple[str, ...]]:
    with database.read() as db:
        return {group.target: group.phrases for group in list_synonyms(db)}


def targets(database, text: str) -> tuple[str, ...]:
    with database.read() as db:
        return synonyms_for(db, text)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("客户说太贵了怎么回", ("嫌报价高",)),
        ("TOO   Expensive!", ("嫌报价高",)),
        ("没钱，价格高", ("嫌报价高", "没预算")),  # the longer phrase first
        ("跟SAP能接吗", ("ERP",)),
        ("跟ＳＡＰ能接吗", ("ERP",)),
        ("a sapling", ()),
        ("sapling or sap", ("ERP",)),
        ("太贵，嫌报价高", ()),  # said already
        ("发票怎么开", ()),
        ("", ()),
        ("100%_", ()),
    ],
)
def test_a_query_brings_the_targets_of_its_phrases(words, typed, found):
    assert targets(words, typed) == found


def test_a_phrase_with_a_wildcard_is_only_itself(words, clock, manager):
    with words.write() as db:
        save_synonyms(db, manager, None, "要折扣", "10%off, a_b", clock.now())
    assert targets(words, "10 x off") == ()
    assert targets(words, "10 percent off, axb") == ()
    assert targets(words, "10%off") == ("要折扣",)


def test_a_query_brings_at_most_five_targets(words, clock):
    many = [Synonyms(f"目标{n}", (f"说法{n}",)) for n in range(8)]
    with words.write() as db:
        import_synonyms(db, many, clock.now())
    found = targets(words, " ".join(f"说法{n}" for n in range(8)))
    assert len(found) == MAX_TARGETS == 5


def test_a_search_hands_the_targets_to_the_engine(words, reader):
    class Listening:
        def search(self, request):
            self.request = request
            return SearchResult((), Semantic.OFF)

    engine = Listening()
    with words.read() as db:
        search(db, engine, reader("chen.liang"), 'kind:faq 太贵了 "没钱"')
    assert engine.request.synonyms == ("嫌报价高",)


def test_phrases_are_separated_by_any_comma_or_line():
    assert split_phrases("太贵、价格高，贵了;Too  dear\r\n\n太贵") == (
        "太贵", "价格高", "贵了", "too dear",
    )  # fmt: skip


def test_a_row_is_added_changed_and_removed_and_each_is_in_the_audit_log(words, clock, manager):
    with words.write() as db:
        save_synonyms(db, manager, None, " 要折扣 ", "打折、便宜点", clock.now())
    seen = Synonyms("要折扣", ("打折", "便宜点"))
    with words.write() as db:
        save_synonyms(db, manager, seen, "要折扣", "打折、抹零", clock.now())
    assert groups(words)["要折扣"] == ("打折", "抹零")
    seen = Synonyms("要折扣", ("打折", "抹零"))
    with words.write() as db:
        save_synonyms(db, manager, seen, "折扣审批", "打折、抹零", clock.now())
    assert "要折扣" not in groups(words)
    with words.write() as db:
        remove_synonyms(db, manager, Synonyms("折扣审批", ("打折", "抹零")), clock.now())
    assert "折扣审批" not in groups(words)
    with words.read() as db:
        lines = audit.read(db, login="zhao.lan").lines
    assert [line.entry.action for line in lines] == ["remove_synonyms"] + ["save_synonyms"] * 3
    assert lines[1].details["target_before"] == "要折扣"
    assert lines[2].details == {"added": ["抹零"], "removed": ["便宜点"]}


def test_saving_what_is_there_changes_nothing(words, clock, manager):
    with words.write() as db:
        save_synonyms(db, manager, BUDGET, "没预算", "没钱、预算不够", clock.now())
    with words.read() as db:
        assert audit.read(db, login="zhao.lan").lines == ()
        rows = db.exec(select(SynonymEntry).where(SynonymEntry.target == "没预算"))
        assert {row.origin for row in rows} == {"shipped"}


def test_a_new_row_with_a_target_that_is_there_joins_it(words, clock, manager):
    with words.write() as db:
        save_synonyms(db, manager, None, "没预算", "没拨款", clock.now())
    assert groups(words)["没预算"] == ("预算不够", "没钱", "没拨款")


@pytest.mark.parametrize(
    ("target", "text", "field", "said"),
    [
        ("", "打折", "target", "is empty"),
        ("贵" * 41, "打折", "target", "longer than 40"),
        ("要折扣", " ,、", "phrases", "has 0 phrases"),
        ("要折扣", "折", "phrases", "折 is too short"),
        ("要折扣", "要折扣", "phrases", "is the target itself"),
        ("要折扣", "打折、没钱", "phrases", "没钱 leads to 没预算 already"),
        ("要折扣", "、".join(f"说法{n}" for n in range(61)), "phrases", "has 61 phrases"),
    ],
)
def test_a_faulty_row_is_refused(words, clock, manager, target, text, field, said):
    with pytest.raises(InvalidError) as refused, words.write() as db:
        save_synonyms(db, manager, None, target, text, clock.now())
    assert said in str(refused.value.fields[field])
    assert "要折扣" not in groups(words)


def test_a_stale_form_does_not_overwrite_a_newer_change(words, clock, manager, person):
    with words.write() as db:
        save_synonyms(db, person("sun.ning").id, BUDGET, "没预算", "没钱、没拨款", clock.now())
    with pytest.raises(SynonymsChangedError, match="孙宁 changed this row") as conflict:
        with words.write() as db:
            save_synonyms(db, manager, BUDGET, "没预算", "预算不够", clock.now())
    assert conflict.value.current == Synonyms("没预算", ("没钱", "没拨款"))
    with pytest.raises(SynonymsChangedError), words.write() as db:
        remove_synonyms(db, manager, BUDGET, clock.now())
    assert groups(words)["没预算"] == ("没钱", "没拨款")


def test_a_row_that_somebody_took_out_is_a_conflict_with_nothing(words, clock, manager):
    with words.write() as db:
        remove_synonyms(db, manager, BUDGET, clock.now())
    with words.write() as db:
        remove_synonyms(db, manager, BUDGET, clock.now())  # gone already: nothing to do
    with pytest.raises(SynonymsChangedError) as conflict, words.write() as db:
        save_synonyms(db, manager, BUDGET, "没预算", "没拨款", clock.now())
    assert conflict.value.current is None


def test_importing_again_keeps_what_the_team_changed_or_took_out(words, clock, manager):
    with words.write() as db:
        remove_synonyms(db, manager, BUDGET, clock.now())
        save_synonyms(db, manager, PRICE, "报价", "太贵、too expensive", clock.now())
        again = [PRICE, BUDGET, Synonyms("IT", ("sap", "用友", "金蝶"))]
        assert import_synonyms(db, again, clock.now()) == 3
        assert import_synonyms(db, again, clock.now()) == 0
    assert groups(words) == {"报价": ("太贵", "too expensive"), "IT": ("sap", "用友", "金蝶")}


def test_a_phrase_that_was_taken_out_can_be_added_again(words, clock, manager):
    with words.write() as db:
        remove_synonyms(db, manager, BUDGET, clock.now())
        save_synonyms(db, manager, None, "等明年预算", "没钱", clock.now())
    assert groups(words)["等明年预算"] == ("没钱",)
