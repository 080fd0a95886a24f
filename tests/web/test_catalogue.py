"""Both languages are complete: every sentence in code and templates has its Chinese."""

import re
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
PLACES = re.compile(r"%\((\w+)\)s")


def sentences() -> set[object]:
    with (ROOT / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    keywords = {"_": None, "gettext": None, "lazy_gettext": None, "N_": None, "ngettext": (1, 2)}
    found = set()
    for folder in ("kb", "indexer", "web"):
        rules = [(p.removeprefix(f"{folder}/"), m) for p, m in methods if p.startswith(folder)]
        inner = {p.removeprefix(f"{folder}/"): o for p, o in options.items()}
        for _, _, message, _, _ in extract_from_dir(str(ROOT / folder), rules, inner, keywords):
            found.add(tuple(message) if isinstance(message, (list, tuple)) else message)
    return found


def test_every_sentence_is_translated_with_all_its_places():
    with (ROOT / "web/translations/zh/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = read_po(file)
    translated = {message.id: message.string for message in catalogue if message.id}
    known = {
        message_id[0] if isinstance(message_id, tuple) else message_id for message_id in translated
    }
    wanted = {s[0] if isinstance(s, tuple) else s for s in sentences()}
    assert len(wanted) > 400
    assert sorted(wanted - known) == []
    for message_id, string in translated.items():
        english = message_id[-1] if isinstance(message_id, tuple) else message_id
        chinese = string[0] if isinstance(string, tuple) else string
        assert chinese, english
        assert set(PLACES.findall(chinese)) == set(PLACES.findall(english)), english
