"""``make bench``: what Shifu costs in time and memory, beside what it cannot do without."""
