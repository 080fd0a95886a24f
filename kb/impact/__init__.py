"""What a change of meaning touches: what depends on an article, and who should read it again."""
