"""Builds the Flask application and wires the domain's ports."""

from flask import Flask, request
from flask_bootstrap import Bootstrap5

from kb.ports import SystemClock
from web import account, admin, home, learn, library, media, practice, quizzes, scenarios, search
from web.context import Services, close_reading
from web.errors import handle_errors
from web.i18n import set_up_languages
from web.rights import route_table
from web.security import protect
from web.templating import set_up_templates

__all__ = ["Services", "SystemClock", "create_app"]


def create_app(services: Services) -> Flask:
    """The application on given services. Raises UndeclaredRouteError for a route without rights."""
    app = Flask(__name__)
    app.extensions["shifu"] = services
    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    Bootstrap5(app)
    set_up_languages(app)
    set_up_templates(app)
    protect(app, services.settings)
    handle_errors(app)
    app.teardown_appcontext(close_reading)
    app.teardown_request(lambda _error: request.close())  # temporary files of uploads
    rooms = (home, search, library, media, learn, quizzes, practice, scenarios, account, admin)
    for room in rooms:
        for blueprint in room.blueprints():
            app.register_blueprint(blueprint)
    route_table(app)
    return app
