"""What can be wrong with an index, each with the way out."""

from kb.errors import ShifuError
from kb.messages import N_


class IndexDamagedError(ShifuError):
    """A file of the index is missing or unreadable."""

    template = N_("The search index is damaged (%(reason)s). Run shifu index build; nothing of the library is lost.")


class OtherModelError(ShifuError):
    """The vectors were made by another model than the one that is set."""

    template = N_("The index was built with %(built)s, but the model is now %(now)s. Run shifu index build to change over.")


class ModelUnavailableError(ShifuError):
    """The embedding model cannot be loaded."""

    template = N_("The language model %(name)s cannot be loaded (%(reason)s). Check SHIFU_MODEL, or set it to off; keyword search goes on.")


class IndexBusyError(ShifuError):
    """Another process is writing the index."""

    template = N_("Another process is writing the index. Wait until it has finished and try again.")
