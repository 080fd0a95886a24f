"""Answers in words: the right one, for pages that come after the attempt and for practice."""

from kb.quizzes.questions import Fill, Match, Multiple, Number, Order, Question, Single, TrueFalse


def right_answer(question: Question) -> list[str]:
    """The right answer, a line each; ``true`` or ``false`` where it is one of these."""
    if isinstance(question, Single | Multiple):
        return [option.text for option in question.options if option.right]
    if isinstance(question, Order):
        return [f"{n}. {text}" for n, text in enumerate(question.items, 1)]
    if isinstance(question, Match):
        return [f"{pair.left} → {pair.right}" for pair in question.pairs]
    if isinstance(question, Fill):
        return [question.accepted[0]]
    if isinstance(question, Number):
        return [f"{question.answer:,.10g} {question.unit}".strip()]
    if isinstance(question, TrueFalse):
        return ["✓" if question.answer else "✗"]
    return []
