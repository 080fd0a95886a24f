"""The closed word lists of the library: kinds, languages, stages, tiers, states."""

from enum import StrEnum


class Kind(StrEnum):
    """What an article is. The values are those of the front matter and the command line."""

    OBJECTION_CARD = "objection_card"
    TALK_TRACK = "talk_track"
    PLAYBOOK = "playbook"
    FAQ = "faq"
    LESSON = "lesson"
    CASE_REVIEW = "case_review"
    COMPETITOR_BRIEF = "competitor_brief"
    VIDEO = "video"


class Lang(StrEnum):
    """Languages an article can be written in."""

    ZH = "zh"
    EN = "en"


class Stage(StrEnum):
    """Sales stages in the order in which a customer passes through them."""

    LEAD = "lead"
    DISCOVERY = "discovery"
    PROPOSAL = "proposal"
    NEGOTIATION = "negotiation"
    SIGNING = "signing"
    CARE = "care"


class Tier(StrEnum):
    """Customer tiers: A core, B potential, C maintained."""

    A = "A"
    B = "B"
    C = "C"


class Scope(StrEnum):
    """``general`` craft holds anywhere; ``demo`` names the invented company and can be removed."""

    GENERAL = "general"
    DEMO = "demo"


class Status(StrEnum):
    """Where an article stands. Only published ones are indexed."""

    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


class Role(StrEnum):
    """What a person does in the team. One person can hold several."""

    NEW_HIRE = "new_hire"
    REP = "rep"
    MENTOR = "mentor"
    MANAGER = "manager"
    ADMIN = "admin"


class Channel(StrEnum):
    """Where a talk track is spoken or written."""

    PHONE = "phone"
    WECHAT = "wechat"
    VISIT = "visit"
    MEETING = "meeting"
    DEMO = "demo"
    EMAIL = "email"
