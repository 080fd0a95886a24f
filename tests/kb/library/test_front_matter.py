"""Front matter: faults name line, key and remedy; the canonical form is stable."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.library.content_folder import read_content
from kb.library.front_matter import parse, serialise
from tests.conftest import SAMPLE

CARD = (SAMPLE / "objection_card/price-too-high.zh.md").read_text("utf-8")


def faults(text: str) -> list[tuple[int, str, str]]:
    document, problems = parse(text)
    assert document is None
    return [(p.line, p.key, str(p.message)) for p in problems]


def test_a_sound_article_is_read():
    document, problems = parse(CARD)
    assert problems == []
    assert document and document.meta.title == "嫌报价高"
    assert document.body.startswith("## 什么时候用")


def test_an_unknown_key_is_named_with_the_likely_one():
    (fault,) = faults(CARD.replace("title:", "titel: x\ntitle:", 1))
    assert fault == (5, "titel", "is not a key of this kind; did you mean title?")


def test_all_faults_are_told_at_once():
    text = CARD.replace("verify_by: 2027-05-31", "verify_by: soon").replace(
        "tier: [A, B]", "tier: [Z]"
    )
    assert [(line, key) for line, key, _ in faults(text)] == [(9, "tier.0"), (13, "verify_by")]


def test_too_few_phrasings_are_counted():
    text = CARD.replace("  - 这个价格老板肯定不批\n", "")
    assert ("customer_says", "has 2 entries; give at least 3") in [
        (k, m) for _, k, m in faults(text)
    ]


def test_a_slot_that_does_not_exist_would_reach_a_customer_and_is_a_fault():
    ((line, key, message),) = faults(CARD.replace("{客户名}", "{客户}"))
    assert key == "response"
    assert message.startswith("{客户} is not a known slot")
    assert "{客户}" not in CARD
    assert line == CARD.splitlines().index("response: |-") + 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has no front matter"),
        ("---\n---\n", "front matter is empty"),
        ("---\n- a\n---\n", "not a list of keys"),
        ("---\na: [\n---\n", "is not valid YAML"),
        ("---\na: &x 1\nb: *x\n---\n", "aliases"),
        ("\ufeff" + CARD, "byte order mark"),
        (CARD.replace("kind: objection_card", "kind: poem"), "must be one of objection_card"),
        (CARD.replace("lang: zh", "lang: zh\nlang: en"), "stands twice"),
    ],
)
def test_a_broken_file_gets_a_sentence(text, words):
    assert any(words in message for _, _, message in faults(text))


@pytest.mark.parametrize("file", read_content(SAMPLE).files, ids=lambda file: file.path)
def test_the_sample_is_canonical(file):
    assert serialise(file.document) == file.source


@given(st.text(max_size=300))
def test_no_text_at_all_breaks_the_reader(text):
    parse(text)
    parse(f"---\n{text}\n---\n")


@given(
    title=st.text(min_size=1, max_size=80).filter(lambda t: t.strip() and t.isprintable()),
    body=st.text(alphabet=st.characters(exclude_categories=("Cc", "Cs")), max_size=200),
)
def test_what_is_written_is_read_back(title, body):
    document, _ = parse(CARD)
    assert document
    changed = type(document)(document.meta.model_copy(update={"title": title.strip()}), body)
    again, problems = parse(serialise(changed))
    assert problems == []
    assert again
    assert again.meta == changed.meta
    assert serialise(again) == serialise(changed)
