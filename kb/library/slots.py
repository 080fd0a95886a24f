"""Slots: the places in words to say that are filled in per customer, such as ``{客户名}``."""

import re

# Each slot has one key; the names are what authors write. The browser remembers values by key,
# so a card read in Chinese and its English twin share them.
SLOTS: dict[str, tuple[str, str]] = {
    "customer": ("客户名", "customer"),
    "my_name": ("我的姓名", "my_name"),
    "my_company": ("我司", "my_company"),
    "product": ("产品", "product"),
    "amount": ("金额", "amount"),
    "date": ("日期", "date"),
    "referrer": ("介绍人", "referrer"),
    "competitor": ("竞品", "competitor"),
    "contact": ("对接人", "contact"),
}

_KEY_BY_NAME = {name: key for key, names in SLOTS.items() for name in names}
_SLOT = re.compile(r"\{([^{}\n]{1,20})\}")


def slot_names(text: str) -> list[str]:
    """The slot names written in ``text``, in order of first use, known or not."""
    return list(dict.fromkeys(_SLOT.findall(text)))


def slot_key(name: str) -> str | None:
    """The key of a slot name in either language, or None for a name that is not a slot."""
    return _KEY_BY_NAME.get(name)


def unknown_slots(text: str) -> list[str]:
    """Names in braces that no slot has; a typo here would be sent to a customer as it stands."""
    return [name for name in slot_names(text) if name not in _KEY_BY_NAME]
