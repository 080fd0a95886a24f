"""Passwords: Argon2 hashes, rules for new ones, and temporary ones."""

import secrets
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from kb.messages import N_, Message

MIN_LENGTH = 10
MAX_LENGTH = 200  # longer input only makes hashing slow
_TEMPORARY_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without 0 o 1 i l, for reading aloud


@lru_cache(maxsize=1)
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@lru_cache(maxsize=1)
def _decoy() -> str:
    return _hasher().hash(secrets.token_urlsafe(16))


def hash_password(password: str) -> str:
    """The Argon2id hash to store."""
    return _hasher().hash(password)


def password_matches(password_hash: str, password: str) -> bool:
    """Whether a password fits. An empty hash costs as much time as a real one and never fits."""
    try:
        return _hasher().verify(password_hash or _decoy(), password) and bool(password_hash)
    except (Argon2Error, InvalidHashError):
        return False


def temporary_password() -> str:
    """A random password of about 59 bits that can be read aloud: ``xxxx-xxxx-xxxx``."""
    groups = ("".join(secrets.choice(_TEMPORARY_ALPHABET) for _ in range(4)) for _ in range(3))
    return "-".join(groups)


def password_fault(password: str, login: str) -> Message | None:
    """Why a new password cannot be taken, or None. Length counts, not signs and digits."""
    if len(password) < MIN_LENGTH:
        return Message(
            N_("Use at least %(n)s characters; four plain words make a good one."),
            {"n": MIN_LENGTH},
        )
    if len(password) > MAX_LENGTH:
        return Message(N_("Use at most %(n)s characters."), {"n": MAX_LENGTH})
    if login and login.lower() in password.lower():
        return Message(N_("Do not use your login name in it."))
    if len(set(password)) < 5:
        return Message(N_("Use at least five different characters."))
    return None
