"""The audit log: who changed what and when."""

from flask import Blueprint, render_template, request
from flask_babel import lazy_gettext

from kb import audit
from kb.permissions import Capability
from web.context import reading
from web.rights import allows

pages = Blueprint("admin_audit", __name__, url_prefix="/admin/audit")
LARGEST_ID = 2**63  # what a database can compare with
ACTIONS = {
    "sign_in": lazy_gettext("Signed in"),
    "sign_out": lazy_gettext("Signed out"),
    "set_password": lazy_gettext("Set a password"),
    "reset_password": lazy_gettext("Reset a password"),
    "make_reset_link": lazy_gettext("Made a reset link"),
    "create_person": lazy_gettext("Added a person"),
    "update_person": lazy_gettext("Changed a person"),
    "activate": lazy_gettext("Activated an account"),
    "deactivate": lazy_gettext("Deactivated an account"),
    "save_team": lazy_gettext("Saved a team"),
    "save_article_file": lazy_gettext("Imported an article"),
    "save_article_web": lazy_gettext("Saved an article"),
    "save_article_restore": lazy_gettext("Restored an article"),
    "import_content": lazy_gettext("Imported the library"),
    "remove_demo": lazy_gettext("Removed the demo company"),
    "save_synonyms": lazy_gettext("Saved synonyms"),
    "remove_synonyms": lazy_gettext("Removed synonyms"),
    "save_team_words": lazy_gettext("Saved the team's words"),
    "import_team_words": lazy_gettext("Imported the team's words"),
    "autosave": lazy_gettext("Autosaved a draft"),
    "discard_draft": lazy_gettext("Discarded a draft"),
    "add_favourite": lazy_gettext("Added a favourite"),
    "remove_favourite": lazy_gettext("Removed a favourite"),
    "ask": lazy_gettext("Asked a question"),
    "pin_answer": lazy_gettext("Pinned a right answer"),
    "unpin_answer": lazy_gettext("Unpinned a right answer"),
    "golden_out": lazy_gettext("Took out a golden query"),
    "golden_back": lazy_gettext("Brought back a golden query"),
    "golden_measure": lazy_gettext("Had search measured"),
    "set_lang": lazy_gettext("Chose a language"),
    "set_theme": lazy_gettext("Chose an appearance"),
}


@pages.get("")
@allows(Capability.ADMINISTER)
def entries() -> str:
    """One page of the log, newest first."""
    action, login = request.args.get("action", ""), request.args.get("person", "").strip().lower()
    before = request.args.get("before", type=int)
    if before is not None and not 0 < before < LARGEST_ID:
        before = None  # no address of ours; the newest entries are the best answer
    page = audit.read(reading(), before=before, action=action, login=login)
    return render_template(
        "admin/audit.html",
        page=page, action=action, login=login, actions=audit.actions(reading()), names=ACTIONS,
    )  # fmt: skip
