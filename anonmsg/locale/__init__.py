"""The words people read: English here, other languages in `.po` files.

Every sentence on a page or in a mail goes through `_`, so that a second
language is one catalogue and no code.
"""

from gettext import gettext as _
from gettext import ngettext

__all__ = ["_", "ngettext"]
