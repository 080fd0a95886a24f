"""The people of the demo: one for each role, in the teams of the invented company."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, select

from kb.accounts.models import Person
from kb.accounts.people import PersonForm, create_person, save_team
from kb.library.vocabulary import Role

TEAMS = {
    "east-1": "华东一组",
    "east-2": "华东二组",
    "key-accounts": "大客户组",
    "sales-ops": "销售运营",
}
_PEOPLE = (
    ("zhou.xiaoyu", "周晓雨", {Role.NEW_HIRE}, ("east-1",)),
    ("he.zixuan", "何子轩", {Role.NEW_HIRE}, ("east-2",)),
    ("chen.liang", "陈亮", {Role.REP}, ("east-1",)),
    ("wang.ke", "王珂", {Role.REP}, ("key-accounts",)),
    ("lin.yue", "林悦", {Role.REP, Role.MENTOR}, ("east-1",)),
    ("gu.heng", "顾衡", {Role.MENTOR}, ("east-2",)),
    ("zhao.lan", "赵岚", {Role.MANAGER}, ("east-1", "east-2")),
    ("sun.ning", "孙宁", {Role.ADMIN}, ("sales-ops",)),
)


@dataclass(frozen=True)
class NewAccount:
    """A fresh account and the password that works until the first sign-in."""

    login: str
    name: str
    roles: tuple[str, ...]
    password: str


def add_demo_people(session: Session, now: datetime) -> list[NewAccount]:
    """Add the demo people that are not there yet; returns only these."""
    for code, name in TEAMS.items():
        save_team(session, code, name, None, now)
    accounts = []
    for login, name, roles, teams in _PEOPLE:
        if session.exec(select(Person.id).where(Person.login == login)).first() is None:
            form = PersonForm(login, name, roles=frozenset(roles), teams=frozenset(teams))
            _, password = create_person(session, form, None, now, demo=True)
            accounts.append(NewAccount(login, name, tuple(sorted(roles)), password))
    return accounts
