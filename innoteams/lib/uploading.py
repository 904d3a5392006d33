"""Taking in what people send without letting one request fill the disk."""

from django.core.files.uploadhandler import TemporaryFileUploadHandler

# Above every limit that a form has: its sentence tells the true size, and no more than this was ever written.
MOST_WRITTEN = 32 * 1024 * 1024


class CappedUploadHandler(TemporaryFileUploadHandler):
    """Counts all of a file and keeps the beginning of one that no form would take."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if start < MOST_WRITTEN:
            super().receive_data_chunk(raw_data, start)
        return None
