"""Languages: choosing one per request, translating messages, naming the words of the library."""

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Flask, has_request_context, request, session
from flask_babel import Babel, get_locale, gettext, lazy_gettext

from kb.learning.path_file import BilingualLine
from kb.messages import Message
from web.context import current_reader, services

LANGUAGES = {"zh": "中文", "en": "English"}

KINDS = {
    "objection_card": lazy_gettext("Objection card"),
    "talk_track": lazy_gettext("Talk track"),
    "playbook": lazy_gettext("Playbook"),
    "faq": lazy_gettext("FAQ"),
    "lesson": lazy_gettext("Lesson"),
    "case_review": lazy_gettext("Case review"),
    "competitor_brief": lazy_gettext("Competitor brief"),
    "video": lazy_gettext("Video"),
}
STAGES = {
    "lead": lazy_gettext("Lead"),
    "discovery": lazy_gettext("Discovery"),
    "proposal": lazy_gettext("Proposal"),
    "negotiation": lazy_gettext("Negotiation"),
    "signing": lazy_gettext("Signing & delivery"),
    "care": lazy_gettext("After-sales care"),
}
ROLES = {
    "new_hire": lazy_gettext("New hire"),
    "rep": lazy_gettext("Rep"),
    "mentor": lazy_gettext("Mentor"),
    "manager": lazy_gettext("Manager"),
    "admin": lazy_gettext("Administrator"),
}
STATUSES = {
    "draft": lazy_gettext("Draft"),
    "published": lazy_gettext("Published"),
    "archived": lazy_gettext("Archived"),
}
CHANNELS = {
    "phone": lazy_gettext("Phone"),
    "wechat": lazy_gettext("WeChat"),
    "visit": lazy_gettext("Visit"),
    "meeting": lazy_gettext("Meeting"),
    "demo": lazy_gettext("Demonstration"),
    "email": lazy_gettext("E-mail"),
}
FACETS = {
    "kind": lazy_gettext("Kind"),
    "stage": lazy_gettext("Sales stage"),
    "tier": lazy_gettext("Customer tier"),
    "product": lazy_gettext("Product line"),
    "tag": lazy_gettext("Tag"),
    "lang": lazy_gettext("Language"),
    "status": lazy_gettext("Status"),
}
REASONS = {
    "title": lazy_gettext("Title"),
    "customer": lazy_gettext("Customer's words"),
    "keyword": lazy_gettext("Keyword"),
    "tag": lazy_gettext("Tag"),
    "meaning": lazy_gettext("Meaning"),
    "synonym": lazy_gettext("Team synonym"),
    "pinyin": lazy_gettext("Pinyin"),
    "traditional": lazy_gettext("Traditional characters"),
    "full_width": lazy_gettext("Full-width letters"),
    "spelling": lazy_gettext("Spelling"),
}
TIERS = {
    "A": lazy_gettext("A core"),
    "B": lazy_gettext("B potential"),
    "C": lazy_gettext("C maintained"),
}
STEP_TYPES = {
    "read": lazy_gettext("Read"),
    "watch": lazy_gettext("Watch"),
    "quiz": lazy_gettext("Quiz"),
    "practise": lazy_gettext("Practise"),
    "role_play": lazy_gettext("Role-play"),
    "field_task": lazy_gettext("Field task"),
    "sign_off": lazy_gettext("Sign-off"),
}
STEP_STATES = {
    "done": lazy_gettext("done"),
    "waiting": lazy_gettext("with the mentor"),
    "returned": lazy_gettext("to be mended"),
    "open": lazy_gettext("open"),
    "locked": lazy_gettext("not yet open"),
    "missing": lazy_gettext("no longer there"),
}
QUESTION_TYPES = {
    "single": lazy_gettext("Single choice"),
    "multiple": lazy_gettext("Multiple choice"),
    "true_false": lazy_gettext("True or false"),
    "fill": lazy_gettext("Fill in"),
    "number": lazy_gettext("Number"),
    "order": lazy_gettext("Order"),
    "match": lazy_gettext("Match"),
    "free": lazy_gettext("Free answer"),
}
VERDICTS = {
    "passed": lazy_gettext("passed"),
    "failed": lazy_gettext("not passed"),
    "waiting": lazy_gettext("with the mentor"),
}
SCOPES = {"general": lazy_gettext("General craft"), "demo": lazy_gettext("Demo company")}


def set_up_languages(app: Flask) -> None:
    """Choose a locale for each request and give templates the words they need."""
    Babel(app, locale_selector=_choose, default_translation_directories="translations")
    app.add_template_filter(translate, "sentence")
    app.add_template_filter(local_time, "local_time")
    app.add_template_filter(local_day, "local_day")
    app.add_template_global(language, "language")
    app.jinja_env.globals.update(
        LANGUAGES=LANGUAGES, KINDS=KINDS, STAGES=STAGES, ROLES=ROLES, STATUSES=STATUSES,
        CHANNELS=CHANNELS, FACETS=FACETS, REASONS=REASONS, TIERS=TIERS, SCOPES=SCOPES,
        STEP_TYPES=STEP_TYPES, STEP_STATES=STEP_STATES, VERDICTS=VERDICTS,
        QUESTION_TYPES=QUESTION_TYPES,
    )  # fmt: skip


def language() -> str:
    """The language of this page, ``zh`` or ``en``."""
    locale = get_locale()
    return "en" if locale and locale.language == "en" else "zh"


def _choose() -> str:
    if not has_request_context():
        return "zh"
    reader = current_reader()
    chosen = session.get("lang") or (reader.lang if reader else "")
    if chosen in LANGUAGES:
        return str(chosen)
    default = services().settings.lang
    return request.accept_languages.best_match(list(LANGUAGES), default) or default


def translate(message: Message) -> str:
    """A message in the language of the request."""
    if not message.params:
        return str(gettext(message.template))
    params = {name: _param(value) for name, value in message.params.items()}
    return str(gettext(message.template, **params))


def _param(value: object) -> object:
    if isinstance(value, BilingualLine):
        return value.in_language(language())
    return translate(value) if isinstance(value, Message) else value


def local_time(moment: datetime) -> str:
    """A UTC time in the site's zone: 2027-03-31 14:05."""
    return moment.astimezone(ZoneInfo(services().settings.time_zone)).strftime("%Y-%m-%d %H:%M")


def local_day(moment: datetime) -> str:
    """A UTC time's day in the site's zone: 2027-03-31."""
    return local_time(moment)[:10]
