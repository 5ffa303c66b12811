"""Changes that a text undergoes when it is posted again.

Every change is a function of the text, the source of chance and the statement; it gives the
changed text, or None where the text offers nothing to change. table.py lists them with their
weights, changer.py puts some of them on one text.
"""
