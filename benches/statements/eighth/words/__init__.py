"""The hand-written material of the three languages, in the order in which a world is made."""

from . import ar, en, ru
from .material import Material

MATERIALS: dict[str, Material] = {"ar": ar.MATERIAL, "ru": ru.MATERIAL, "en": en.MATERIAL}
