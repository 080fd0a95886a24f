"""A quiz's form: what is shown, what was typed. It speaks of places on the page only.

The numbers of options, items and rights as the question is written never reach the browser: for
items and pairs they would be the answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kb.quizzes.attempts import MAX_ANSWER, AskedItem
from kb.quizzes.grading import Answer
from kb.quizzes.questions import Match, Multiple, Order, Single


@dataclass(frozen=True)
class ShownItem:
    """A question as its form shows it. ``chosen`` are places; -1 or 0: nothing chosen."""

    position: int
    type: str
    prompt: str
    options: tuple[str, ...] = ()
    lefts: tuple[str, ...] = ()
    unit: str = ""
    chosen: tuple[int, ...] = ()
    text: str = ""
    name: str = field(default="")


def shown_item(item: AskedItem, answer: Answer | None = None) -> ShownItem:
    """What of an item goes to the page, with what was kept or typed for it."""
    question, order = item.question, item.shown
    kept = item.answer if answer is None else answer
    base = {
        "position": item.row.position,
        "type": str(question.type),
        "prompt": question.prompt,
        "name": f"a{item.row.position}",
    }
    if isinstance(question, Single | Multiple):
        texts = tuple(question.options[n].text for n in order)
        chosen = tuple(order.index(n) for n in kept) if isinstance(kept, list) else ()
        return ShownItem(**base, options=texts, chosen=chosen)
    if isinstance(question, Order):
        places = kept if isinstance(kept, list) and kept else [0] * len(order)
        texts = tuple(question.items[n] for n in order)
        return ShownItem(**base, options=texts, chosen=tuple(places[n] for n in order))
    if isinstance(question, Match):
        rights = question.rights
        chosen_rights = kept if isinstance(kept, list) and kept else [-1] * len(question.pairs)
        return ShownItem(
            **base,
            options=tuple(rights[n] for n in order),
            lefts=tuple(pair.left for pair in question.pairs),
            chosen=tuple(order.index(n) if n >= 0 else -1 for n in chosen_rights),
        )
    text = kept if isinstance(kept, str) else ""
    return ShownItem(**base, unit=getattr(question, "unit", ""), text=text)


def answers_typed(items: Sequence[AskedItem], form: Mapping[str, list[str]]) -> dict[int, Answer]:
    """What a form holds, for each question of the attempt."""
    return {item.row.position: _typed(item, form) for item in items}


def _typed(item: AskedItem, form: Mapping[str, list[str]]) -> Answer:
    name, question, order = f"a{item.row.position}", item.question, item.shown
    if isinstance(question, Single | Multiple):
        places = [_place(value, len(order)) for value in form.get(name, [])]
        return sorted({order[at] for at in places if at is not None})
    if isinstance(question, Order):
        given = [0] * len(order)
        for at, number in enumerate(order):
            place = _place((form.get(f"{name}.{at}") or [""])[0], len(order) + 1)
            given[number] = place or 0
        return given if any(given) else []
    if isinstance(question, Match):
        return _typed_match(question, order, name, form)
    return (form.get(name) or [""])[0].replace("\r\n", "\n")[:MAX_ANSWER]


def _typed_match(
    question: Match, order: Sequence[int], name: str, form: Mapping[str, list[str]]
) -> list[int]:
    chosen = []
    for left in range(len(question.pairs)):
        at = _place((form.get(f"{name}.{left}") or [""])[0], len(order))
        chosen.append(-1 if at is None else order[at])
    return chosen if any(number >= 0 for number in chosen) else []


def _place(text: str, count: int) -> int | None:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else count
    return number if number < count else None


def given_answer(item: AskedItem) -> list[str]:
    """What was answered, in words, a line each."""
    question, kept = item.question, item.answer
    if isinstance(kept, str):
        return [kept] if kept and question.type != "true_false" else []
    if not kept:
        return []
    if isinstance(question, Single | Multiple):
        return [question.options[n].text for n in kept]
    if isinstance(question, Order):
        places = sorted((place, question.items[n]) for n, place in enumerate(kept) if place)
        return [f"{place}. {text}" for place, text in places]
    if isinstance(question, Match):
        rights = question.rights
        return [
            f"{pair.left} → {rights[n] if n >= 0 else '–'}"
            for pair, n in zip(question.pairs, kept, strict=True)
        ]
    return []


def why_wrong(item: AskedItem) -> list[str]:
    """What is said to each wrong option that was chosen."""
    question, kept = item.question, item.answer
    if isinstance(question, Single | Multiple) and isinstance(kept, list):
        chosen = [question.options[n] for n in kept]
        return [option.why for option in chosen if option.why and not option.right]
    return []
