"""The outer wall: who gets to a view, and the headers that every answer carries."""

from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, redirect, request, url_for
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as BaseResponse

from kb.errors import ForbiddenError
from kb.permissions import Capability
from kb.settings import Settings
from web.context import current_reader, services
from web.rights import PUBLIC, SIGNED_IN, right_of, takes_large_uploads

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; media-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# Pictures come from authors and imports; an SVG opened by itself must not run anything either.
PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
MAX_FORM_BYTES = 2 * 1024 * 1024  # of what is typed; files have SHIFU_MAX_UPLOAD_MB
URLENCODED = "application/x-www-form-urlencoded"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


def protect(app: Flask, settings: Settings) -> None:
    """Set up cookies, limits, CSRF, the gate and the headers."""
    app.config.update(
        SECRET_KEY=settings.signing_key,
        SESSION_COOKIE_NAME="shifu",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        PERMANENT_SESSION_LIFETIME=settings.session_days * 86_400,
        MAX_CONTENT_LENGTH=settings.max_upload_mb * 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=MAX_FORM_BYTES,
        MAX_FORM_PARTS=2_000,
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session; an open editor must be able to save
        WTF_CSRF_SSL_STRICT=settings.https,
    )
    app.before_request(_allow_large_upload)  # before CSRF protection, which reads the form
    CSRFProtect(app)
    if settings.trusted_proxies:
        n = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    app.before_request(_gate)
    app.after_request(_add_headers)


def _allow_large_upload() -> None:
    """A video may be larger than other requests, for somebody who may upload one."""
    if not takes_large_uploads(current_app, request.endpoint):
        return
    reader, right = current_reader(), right_of(current_app, request.endpoint)
    if (
        reader is not None
        and not reader.must_change_password
        and reader.may(Capability(right or ""))
    ):
        request.max_content_length = services().settings.largest_body


def _gate() -> BaseResponse | None:
    """Let through whom the view's mark allows; everyone else is told what to do."""
    # Werkzeug's own limit on form memory does not count urlencoded bodies.
    if request.mimetype == URLENCODED and (request.content_length or 0) > MAX_FORM_BYTES:
        abort(413)
    if request.endpoint is None:
        return None  # no such page; the error handler answers
    right = right_of(current_app, request.endpoint)
    if right == PUBLIC:
        return None
    reader = current_reader()
    if reader is None:
        if request.method != "GET" or wants_json():
            abort(401)
        return redirect(url_for("account.sign_in", next=request.full_path.rstrip("?")))
    if right == SIGNED_IN:
        return None
    if reader.must_change_password:
        if wants_json():
            abort(403)
        return redirect(url_for("account.password"))
    if not reader.may(Capability(right or "")):
        raise ForbiddenError
    return None


def wants_json() -> bool:
    """Whether the answer goes to a script rather than to a page."""
    return request.path.startswith("/api/")


def _add_headers(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if not (request.endpoint or "").endswith("static"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def safe_next(target: str | None) -> str:
    """A path on this site to go on to; anything else becomes the home page."""
    if not target or "\\" in target or any(ord(char) < 32 for char in target):
        return "/"
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or not target.startswith("/") or target.startswith("//"):
        return "/"
    return target
