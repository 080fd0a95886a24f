"""The file ``synonyms.yaml``: what people type, what the library calls it, words that stay whole.

Every rule for a phrase, a target and a word stands here; the page that edits them has no others.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

import yaml

from kb.library.faults import Problem
from kb.messages import N_, Message

FILE_NAME = "synonyms.yaml"
MAX_PHRASE = 40  # characters of a phrase and of a target
MAX_WORD = 20
MAX_PHRASES = 60  # of one target
SEPARATORS = ",，、;；\n"  # between phrases where they are typed into one field
_HEADER = (
    "# What people type and what the library calls it; words that stay whole. See README.md.\n"
)
_FIRST_CHINESE = "\u2e80"  # below it are no characters that are cut into words
# 发个 PPT and 发个PPT are one; a space between two Chinese words may mean something.
_BESIDE_CHINESE = re.compile(r"(?<=[\u2e80-\uffff]) (?=[!-~])|(?<=[!-~]) (?=[\u2e80-\uffff])")


@dataclass(frozen=True)
class Synonyms:
    """Phrases, normalised, and the one target that is searched for beside them."""

    target: str
    phrases: tuple[str, ...]


@dataclass(frozen=True)
class TeamWords:
    """All that the file says."""

    synonyms: tuple[Synonyms, ...] = ()
    words: tuple[str, ...] = ()


def normalised(text: str) -> str:
    """The form in which phrases and queries meet: width, case, spaces and apostrophes are one."""
    text = tidy(unicodedata.normalize("NFKC", text).lower().replace("’", "'"))
    return _BESIDE_CHINESE.sub("", text)


def tidy(text: str) -> str:
    """Printable characters with single spaces between them."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def phrase_fault(phrase: str, target: str = "") -> Message | None:
    """What is wrong with a normalised phrase that leads to ``target``."""
    if sum(char.isalnum() for char in phrase) < 2:
        return Message(N_("%(text)s is too short; write at least two characters"), {"text": phrase})
    if len(phrase) > MAX_PHRASE:
        return _too_long(phrase, MAX_PHRASE)
    if any(sign in phrase for sign in SEPARATORS):
        return Message(N_("%(text)s holds a comma; make it several phrases"), {"text": phrase})
    if phrase == normalised(target):
        return Message(
            N_("%(text)s is the target itself; leave it out of the phrases"), {"text": phrase}
        )
    return None


def target_fault(target: str) -> Message | None:
    """What is wrong with a target."""
    if not any(char.isalnum() for char in target):
        return Message(N_("is empty; write the word that the library uses"))
    if len(target) > MAX_PHRASE:
        return _too_long(target, MAX_PHRASE)
    return None


def word_fault(word: str) -> Message | None:
    """What is wrong with a normalised word of the team."""
    if sum(char.isalnum() for char in word) < 2:
        return Message(N_("%(text)s is too short; write at least two characters"), {"text": word})
    if len(word) > MAX_WORD:
        return _too_long(word, MAX_WORD)
    if not word.isalnum():
        return Message(
            N_("%(text)s holds a space or a sign; write one word, of characters and digits"),
            {"text": word},
        )
    if max(word) < _FIRST_CHINESE:
        return Message(
            N_("%(text)s stays whole without an entry; only Chinese is cut into words"),
            {"text": word},
        )
    return None


def _too_long(text: str, most: int) -> Message:
    return Message(
        N_("%(text)s… is longer than %(max_length)s characters; shorten it"),
        {"text": text[:12], "max_length": most},
    )


@dataclass
class _Reading:
    """What was read so far, the faults, and the line in which each phrase and word stands."""

    synonyms: list[Synonyms] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    phrase_lines: dict[str, int] = field(default_factory=dict)
    word_lines: dict[str, int] = field(default_factory=dict)

    def fault(self, node: yaml.Node, key: str, message: Message) -> None:
        self.problems.append(Problem(_line(node), key, message))


def parse_team_words(text: str) -> tuple[TeamWords, list[Problem]]:
    """Sound entries and the faults of the others, in the order of their lines. Never raises."""
    reading = _Reading()
    try:
        root = yaml.compose(text, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error).splitlines()[0]
        advice = N_("is not valid YAML (%(reason)s); check quotes, colons and indentation")
        line = mark.line + 1 if mark else 1
        return TeamWords(), [Problem(line, "", Message(advice, {"reason": reason}))]
    for key, node in _pairs(root, "", {"synonyms", "words"}, reading):
        for one in _items(node, key, reading):
            if key == "synonyms":
                _read_group(one, reading)
            else:
                _read_word(one, reading)
    reading.problems.sort(key=lambda problem: problem.line)
    return TeamWords(tuple(reading.synonyms), tuple(reading.words)), reading.problems


