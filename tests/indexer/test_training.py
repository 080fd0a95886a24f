"""The training tool on small inputs, and its data against the test set that it must not know."""

import csv
import gzip
import json
import random
from pathlib import Path

import numpy as np
import pytest
import torch

from indexer.bilingual_model import BilingualEmbedder
from indexer.packaged_model import packaged_model_folder
from indexer.tokens import BilingualTokenizer
from indexer.training.curriculum import Course
from indexer.training.lessons import Lesson, encode
from indexer.training.loop import Rates, train
from indexer.training.own_pairs import GLOSSES, read_records, split
from indexer.training.sources import QUESTIONS, SECTIONS, TRANSLATIONS, Pair, read_all
from indexer.training.student import Student, load_body
from indexer.training.vocabulary import (
    Word,
    build_words,
    initial_vectors,
    read_cedict,
    read_glosses,
)
from indexer.training.writing import quantised, write_model

CONTENT = Path(__file__).parents[2] / "content"
CEDICT = """# CC-CEDICT
貴 贵 [gui4] /expensive/(formal) your (honorific)/
老闆 老板 [lao3 ban3] /boss/CL:個|个[ge4]/
老板 老板 [Lao3 Ban3] /Robam (brand)/
同意 同意 [tong2 yi4] /to agree/to consent/
不 不 [bu4] /not; no/
生僻詞 生僻词 [sheng1 pi4 ci2] /rare word/
"""


@pytest.fixture
def cedict(tmp_path: Path) -> dict[str, list[tuple[str, float]]]:
    path = tmp_path / "cedict.txt.gz"
    path.write_bytes(gzip.compress(CEDICT.encode()))
    return read_cedict(path)


FREQUENCY = {"贵": 500, "老板": 800, "同意": 900, "不": 9000}


def test_glosses_are_read_the_best_first_without_notes(
    cedict: dict[str, list[tuple[str, float]]],
) -> None:
    assert [gloss for gloss, _ in cedict["贵"]] == ["expensive", "your"]
    assert cedict["老板"][0] == ("boss", 1.0)
    assert "CL" not in str(cedict["老板"])


def test_words_are_those_in_use_and_ours_overrule_the_dictionary(
    cedict: dict[str, list[tuple[str, float]]],
) -> None:
    words = {
        w.text: w
        for w in build_words(cedict, {"拍板": [("make the final decision", 1.0)]}, FREQUENCY)
    }
    assert set(words) == {"贵", "老板", "同意", "不", "拍板"}
    assert words["不"].log_probability > words["老板"].log_probability
    ours = build_words(cedict, {"贵": [("too expensive", 1.0)]}, FREQUENCY)
    assert next(w for w in ours if w.text == "贵").glosses == (("too expensive", 1.0),)


def test_a_word_begins_where_its_gloss_is(cedict: dict[str, list[tuple[str, float]]]) -> None:
    tokenizer = BilingualTokenizer(packaged_model_folder() / "tokenizer.json", [("贵", -1.0)])
    table = np.random.default_rng(1).normal(size=(tokenizer.offset, 8)).astype(np.float32)
    row = initial_vectors([Word("贵", (("expensive", 1.0),), -1.0)], tokenizer.wordpiece, table)[0]
    assert row == pytest.approx(table[tokenizer.wordpiece.token_to_id("expensive")], rel=1e-4)


def test_rows_come_back_from_int8_within_half_a_step() -> None:
    rows = np.random.default_rng(2).normal(size=(50, 16)).astype(np.float32)
    numbers, scales = quantised(rows)
    assert numbers.dtype == np.int8
    assert (np.abs(numbers * scales[:, None] - rows) <= scales[:, None] * 0.501).all()
    zeros, _ = quantised(np.zeros((1, 16), np.float32))
    assert not zeros.any()


@pytest.fixture(scope="module")
def small() -> tuple[Student, Student, BilingualTokenizer, list[Word]]:
    """A student that knows four words, and its teacher."""
    words = [Word(text, ((gloss, 1.0),), score) for text, gloss, score in (
        ("老板", "boss", -3.0), ("同意", "agree", -3.0), ("不", "not", -2.0), ("贵", "expensive", -3.0),
    )]  # fmt: skip
    folder = packaged_model_folder()
    torch.manual_seed(3)
    tokenizer = BilingualTokenizer(
        folder / "tokenizer.json", [(w.text, w.log_probability) for w in words]
    )
    body = load_body(folder)
    table = body.embeddings.word_embeddings.weight.detach().numpy()
    student = Student(body, initial_vectors(words, tokenizer.wordpiece, table)).eval()
    teacher = Student(load_body(folder), np.zeros((1, 384), np.float32), rank=0).eval()
    return student, teacher, tokenizer, words


