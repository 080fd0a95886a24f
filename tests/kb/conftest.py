"""A new hire on the sample's path: Zhou Xiaoyu, whose mentor is Lin Yue and manager Zhao Lan."""

from collections.abc import Callable
from datetime import date

import pytest

from kb.learning.enrolments import EnrolForm, enrol
from kb.learning.models import Enrolment
from kb.learning.moment import Moment
from kb.learning.path_store import find_path

START = date(2026, 12, 1)  # a Tuesday; the movable clock's day


@pytest.fixture
def moment(clock) -> Callable[[], Moment]:
    return lambda: Moment.of(clock.now(), "Asia/Shanghai")


@pytest.fixture
def enrolled(library, reader, person, moment) -> Enrolment:
    form = EnrolForm((person("zhou.xiaoyu").id,), START, person("lin.yue").id, "winter")
    with library.write() as db:
        enrol(db, reader("zhao.lan"), find_path(db, "first-week"), form, moment())
    with library.read() as db:
        from sqlmodel import select

        return db.exec(select(Enrolment)).one()
