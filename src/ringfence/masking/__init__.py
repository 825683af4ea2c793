"""Masking: identifiers -> random surrogates before a request leaves, and back in the reply. Only `vault` does I/O.

`mask` makes the new texts, `residual` judges the second look at them, `restore` and `Restorer` turn replies back.
"""

from ringfence.masking.book import Book, MemoryBook
from ringfence.masking.manner import Manner, MaskRules, Treatment, read_rules
from ringfence.masking.mask import Edit, Masked, mask
from ringfence.masking.residual import Residual, residual
from ringfence.masking.restore import Originals, Restorer, restore
from ringfence.masking.seal import scope_of
from ringfence.masking.surrogates import is_surrogate, removed
from ringfence.masking.vault import Vault

__all__ = [
    "Book",
    "Edit",
    "Manner",
    "MaskRules",
    "Masked",
    "MemoryBook",
    "Originals",
    "Residual",
    "Restorer",
    "Treatment",
    "Vault",
    "is_surrogate",
    "mask",
    "read_rules",
    "removed",
    "residual",
    "restore",
    "scope_of",
]