def _pairs(
    node: yaml.Node | None, key: str, known: set[str], reading: _Reading
) -> Iterator[tuple[str, yaml.Node]]:
    if node is None:
        return
    if not isinstance(node, yaml.MappingNode):
        advice = Message(N_("must be a group of keys, one a line and indented"))
        reading.fault(node, key, advice)
        return
    for name, value in node.value:
        if name.value in known:
            yield name.value, value
        else:
            advice = Message(N_("is not a key that is known here; remove it or check its spelling"))
            reading.fault(name, str(name.value), advice)


def _items(node: yaml.Node, key: str, reading: _Reading) -> list[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        return list(node.value)
    if node.value:
        advice = Message(N_("must be a list; write it as [one, two] or as lines beginning with -"))
        reading.fault(node, key, advice)
    return []


def _text(node: yaml.Node, key: str, reading: _Reading) -> str | None:
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    reading.fault(node, key, Message(N_("must be text")))
    return None


def _read_group(node: yaml.Node, reading: _Reading) -> None:
    parts = dict(_pairs(node, "synonyms", {"target", "phrases"}, reading))
    missing = {"target", "phrases"} - parts.keys() if isinstance(node, yaml.MappingNode) else ()
    for key in sorted(missing):
        reading.fault(node, key, Message(N_("is missing; add it")))
    if len(parts) < 2:
        return
    target = tidy(_text(parts["target"], "target", reading) or "")
    if advice := target_fault(target):
        reading.fault(parts["target"], "target", advice)
        return
    nodes = _items(parts["phrases"], "phrases", reading)
    if not 1 <= len(nodes) <= MAX_PHRASES:
        count = {"n": len(nodes), "most": MAX_PHRASES}
        advice = Message(N_("has %(n)s phrases; write 1 to %(most)s"), count)
        reading.fault(parts["phrases"], "phrases", advice)
    phrases = tuple(_sound_phrases(nodes, target, reading))
    if phrases:
        reading.synonyms.append(Synonyms(target, phrases))


def _sound_phrases(nodes: list[yaml.Node], target: str, reading: _Reading) -> Iterator[str]:
    for node in nodes:
        text = _text(node, "phrases", reading)
        if text is None:
            continue
        phrase = normalised(text)
        advice = phrase_fault(phrase, target) or _twice(phrase, node, reading.phrase_lines)
        if advice:
            reading.fault(node, "phrases", advice)
        else:
            yield phrase


def _read_word(node: yaml.Node, reading: _Reading) -> None:
    text = _text(node, "words", reading)
    if text is None:
        return
    word = normalised(text)
    advice = word_fault(word) or _twice(word, node, reading.word_lines)
    if advice:
        reading.fault(node, "words", advice)
    else:
        reading.words.append(word)


def _twice(text: str, node: yaml.Node, lines: dict[str, int]) -> Message | None:
    first = lines.get(text)
    if first is None:
        lines[text] = _line(node)
        return None
    advice = N_("%(text)s stands in line %(line)s already; keep one of the two")
    return Message(advice, {"text": text, "line": first})


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1


def serialise_team_words(content: TeamWords) -> str:
    """The canonical text: a line for each target and one for its phrases, a line for each word."""
    lines = ["synonyms:"] if content.synonyms else []
    for group in content.synonyms:
        lines.append(f"- target: {_scalar(group.target)}")
        lines.append(f"  phrases: [{', '.join(map(_scalar, group.phrases))}]")
    if content.words:
        lines += ["words:", *(f"- {_scalar(word)}" for word in content.words)]
    return _HEADER + "".join(f"{line}\n" for line in lines)


def _scalar(text: str) -> str:
    """The text bare where every reader of YAML takes it as this text, in quotes otherwise."""
    try:
        bare = yaml.safe_load(f"[{text}]") == [text]
    except (yaml.YAMLError, ValueError):
        bare = False
    return text if bare else json.dumps(text, ensure_ascii=False)
