"""Every table in one import, for migrations and tests."""

from sqlmodel import SQLModel

import kb.accounts.models
import kb.audit
import kb.impact.models
import kb.learning.certificates
import kb.learning.models
import kb.library.models
import kb.media.models
import kb.outbox
import kb.practice.models
import kb.quizzes.models
import kb.scenarios.models
import kb.search.models

metadata = SQLModel.metadata

__all__ = ["kb", "metadata"]
