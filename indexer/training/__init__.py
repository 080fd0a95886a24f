"""Making the shipped model: an English sentence transformer that learns to read Chinese words.

Not needed to run the product, and not imported by it. Install the group ``training`` and see
``python -m indexer.training --help``; ``docs/model.md`` tells the steps and the figures.
"""
