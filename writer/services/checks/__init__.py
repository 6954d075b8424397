"""What can be said of a text by rules: readability, search engines, prose, signs of machine writing, style, citations.

`service.py` puts a report together; `blocks.py` and `passages.py` say what is prose and what is not; each other module
is one family, or a part of it. What depends on one paragraph alone is remembered, so that a keystroke costs one.
"""
