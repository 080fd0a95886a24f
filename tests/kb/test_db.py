"""The database keeps what it acknowledged and lets writers wait for each other."""

import threading

from sqlalchemy import text
from sqlmodel import select

from kb.accounts.models import Person


def test_sqlite_is_durable_and_checks_its_keys(database):
    with database.read() as db:
        pragma = {
            n: db.exec(text(f"PRAGMA {n}")).scalar()
            for n in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragma == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_concurrent_writers_lose_nothing(database):
    def add_one() -> None:
        for _ in range(10):
            with database.write() as db:
                person = db.exec(select(Person).where(Person.login == "chen.liang")).one()
                person.phone = str(int(person.phone or 0) + 1)
                db.add(person)

    threads = [threading.Thread(target=add_one) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.read() as db:
        assert db.exec(select(Person.phone).where(Person.login == "chen.liang")).one() == "80"


def test_an_error_in_a_write_leaves_nothing(database):
    try:
        with database.write() as db:
            person = db.exec(select(Person).where(Person.login == "chen.liang")).one()
            person.name = "改了"
            db.add(person)
            db.flush()
            raise ValueError
    except ValueError:
        pass
    with database.read() as db:
        assert db.exec(select(Person.name).where(Person.login == "chen.liang")).one() == "陈亮"
