"""The one family of errors that the domain raises.

Each class words its own message; what a person can do about it is part of the sentence.
``web/errors.py`` maps the classes to HTTP statuses, the command line to exit codes.
"""

from kb.messages import N_, Message


class ShifuError(Exception):
    """Base of every error that is meant to be read by a person."""

    template = N_("Something went wrong.")

    def __init__(self, **params: object) -> None:
        self.message = Message(self.template, params)
        super().__init__(str(self.message))


class NotFoundError(ShifuError):
    """There is no such thing, or the reader may not know that there is."""

    template = N_("This does not exist, or you are not among those who may see it.")


class ForbiddenError(ShifuError):
    """The reader is known, the thing too, but the act is not allowed."""

    template = N_("Your role does not allow this. Ask an administrator if you need it.")


class InvalidError(ShifuError):
    """One or more inputs are wrong. ``fields`` maps a field's name to its message."""

    template = N_("Please check the marked fields. Nothing was saved yet, and nothing is lost.")

    def __init__(self, fields: dict[str, Message] | None = None, **params: object) -> None:
        super().__init__(**params)
        self.fields = fields or {}


class ConflictError(ShifuError):
    """Somebody else changed the same thing in the meantime."""

    template = N_(
        "Somebody saved a newer version while you were editing. Your text is kept below; "
        "compare the two and save again."
    )


class SettingsError(ShifuError):
    """A setting cannot be used as it stands."""

    template = N_("The setting %(name)s cannot be used: %(reason)s")