def test_training_brings_a_text_nearer_to_its_target_and_english_does_not_move(
    small: tuple[Student, Student, BilingualTokenizer, list[Word]], tmp_path: Path
) -> None:
    student, teacher, tokenizer, words = small
    chinese = [tokenizer.tokens(text) for text in ("老板不同意", "不贵", "老板同意")]
    english = [
        tokenizer.tokens(text) for text in ("the boss says no", "it is cheap", "boss agrees")
    ]
    target = encode(teacher, english)
    before = (encode(student, chinese) * target).sum(axis=1)
    lesson = Lesson("small", chinese, [0, 1, 2], 3, 16, 2.0, vectors=target)
    saved: list[int] = []
    steps = train(
        student,
        [Course(lesson, 30)],
        Rates(5e-3, 2e-3),
        random.Random(1),
        lambda _: None,
        lambda: saved.append(1),
    )
    assert steps == 30
    assert saved
    after = (encode(student, chinese) * target).sum(axis=1)
    assert after.mean() > before.mean() + 0.03
    write_model(tmp_path / "small", student, words)
    model = BilingualEmbedder(tmp_path / "small")
    written = model.encode(["老板不同意", "不贵", "老板同意"])
    assert ((written * encode(student, chinese)).sum(axis=1) > 0.999).all()
    assert ((model.encode(["the boss says no"]) @ target[0]) > 0.9999).all()


def test_texts_with_one_target_are_no_wrong_answers_for_each_other(
    small: tuple[Student, Student, BilingualTokenizer, list[Word]],
) -> None:
    student, _, tokenizer, _ = small
    left = [tokenizer.tokens(text) for text in ("不同意", "不贵")]
    right = [tokenizer.tokens("老板")]
    lesson = Lesson("one", left, [0, 0], 2, 16, 0.0, right=right)
    assert float(lesson.loss(student, [0, 1]).detach()) == pytest.approx(0, abs=1e-3)


def test_missing_sources_are_named_and_sections_come_from_markdown(tmp_path: Path) -> None:
    found, missing = read_all(TRANSLATIONS, tmp_path)
    assert (found, len(missing)) == ({}, len(TRANSLATIONS))
    folder = tmp_path / "HowToCook"
    folder.mkdir()
    body = "把水烧开，放入切好的土豆，小火慢慢煮十五分钟，直到筷子能轻松扎透为止。"
    (folder / "a.md").write_text(f"# 菜谱\n\n## 煮土豆\n\n{body}\n\n## 短\n\n略。\n", "utf-8")
    found, _ = read_all(SECTIONS, tmp_path)
    assert found["HowToCook"] == [Pair("菜谱 煮土豆", body)]


def test_our_own_pairs_are_many_and_whole() -> None:
    records = read_records()
    assert len(records) >= 3000
    learn, held_out = split(records)
    assert len(learn) + len(held_out) == len(records)
    assert len(read_glosses(GLOSSES)) >= 1500


def test_no_golden_query_and_no_part_of_a_shipped_article_is_trained_on() -> None:
    records = read_records()
    trained = {q.strip().lower() for r in records for q in (*r.chinese_queries, *r.english_queries)}
    with (CONTENT / "golden_queries.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    checking = {row["query"].strip().lower() for row in rows if row["half"] == "checking"}
    both = {query for query in trained & checking if len(query) > 6}
    assert both == set()
    shipped = "\n".join(path.read_text("utf-8") for path in sorted(CONTENT.rglob("*.zh.md")))
    pieces = {shipped[at : at + 18] for at in range(len(shipped) - 18)}
    copied = [
        r.chinese
        for r in records
        if any(r.chinese[at : at + 18] in pieces for at in range(len(r.chinese) - 17))
    ]
    assert copied == []


def test_a_record_with_a_wrong_column_is_named_with_its_line(tmp_path: Path) -> None:
    good = "报价高\tThe price is high\t贵\t太贵\t降价\ttoo dear\tdiscount"
    for line, fault in (("一\t二", "7 columns"), (good.replace("high", "高"), "English column")):
        (tmp_path / "a.tsv").write_text(f"{good}\n{line}\n", "utf-8")
        with pytest.raises(ValueError, match=rf"a\.tsv:2: .*{fault}"):
            read_records(tmp_path)


def test_a_question_is_taught_with_the_span_that_answers_it(tmp_path: Path) -> None:
    context = (
        "首句" + "说的是别的事情，与问题没有关系" * 6 + "。仓库建于一九八四年，占地三千平方米。"
    )
    asked = [{"question": "仓库是哪一年建的？", "answers": [{"text": "一九八四年"}]}]
    article = {"title": "老仓库", "paragraphs": [{"context": context, "qas": asked}] * 2}
    folder = tmp_path / "DRCD"
    folder.mkdir()
    (folder / "DRCD_dev.json").write_text(json.dumps({"data": [article]}), "utf-8")
    (pairs,) = read_all(QUESTIONS, tmp_path)[0].values()
    assert [pair.left for pair in pairs] == ["仓库是哪一年建的？"] * 2
    assert [pair.right.startswith("老仓库\n") for pair in pairs] == [False, True]
    assert all("一九八四年" in pair.right and "首句" not in pair.right for pair in pairs)
