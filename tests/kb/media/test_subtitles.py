"""Subtitles become a transcript; whatever is no subtitle file is refused with a sentence."""

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import InvalidError
from kb.library.kinds import Cue
from kb.media.subtitles import MAX_CUES, as_webvtt, clock, read_subtitles, seconds_of
from kb.media.video_files import keep_video

VTT = "WEBVTT\n\n00:05.000 --> 00:09.000\n<v 客户>太贵了</v>\n\n01:02:03.000 --> 01:02:05.000\n跟谁\n比？\n"
SRT = "1\n00:00:05,000 --> 00:00:09,000\n太贵了\n\n2\n01:02:03,000 --> 01:02:05,000\n跟谁 比？\n"
WEBM = b"\x1a\x45\xdf\xa3" + b"x" * 100
MP4 = b"\x00\x00\x00\x18ftypmp42" + b"x" * 100


@pytest.mark.parametrize(("name", "text"), [("a.vtt", VTT), ("a.SRT", SRT)])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_both_formats_give_the_same_transcript(name, text, encoding):
    cues = read_subtitles(name, text.encode(encoding))
    assert [(cue.at, cue.text) for cue in cues] == [("0:05", "太贵了"), ("1:02:03", "跟谁 比？")]


@pytest.mark.parametrize(
    ("name", "data"),
    [("a.txt", VTT.encode()), ("a.vtt", b""), ("a.srt", b"\xff\xff"), ("a.vtt", b"WEBVTT\n"),
     ("a.srt", b"1\nxx --> yy\nhello\n"), ("a.vtt", b"x" * 1_000_001)],
)  # fmt: skip
def test_what_is_no_subtitle_file_is_refused_by_its_field(name, data):
    with pytest.raises(InvalidError) as error:
        read_subtitles(name, data)
    assert set(error.value.fields) == {"subtitles"}


@given(st.sampled_from(["a.vtt", "a.srt"]), st.binary(max_size=300))
def test_no_bytes_make_the_reader_fail(name, data):
    try:
        assert read_subtitles(name, data)
    except InvalidError as error:
        assert error.fields  # noqa: PT017 - either is right


def test_a_long_film_keeps_all_its_words_in_fewer_lines():
    count = 3 * MAX_CUES
    text = "".join(f"{n}\n{stamp(n)} --> {stamp(n + 1)}\nw{n}\n\n" for n in range(count))
    cues = read_subtitles("a.srt", text.encode())
    assert len(cues) <= MAX_CUES
    assert " ".join(cue.text for cue in cues).split() == [f"w{n}" for n in range(count)]


def stamp(second: int) -> str:
    return f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d},000"


@given(st.integers(0, 90_000))
def test_a_second_is_written_and_read_again(second):
    assert seconds_of(clock(second)) == second


def test_captions_give_the_transcript_back_and_no_markup():
    cues = [Cue(at="0:05", text="a < b & c"), Cue(at="1:02:03", text="then")]
    text = as_webvtt(cues)
    assert "a &lt; b &amp; c" in text
    assert read_subtitles("x.vtt", text.encode()) == cues
    assert as_webvtt([]) == "WEBVTT\n"


@pytest.mark.parametrize(("name", "data"), [("x.webm", WEBM), ("x.MP4", MP4)])
def test_a_video_is_kept_under_its_name(tmp_path, name, data):
    media = keep_video(tmp_path, "first-call-zh", name, io.BytesIO(data), 1)
    assert (tmp_path / media).read_bytes() == data


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.avi", WEBM),
        ("x.webm", MP4),
        ("x.mp4", b"<html>"),
        ("x.mp4", b""),
        ("x.webm", WEBM * 11_000),
    ],
)
def test_what_is_no_video_or_too_large_leaves_nothing_behind(tmp_path, name, data):
    with pytest.raises(InvalidError) as error:
        keep_video(tmp_path, "x", name, io.BytesIO(data), 1)
    assert set(error.value.fields) == {"file"}
    assert list(tmp_path.rglob("*.*")) == []
