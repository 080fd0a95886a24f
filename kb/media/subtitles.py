"""Subtitles in WebVTT or SubRip become a video's transcript, and a transcript becomes WebVTT."""

import html
import io
from collections.abc import Sequence

from kb.errors import InvalidError
from kb.library.kinds import Cue
from kb.messages import N_, Message

MAX_CUES = 400  # of a transcript; more are joined two by two
MAX_TEXT = 300  # characters of one
MAX_BYTES = 1_000_000
LAST_CUE_SECONDS = 6  # how long the last line stays, for nothing says when it ends


def read_subtitles(file_name: str, data: bytes) -> list[Cue]:
    """The lines of a .vtt or .srt file with the second at which each begins. Raises InvalidError."""
    import webvtt
    from webvtt.errors import MalformedFileError

    ending = file_name.lower().rpartition(".")[2]
    if ending not in ("vtt", "srt"):
        raise InvalidError({"subtitles": Message(N_("Choose a file that ends in .vtt or .srt."))})
    if len(data) > MAX_BYTES:
        advice = N_("The subtitles are larger than %(n)s MB; that is no subtitle file.")
        raise InvalidError({"subtitles": Message(advice, {"n": MAX_BYTES // 1_000_000})})
    try:
        captions = webvtt.WebVTT.from_buffer(io.StringIO(_decoded(data)), format=ending).captions
        timed = [(int(c.start_in_seconds), _plain(c.text, ending)) for c in captions]
    except (MalformedFileError, ValueError, AttributeError, IndexError, TypeError):
        timed = []
    cues = [(second, text) for second, text in sorted(timed) if text]
    if not cues:
        advice = N_("No timed lines were found. Save the subtitles as WebVTT or SubRip.")
        raise InvalidError({"subtitles": Message(advice)})
    while len(cues) > MAX_CUES:
        pairs = zip(cues[::2], [*cues[1::2], (0, "")], strict=False)
        cues = [(first[0], f"{first[1]} {second[1]}".strip()) for first, second in pairs]
    return [Cue(at=clock(second), text=text[:MAX_TEXT]) for second, text in cues]


def _plain(text: str, ending: str) -> str:
    """A caption's words on one line; WebVTT writes < and & as entities."""
    return " ".join((html.unescape(text) if ending == "vtt" else text).split())


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    advice = N_("The subtitles are neither UTF-8 nor GB18030; save them as UTF-8.")
    raise InvalidError({"subtitles": Message(advice)})


def clock(second: int) -> str:
    """A second as a transcript writes it: 1:05, or 1:02:03."""
    hours, rest = divmod(max(0, second), 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{seconds:02d}" if hours else f"{minutes}:{seconds:02d}"


def seconds_of(at: str) -> int:
    """The second that a transcript's time names."""
    second = 0
    for part in at.split(":"):
        second = 60 * second + int(part)
    return second


def as_webvtt(cues: Sequence[Cue]) -> str:
    """A transcript as WebVTT: each line stays until the next one begins."""
    if not cues:
        return "WEBVTT\n"
    starts = [seconds_of(cue.at) for cue in cues]
    ends = [*starts[1:], starts[-1] + LAST_CUE_SECONDS]
    lines = ["WEBVTT", ""]
    for cue, start, end in zip(cues, starts, ends, strict=True):
        text = cue.text.replace("&", "&amp;").replace("<", "&lt;").replace("-->", "--&gt;")
        lines += [f"{_stamp(start)} --> {_stamp(max(end, start + 1))}", text, ""]
    return "\n".join(lines)


def _stamp(second: int) -> str:
    return f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}.000"
