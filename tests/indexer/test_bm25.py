import numpy as np

from indexer import bm25


def term(**by_field: list[tuple[int, int]]) -> bm25.Postings:
    return bm25.Postings(
        {
            name: (
                np.array([d for d, _ in rows], np.int32),
                np.array([c for _, c in rows], np.float32),
            )
            for name, rows in by_field.items()
        }
    )


def test_a_rare_term_weighs_more_than_a_common_one() -> None:
    assert bm25.idf(1000, 1) > bm25.idf(1000, 100) > bm25.idf(1000, 1000) >= 0


def test_no_score_reaches_the_upper_bound() -> None:
    found = bm25.impact(term(body=[(0, 500)], context=[(0, 9), (1, 1)]), 10, np.ones(2, np.float32))
    assert found.docs.tolist() == [0, 1]
    assert (found.scores < found.most).all()


def test_titles_and_customers_words_weigh_more_than_prose() -> None:
    found = bm25.impact(
        term(title=[(0, 1)], customer=[(1, 1)], body=[(2, 1)]), 10, np.ones(3, np.float32)
    )
    assert found.scores[0] == found.scores[1] > found.scores[2]


def test_a_title_above_many_passages_does_not_make_its_words_common() -> None:
    above = bm25.impact(
        term(title=[(0, 1)], context=[(n, 1) for n in range(1, 50)]), 100, np.ones(50, np.float32)
    )
    assert above.most == bm25.impact(term(title=[(0, 1)]), 100, np.ones(50, np.float32)).most


def test_a_field_is_long_compared_with_passages_that_have_it() -> None:
    norms = bm25.length_norms(np.array([10, 300, 600], np.float32), np.array([0, 3, 3], np.uint8))
    assert norms[0] == 1.0
    assert norms[1] < 1.0 < norms[2]


def test_an_unknown_term_counts_as_the_rarest() -> None:
    unknown = bm25.impact(bm25.Postings({}), 100, np.ones(0, np.float32))
    assert unknown.most > bm25.impact(term(body=[(0, 1)]), 100, np.ones(1, np.float32)).most
