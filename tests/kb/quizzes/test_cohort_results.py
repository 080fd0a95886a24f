"""How a group did: best marks, attempts and days until the first pass."""

from datetime import date, timedelta

import pytest

from kb.quizzes.cohort_results import cohort_results
from kb.quizzes.models import Attempt


@pytest.fixture
def attempts(library, person, clock):
    first, second = person("zhou.xiaoyu").id, person("he.zixuan").id
    rows = [(first, 40, "failed", 0), (first, 90, "passed", 2), (first, 70, "failed", 3),
            (second, 60, "failed", 1), (second, None, "", 1)]  # fmt: skip
    with library.write() as db:
        for person_id, mark, verdict, days in rows:
            at = clock.now() + timedelta(days=days)
            db.add(
                Attempt(
                    quiz_slug="basics", person_id=person_id, lang="zh", pass_mark=80,
                    started_at=at, submitted_at=at if verdict else None, mark=mark, verdict=verdict,
                )
            )  # fmt: skip
    return first, second


def test_the_best_mark_and_the_way_to_the_first_pass_count(library, attempts):
    starts = dict.fromkeys(attempts, date(2026, 12, 1))
    with library.read() as db:
        found = cohort_results(db, starts, {"basics", "free-talk"}, "Asia/Shanghai")
        alone = cohort_results(db, {attempts[1]: date(2026, 12, 1)}, {"basics"}, "Asia/Shanghai")
    assert list(found) == ["basics"]
    result = found["basics"]
    assert (result.taken, result.passed, result.mean_mark) == (2, 1, 75)
    assert (result.attempts_to_pass, result.days_to_pass) == (2, 3)
    assert (alone["basics"].passed, alone["basics"].attempts_to_pass) == (0, None)
