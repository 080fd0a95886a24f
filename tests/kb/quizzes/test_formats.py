"""Questions in and out: every format gives back what it was given, faults have their line."""

import csv
import io
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import InvalidError
from kb.library.content_folder import read_content
from kb.library.content_transfer import export_content
from kb.quizzes.bank_store import body_of, import_banks, parse_question, questions_of, save_question
from kb.quizzes.exchange import export_questions, import_questions, read_questions
from kb.quizzes.gift_format import read_gift, write_gift
from kb.quizzes.questions import QuestionType, parse_bank
from kb.quizzes.rows import read_row
from kb.quizzes.table_format import COLUMNS, read_csv, read_xlsx, write_rows, write_xlsx
from tests.conftest import SAMPLE, SHIPPED

TEXT = (SAMPLE / "questions/basics.zh.yaml").read_text("utf-8")
BANK, _ = parse_bank(TEXT)
GIFT = """// a comment
$CATEGORY: tom/dick

::Q1:: Who's buried in Grant's tomb? {=Grant ~no one #right, but no ~Napoleon}

Two plus {=two =2} equals four.

::pi:: The value of pi? {#3.14159:0.0005}

::range:: A number between 1 and 5 {#1..5}

::tf:: Grant was buried in a tomb {T}

::m:: Match. {=cat -> cat food =dog -> dog food}

::multi:: Which? {
~%50%one
~%-100%two \\= wrong

~%50%three
}

::bad:: no braces at all
"""


def test_a_faulty_question_is_named_with_its_line_and_the_rest_goes_on():
    broken = TEXT.replace("answer: 8040", "answer: many").replace("        right: true\n", "", 1)
    bank, problems = parse_bank(broken)
    assert len(bank.questions) == len(BANK.questions) - 2
    at = next(n for n, line in enumerate(broken.splitlines(), 1) if "answer: many" in line)
    assert (at, "questions.4.answer") in [(p.line, p.key) for p in problems]
    assert "a single choice has exactly one" in " ".join(str(p.message) for p in problems)


@pytest.mark.parametrize(
    "text", ["", "- a", "bank: x", "bank: [", TEXT.replace("lang: zh", "lang: fr")]
)
def test_what_is_no_bank_is_a_fault_and_never_an_exception(text):
    bank, problems = parse_bank(text)
    assert bank is None
    assert problems


def test_one_question_is_read_with_the_lines_of_its_own_text():
    question, problems = parse_question(body_of(BANK.questions[0]))
    assert (question, problems) == (BANK.questions[0], [])
    _, faults = parse_question("id: x\ntype: single\ntopic: t\nprompt: what is it\n")
    assert [(p.line, p.key) for p in faults] == [(1, "options")] or faults[0].key.endswith(
        "options"
    )


def test_csv_and_xlsx_give_back_what_they_were_given():
    out = io.StringIO()
    csv.writer(out).writerows(write_rows(BANK.questions))
    assert [row.question for row in read_csv(out.getvalue().encode())] == BANK.questions
    assert [row.question for row in read_csv(out.getvalue().encode("gb18030"))] == BANK.questions
    assert [row.question for row in read_xlsx(write_xlsx(BANK.questions))] == BANK.questions


def test_gift_gives_back_all_but_order():
    text, left_out = write_gift(BANK.questions)
    assert left_out == ["four-steps"]
    kept = [question for question in BANK.questions if question.type is not QuestionType.ORDER]
    assert [row.question for row in read_gift(text, "x")] == kept


def test_the_shipped_banks_survive_every_format():
    for bank in read_content(SHIPPED).quizzes.banks:
        text, left_out = write_gift(bank.questions)
        back = {row.question.id: row.question for row in read_gift(text, "x") if row.question}
        for question in bank.questions:
            assert question.id in left_out or back[question.id] == question
        assert [row.question for row in read_xlsx(write_xlsx(bank.questions))] == bank.questions


