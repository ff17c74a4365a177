"""Zips: the same bytes for the same files."""

import io
import zipfile

from studio.exports.archive import to_zip

FILES = [("Say/still-01.png", b"\x89PNG one"), ("Say/فيلم-02.png", b"two" * 100)]


def test_a_zip_is_the_same_each_time_and_holds_what_was_put_in_as_it_is() -> None:
    made = to_zip(FILES)
    assert made == to_zip(FILES)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert archive.testzip() is None
        assert [(entry.filename, archive.read(entry)) for entry in archive.infolist()] == FILES
        assert {entry.compress_type for entry in archive.infolist()} == {zipfile.ZIP_STORED}
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
