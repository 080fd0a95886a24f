"""The domain of Shifu: people, the library and search, without any web or index technology."""