def test_gift_as_other_programs_write_it_is_read():
    rows = read_gift(GIFT, "history")
    found = {row.name: row.question for row in rows if row.question}
    assert {name: q.type for name, q in found.items()} == {
        "q1": "single", "gift-2": "fill", "pi": "number", "range": "number", "tf": "true_false",
        "m": "match", "multi": "multiple",
    }  # fmt: skip
    assert found["gift-2"].prompt == "Two plus ____ equals four."
    assert found["range"].answer, found["range"].tolerance == (3, 2)
    assert [o.text for o in found["multi"].options] == ["one", "two = wrong", "three"]
    assert found["q1"].options[1].why == "right, but no"
    (bad,) = [row for row in rows if row.question is None]
    assert (bad.line, bad.name) == (23, "bad")


@given(st.text(alphabet="{}~=#:\\->%/ \nab$中", max_size=120))
def test_no_text_makes_the_reader_of_gift_fail(text):
    for row in read_gift(text, "t"):
        assert row.question or row.faults


@given(st.binary(max_size=200))
def test_no_bytes_make_the_readers_of_tables_fail(data):
    for read in (read_csv, read_xlsx):
        with suppress(InvalidError):
            assert isinstance(read(data), list)


def test_a_table_without_its_columns_says_which_are_missing():
    with pytest.raises(InvalidError) as error:
        read_csv(b"id,type\na,single\n")
    assert "topic, prompt, answers" in str(error.value.fields["file"])


def test_an_import_reports_each_line_and_keeps_the_sound_ones(library, person, clock):
    out = io.StringIO()
    rows = list(write_rows(BANK.questions[:2]))
    rows.append(["broken", "single", "prices", "What?", "only one", *[""] * (len(COLUMNS) - 5)])
    rows.append(["edition-price", *rows[1][1:]])
    csv.writer(out).writerows(rows)
    read = read_questions("x.CSV", out.getvalue().encode(), "t")
    with library.write() as db:
        report = import_questions(db, "new-bank", "zh", read, person("zhao.lan").id, clock.now())
        assert [(one.name, one.outcome) for one in report] == [
            ("edition-price", "added"), ("returns", "added"), ("broken", "faulty"),
            ("edition-price", "faulty"),
        ]  # fmt: skip
        assert all(one.faults for one in report if one.outcome == "faulty")
        assert report[2].line > report[1].line > 1
        again = import_questions(db, "new-bank", "zh", read[:1], person("zhao.lan").id, clock.now())
        assert [one.outcome for one in again] == ["replaced"]
        with pytest.raises(InvalidError):
            import_questions(db, "New Bank", "zh", read, person("zhao.lan").id, clock.now())
        data, _ = export_questions(db, "new-bank", "zh", "csv")
        assert [row.question for row in read_csv(data)] == BANK.questions[:2]


def test_a_file_of_another_kind_is_refused_with_the_kinds_that_are_read():
    with pytest.raises(InvalidError) as error:
        read_questions("x.pdf", b"", "t")
    assert ".gift" in str(error.value.fields["file"])


def test_a_question_edited_here_is_kept_and_one_gone_from_the_file_is_retired(
    library, person, clock
):
    with library.write() as db:
        edited = BANK.questions[0].model_copy(update={"prompt": "标准版多少钱一年？"})
        save_question(db, "basics", "zh", edited, person("zhao.lan").id, clock.now())
        newer = BANK.questions[0].model_copy(update={"prompt": "一年多少？"})
        smaller = BANK.model_copy(update={"questions": [newer, *BANK.questions[1:-1]]})
        report = import_banks(db, [smaller], clock.now())
        assert report.conflicts == ["basics.zh:edition-price"]
        there = {row.key: row.prompt for row in questions_of(db, "basics", "zh")}
        assert there["edition-price"] == "标准版多少钱一年？"
        assert "too-dear" not in there


def test_banks_and_quizzes_are_exported_as_they_are_written_by_hand(library, tmp_path, settings):
    with library.read() as db:
        export_content(db, tmp_path, settings.uploads_dir)
    back = read_content(tmp_path)
    assert back.problems == ()
    assert back.quizzes == read_content(SAMPLE).quizzes


def test_a_row_without_a_known_type_says_so():
    row = read_row(7, {"id": "x", "type": "essay", "topic": "t", "prompt": "what?"})
    assert row.line == 7
    assert row.faults
