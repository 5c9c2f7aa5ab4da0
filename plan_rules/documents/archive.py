"""An Office file as a library wrote it -> the same file without clocks: equal contents, equal bytes."""

from __future__ import annotations

import io
import re
import zipfile

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first day that a zip archive can name
_STAMPED = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")


def settled(raw: bytes) -> bytes:
    """The archive with every date fixed; its parts stay in their order."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as source, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.infolist():
            content = source.read(item)
            if item.filename == "docProps/core.xml":
                content = _STAMPED.sub(rb"\g<1>1980-01-01T00:00:00Z\g<2>", content)
            fixed = zipfile.ZipInfo(item.filename, _EPOCH)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(fixed, content)
    return written.getvalue()
