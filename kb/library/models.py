"""Tables of the library. A revision's text is the truth; the other columns are read off it."""

from datetime import date, datetime

from sqlmodel import Field, SQLModel, UniqueConstraint


class Article(SQLModel, table=True):
    """One article in one language. ``zh`` and ``en`` of a pair share the slug."""

    __table_args__ = (UniqueConstraint("slug", "lang"),)
    id: int | None = Field(default=None, primary_key=True)
    slug: str = Field(index=True, max_length=80)
    lang: str = Field(max_length=2)
    kind: str = Field(index=True, max_length=20)
    title: str = Field(max_length=80)
    summary: str = Field(default="", max_length=300)
    scope: str = Field(max_length=10)
    status: str = Field(index=True, max_length=10)
    restricted: bool = False  # whether its audience is narrower than everyone
    owner_id: int | None = Field(default=None, foreign_key="person.id")
    verify_by: date | None = Field(default=None, index=True)
    revision: int = 0  # number of the newest revision; also guards against lost updates
    imported_hash: str = Field(default="", max_length=64)  # of the file as last imported
    created_at: datetime
    updated_at: datetime = Field(index=True)


class ArticleFacet(SQLModel, table=True):
    """One value by which articles are browsed or limited: a stage, tier, product, tag, role, team."""

    __tablename__ = "article_facet"
    article_id: int = Field(foreign_key="article.id", primary_key=True)
    name: str = Field(primary_key=True, max_length=10)
    value: str = Field(primary_key=True, max_length=40, index=True)


class Revision(SQLModel, table=True):
    """The whole text of an article at one time, front matter and body, as in its file."""

    __table_args__ = (UniqueConstraint("article_id", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    article_id: int = Field(foreign_key="article.id", index=True)
    number: int
    source: str
    content_hash: str = Field(max_length=64)
    author_id: int | None = Field(default=None, foreign_key="person.id")
    note: str = Field(default="", max_length=200)
    origin: str = Field(max_length=10)  # file, web or restore
    created_at: datetime


class Draft(SQLModel, table=True):
    """What a person has typed but not yet saved: an article's form, kept by autosave."""

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    key: str = Field(primary_key=True, max_length=100)  # "article:12" or "new:faq"
    base_revision: int = 0
    form: str  # the form's fields as JSON
    updated_at: datetime


class Favourite(SQLModel, table=True):
    """An article that a person keeps at hand."""

    person_id: int = Field(foreign_key="person.id", primary_key=True)
    article_id: int = Field(foreign_key="article.id", primary_key=True)
    created_at: datetime


class RecentView(SQLModel, table=True):
    """When a person last opened an article."""

    __tablename__ = "recent_view"
    person_id: int = Field(foreign_key="person.id", primary_key=True)
    article_id: int = Field(foreign_key="article.id", primary_key=True)
    viewed_at: datetime = Field(index=True)


class ProductLineRow(SQLModel, table=True):
    """A product line's code and names, from ``product_lines.yaml``."""

    __tablename__ = "product_line"
    code: str = Field(primary_key=True, max_length=40)
    position: int  # in the file, and wherever product lines are listed
    zh: str = Field(max_length=80)
    en: str = Field(max_length=80)
