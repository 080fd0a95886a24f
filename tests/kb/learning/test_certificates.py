"""Certificates: one for each completed path, verified by anybody with the code, revocable."""

import pytest
from sqlmodel import select

from kb.errors import NotFoundError
from kb.learning.certificates import (
    Certificate,
    certificate_of,
    find_certificate,
    revoke,
    shown_code,
)
from kb.learning.completion import record_done, standing_of
from kb.learning.models import Enrolment


@pytest.fixture
def completed(library, enrolled, moment):
    with library.write() as db:
        row = db.get_one(Enrolment, enrolled.id)
        for _ in range(2):  # the second round changes nothing
            for view in standing_of(db, row, moment()).counted:
                record_done(db, standing_of(db, row, moment()), view.step, moment(), score=90)
    return enrolled


def test_completing_a_path_gives_one_certificate_with_what_was_true_then(library, completed):
    with library.read() as db:
        (row,) = db.exec(select(Certificate)).all()
    assert (row.name, row.title_zh, row.steps, row.mean_score) == ("周晓雨", "第一周", 4, 90)
    assert len(row.code) == 12


def test_a_code_is_found_however_it_is_typed_and_a_wrong_one_is_not(library, completed):
    with library.read() as db:
        code = certificate_of(db, completed.id).code
        assert find_certificate(db, f" {shown_code(code).lower()} ").code == code
        for wrong in ("", "A", code[:-1], "-" * 500):
            with pytest.raises(NotFoundError):
                find_certificate(db, wrong)


def test_anybody_verifies_and_sees_when_it_was_revoked(
    client_as, app, library, completed, person, clock
):
    page = client_as("zhou.xiaoyu").get("/learn").text
    assert "Your certificate" in page
    shown = client_as("zhou.xiaoyu").get(f"/learn/e/{completed.id}/certificate").text
    with library.read() as db:
        code = certificate_of(db, completed.id).code
    assert shown_code(code) in shown
    picture = client_as("zhou.xiaoyu").get(f"/learn/e/{completed.id}/certificate.svg")
    assert picture.mimetype == "image/svg+xml"
    assert b"<script" not in picture.data
    public = app.test_client().get(f"/verify/{shown_code(code)}", headers={"Accept-Language": "en"})
    assert "Valid" in public.text
    assert "周晓雨" in public.text
    assert client_as("chen.liang").get(f"/learn/e/{completed.id}/certificate").status_code == 404
    assert client_as("lin.yue").post(f"/learn/certificates/{code}/revoke").status_code == 403
    client_as("zhao.lan").post(f"/learn/certificates/{code}/revoke")
    public = app.test_client().get(f"/verify/{code}", headers={"Accept-Language": "en"})
    assert "No longer valid" in public.text
    with library.write() as db:
        first = find_certificate(db, code).revoked_at
        clock.move(days=1)
        assert revoke(db, code, person("zhao.lan").id, clock.now()).revoked_at == first
