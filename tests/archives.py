"""Archives that tests write."""

import io
import zipfile


def zipped(files, method=zipfile.ZIP_DEFLATED):
    """Returns the bytes of a zip file with contents by name."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()
