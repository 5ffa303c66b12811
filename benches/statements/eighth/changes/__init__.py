"""Changes that a channel makes to a text that it copies.

Every change is a function of the text, the source of chance and the conditions; it gives the
changed text, or None where the text offers nothing to change. table.py lists them with their
weights, changer.py puts some of them on one text.
"""

from .changer import apply_change, change_text
from .conditions import Conditions

__all__ = ["Conditions", "apply_change", "change_text"]
