"""What can go wrong with an index, each in a sentence that says what to do about it."""

from kb.errors import ShifuError
from kb.messages import N_


class IndexDamagedError(ShifuError):
    """A part of the current generation is missing or cannot be read."""

    template = N_(
        "The search index is damaged (%(part)s). Nothing of the library is lost: "
        "run “shifu index build” to make a new one."
    )


class IndexOutdatedError(ShifuError):
    """The index was made with another model, segmenter or format than the one in use."""

    template = N_(
        "The search index was made with another %(part)s (%(found)s, now %(expected)s). "
        "Run “shifu index build” to make a new one."
    )


class IndexBusyError(ShifuError):
    """Another process is writing the index."""

    template = N_("Another process is updating the search index. Try again when it has finished.")


class VectorsError(ShifuError):
    """Vectors do not fit the index."""

    template = N_(
        "The vectors do not fit the index: it holds %(expected)s numbers each, "
        "these have %(found)s."
    )


class ModelError(ShifuError):
    """The embedding model cannot be used."""

    template = N_(
        "The model %(name)s cannot be used: %(reason)s. Search by keyword goes on; "
        "check SHIFU_MODEL or set it to off."
    )


class EvaluationInputError(ShifuError):
    """A line of an evaluation file is not what it should be."""

    template = N_("%(file)s, line %(line)s: expected %(expected)s fields separated by tabs.")
