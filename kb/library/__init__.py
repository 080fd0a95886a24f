"""The library: articles of several kinds, their files, revisions and rendering."""
