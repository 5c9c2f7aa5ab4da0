"""An id of a plan or of a scenario -> a name that is one file's, in the folder it is written to."""

from __future__ import annotations

import re
from hashlib import sha256

_OTHER = re.compile(r"[^\w.\-]|^\.")
_LONGEST = 60  # characters; of three bytes each they leave room for an ending
_TOLD_APART = 8


def file_name(id_: str) -> str:
    """The id itself where it can be one, else like it; unlike ids give unlike names."""
    name = _OTHER.sub("_", id_)[:_LONGEST]
    if name == id_:
        return name
    return f"{name}-{sha256(id_.encode('utf-8', 'surrogatepass')).hexdigest()[:_TOLD_APART]}"
