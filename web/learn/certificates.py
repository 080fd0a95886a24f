"""Certificates: the printable page, and the public page on which anybody verifies one."""

from io import BytesIO

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from kb.learning.certificates import certificate_of, find_certificate, revoke, shown_code
from kb.learning.enrolments import find_enrolment
from kb.learning.models import Enrolment
from kb.permissions import Capability, found
from web.context import now, reader, reading, writing
from web.rights import allows, public

pages = Blueprint("certificates", __name__)


@pages.get("/learn/e/<int(max=2147483647):enrolment_id>/certificate")
@allows(Capability.READ)
def certificate(enrolment_id: int) -> str:
    """A certificate to print, for its holder and those who follow them."""
    enrolment = find_enrolment(reading(), reader(), enrolment_id)
    row = found(certificate_of(reading(), enrolment.id or 0))
    return render_template(
        "learn/certificate.html",
        row=row,
        code=shown_code(row.code),
        address=url_for(".verify", code=row.code, _external=True),
    )


@pages.get("/learn/e/<int(max=2147483647):enrolment_id>/certificate.svg")
@allows(Capability.READ)
def qr_code(enrolment_id: int) -> Response:
    """The address at which the certificate is verified, as a QR code."""
    import segno

    enrolment = find_enrolment(reading(), reader(), enrolment_id)
    row = found(certificate_of(reading(), enrolment.id or 0))
    out = BytesIO()
    address = url_for(".verify", code=row.code, _external=True)
    segno.make(address, error="m").save(out, kind="svg", scale=4, border=2)
    return Response(out.getvalue(), mimetype="image/svg+xml")


@pages.get("/verify/<code>")
@public
def verify(code: str) -> str:
    """What a certificate says, to whoever holds its code; nothing else about the person."""
    row = find_certificate(reading(), code)
    return render_template("learn/verify.html", row=row, code=shown_code(row.code))


@pages.post("/learn/certificates/<code>/revoke")
@allows(Capability.MANAGE)
def take_back(code: str) -> BaseResponse:
    """Declare a certificate of one of one's people invalid."""
    with writing() as db:
        row = find_certificate(db, code)
        enrolment = db.get_one(Enrolment, row.enrolment_id)
        find_enrolment(db, reader(), enrolment.id or 0)
        revoke(db, code, reader().person_id, now())
    flash(gettext("The certificate is no longer valid."))
    return redirect(url_for("learn.person_today", enrolment_id=enrolment.id))
