"""Media: videos that people bring, their subtitles, and where each viewer stopped."""
