"""What each kind of article consists of: one pydantic model per kind.

The same models check files in ``content/``, forms on the web and revisions in the database.
An article is its front matter (one of these models) and a Markdown body.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from kb.library.slots import SLOTS, unknown_slots
from kb.library.vocabulary import Channel, Kind, Lang, Role, Scope, Stage, Status, Tier
from kb.messages import N_

SLUG_PATTERN = r"^[a-z0-9]+(-[a-z0-9]+)*$"
CODE_PATTERN = r"^[a-z][a-z0-9-]*$"


def _slots_are_known(text: str) -> str:
    names = unknown_slots(text)
    if names:
        raise PydanticCustomError(
            "unknown_slot",
            "unknown slot",
            {
                "msgid": N_("{%(name)s} is not a known slot; use one of %(known)s"),
                "params": {
                    "name": names[0],
                    "known": ", ".join("{" + zh + "}/{" + en + "}" for zh, en in SLOTS.values()),
                },
            },
        )
    return text


Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]
Paragraph = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=3000)]
Words = Annotated[Paragraph, AfterValidator(_slots_are_known)]
SpokenLine = Annotated[Line, AfterValidator(_slots_are_known)]
Slug = Annotated[str, StringConstraints(pattern=SLUG_PATTERN, max_length=80)]
Code = Annotated[str, StringConstraints(pattern=CODE_PATTERN, max_length=40)]
Login = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]*$", max_length=60)]
Tag = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=30)]


class Part(BaseModel):
    """Base of every piece of front matter: unknown keys are errors, not silently dropped."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Audience(Part):
    """Who may see an article: anyone of these roles or these teams. Both empty: everyone."""

    roles: list[Role] = Field(default_factory=list)
    teams: list[Code] = Field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.roles or self.teams)


class FrontMatter(Part):
    """Keys that every kind has, in the order in which they are written."""

    kind: Kind
    lang: Lang
    slug: Slug
    title: Annotated[Line, Field(max_length=80)]
    summary: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""
    scope: Scope = Scope.GENERAL
    status: Status = Status.PUBLISHED
    stage: list[Stage] = Field(default_factory=list)
    tier: list[Tier] = Field(default_factory=list)
    product: list[Code] = Field(default_factory=list)
    tags: list[Tag] = Field(default_factory=list)
    audience: Audience = Field(default_factory=Audience)
    owner: Login | None = None
    verify_by: date | None = None


class Evidence(Part):
    """One fact behind an answer, and where it comes from."""

    claim: Line
    source: Line


class ObjectionCard(FrontMatter):
    """A customer's objection and the words that answer it."""

    kind: Literal[Kind.OBJECTION_CARD]
    customer_says: Annotated[list[Line], Field(min_length=3, max_length=12)]
    concern: Paragraph
    response: Words
    follow_up: Words
    do_not_say: Annotated[list[Line], Field(min_length=1, max_length=8)]
    evidence: Annotated[list[Evidence], Field(max_length=8)] = Field(default_factory=list)


class Reply(Part):
    """What to answer when the customer says one particular thing."""

    customer: Line
    say: Words


class TrackStep(Part):
    """One step of a talk track: a name for it, the words, and how to say them."""

    cue: Line
    say: Words
    tip: Annotated[str, StringConstraints(strip_whitespace=True, max_length=600)] = ""


class TalkTrack(FrontMatter):
    """Words to say in a situation, step by step."""

    kind: Literal[Kind.TALK_TRACK]
    channel: Channel
    situation: Paragraph
    goal: Paragraph
    steps: Annotated[list[TrackStep], Field(min_length=1, max_length=12)]
    replies: Annotated[list[Reply], Field(max_length=12)] = Field(default_factory=list)
    do_not_say: Annotated[list[Line], Field(max_length=8)] = Field(default_factory=list)


class Faq(FrontMatter):
    """A question and its short answer; the body may go deeper."""

    kind: Literal[Kind.FAQ]
    question: Line
    also_asked: Annotated[list[Line], Field(max_length=8)] = Field(default_factory=list)
    answer: Words


class Standard(Part):
    """One action of a process stage and the measure by which it counts as done."""

    action: Line
    measure: Line


class Playbook(FrontMatter):
    """How we do things. With ``process_node`` it is a node of the process map."""

    kind: Literal[Kind.PLAYBOOK]
    process_node: Stage | None = None
    standards: Annotated[list[Standard], Field(max_length=12)] = Field(default_factory=list)
    documents: Annotated[list[Slug], Field(max_length=12)] = Field(default_factory=list)


class Lesson(FrontMatter):
    """Something to learn in one sitting."""

    kind: Literal[Kind.LESSON]
    minutes: Annotated[int, Field(ge=1, le=240)]
    objectives: Annotated[list[Line], Field(max_length=6)] = Field(default_factory=list)


class Moment(Part):
    """One dated entry of a deal's story."""

    when: Line
    what: Line


class CaseReview(FrontMatter):
    """A won or lost deal taken apart."""

    kind: Literal[Kind.CASE_REVIEW]
    outcome: Literal["won", "lost"]
    customer: Line
    timeline: Annotated[list[Moment], Field(min_length=2, max_length=20)]
    decisive_moves: Annotated[list[Line], Field(min_length=1, max_length=8)]
    root_causes: Annotated[list[Line], Field(min_length=1, max_length=8)]
    lesson: Paragraph
    reusable_words: Annotated[list[SpokenLine], Field(max_length=8)] = Field(default_factory=list)


class Claim(Part):
    """A dated, sourced statement about a competitor."""

    claim: Line
    source: Line
    seen: date
    expires: date
    confidence: Literal["high", "medium", "low"]


class CompetitorBrief(FrontMatter):
    """What we know of one competitor, claim by claim."""

    kind: Literal[Kind.COMPETITOR_BRIEF]
    competitor: Line
    claims: Annotated[list[Claim], Field(min_length=1, max_length=30)]
    we_win: Annotated[list[Line], Field(max_length=8)] = Field(default_factory=list)
    we_lose: Annotated[list[Line], Field(max_length=8)] = Field(default_factory=list)


class Cue(Part):
    """One line of a transcript and the time at which it is spoken."""

    at: Annotated[str, StringConstraints(pattern=r"^\d{1,2}:[0-5]\d(:[0-5]\d)?$")]
    text: Line


class Video(FrontMatter):
    """A recording with its transcript; the clip itself lies under ``content/media/``."""

    kind: Literal[Kind.VIDEO]
    media: Annotated[str, StringConstraints(pattern=r"^media/[a-z0-9-]+\.(mp4|webm)$")] | None = (
        None
    )
    transcript: Annotated[list[Cue], Field(max_length=400)] = Field(default_factory=list)


MODELS: dict[Kind, type[FrontMatter]] = {
    Kind.OBJECTION_CARD: ObjectionCard,
    Kind.TALK_TRACK: TalkTrack,
    Kind.PLAYBOOK: Playbook,
    Kind.FAQ: Faq,
    Kind.LESSON: Lesson,
    Kind.CASE_REVIEW: CaseReview,
    Kind.COMPETITOR_BRIEF: CompetitorBrief,
    Kind.VIDEO: Video,
}
