"""Errors to answers: one table from type to status, one page and one JSON form for all."""

import logging

from flask import Flask, jsonify, render_template
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from kb.accounts.people import LastAdminError, ResetLinkError
from kb.accounts.sign_in import TooManyAttemptsError, WrongPasswordError
from kb.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, ShifuError
from kb.learning.completion import AcceptedAlreadyError, EnrolmentEndedError, StepLockedError
from kb.messages import N_, Message
from kb.quizzes.attempts import NoAttemptsLeftError, WaitingForMentorError
from kb.scenarios.playing import MovedOnError
from web.i18n import translate
from web.security import wants_json

log = logging.getLogger(__name__)

STATUS: dict[type[ShifuError], int] = {
    NotFoundError: 404,
    ForbiddenError: 403,
    InvalidError: 422,
    ConflictError: 409,
    WrongPasswordError: 401,
    TooManyAttemptsError: 429,
    ResetLinkError: 410,
    LastAdminError: 409,
    StepLockedError: 409,
    EnrolmentEndedError: 409,
    AcceptedAlreadyError: 409,
    WaitingForMentorError: 409,
    NoAttemptsLeftError: 409,
    MovedOnError: 409,
}
_SENTENCES = {
    400: N_("The address or the form is not complete. Go back, check it and try again."),
    401: N_("You are signed out. Sign in again; what you typed is kept on the page."),
    403: N_("Your role does not allow this. Ask an administrator if you need it."),
    404: N_("This does not exist, or you are not among those who may see it."),
    405: N_("This address cannot be used in this way. Go back and use the button on the page."),
    413: N_("That is too large to send. Split it or attach a smaller file."),
}
_CSRF = N_("This page was open for too long or in another tab. Reload it and send again.")
_UNEXPECTED = N_("Something broke on our side. It is written to the log; try again in a moment.")


def status_of(error: ShifuError) -> int:
    """The HTTP status of a domain error; 422 for those without a line of their own."""
    return next((STATUS[kind] for kind in type(error).__mro__ if kind in STATUS), 422)


def handle_errors(app: Flask) -> None:
    """Answer every error with a sentence, never with a traceback."""

    @app.errorhandler(ShifuError)
    def domain_error(error: ShifuError) -> tuple[str | BaseResponse, int]:
        return _answer(error.message, status_of(error))

    @app.errorhandler(CSRFError)
    def csrf_error(_error: CSRFError) -> tuple[str | BaseResponse, int]:
        return _answer(Message(_CSRF), 400)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> tuple[str | BaseResponse, int] | HTTPException:
        status = error.code or 500
        if status < 400:
            return error
        return _answer(Message(_SENTENCES.get(status, _SENTENCES[400])), status)

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> tuple[str | BaseResponse, int]:
        log.error("unexpected error", exc_info=error)
        return _answer(Message(_UNEXPECTED), 500)


def _answer(message: Message, status: int) -> tuple[str | BaseResponse, int]:
    sentence = translate(message)
    if wants_json():
        return jsonify(error=sentence), status
    title = gettext("Not found") if status == 404 else gettext("That did not work")
    return render_template("error.html", title=title, sentence=sentence, status=status), status
