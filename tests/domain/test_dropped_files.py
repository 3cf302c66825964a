import pytest

from chalicelib.domain.dropped_files import Dropped, DroppedElsewhere, Place, import_id_of, place_of
from chalicelib.domain.file_types import FileType
from chalicelib.domain.import_refusals import ExtractUnreadable


@pytest.mark.parametrize(
    ("key", "profile_id", "file_name", "kind"),
    [
        ("incoming/payments/October.csv", "payments", "October.csv", FileType.CSV),
        ("incoming/payments/Extract 2023+24 (final)%20é.CSV", "payments", "Extract 2023+24 (final)%20é.CSV", FileType.CSV),
        ("incoming/journal/P7.xlsx", "journal", "P7.xlsx", FileType.XLSX),
    ],
)
def test_a_key_says_the_profile_and_the_name_as_they_are(key: str, profile_id: str, file_name: str, kind: FileType) -> None:
    assert place_of(key) == Place(profile_id=profile_id, file_name=file_name, content_type=kind)


@pytest.mark.parametrize(
    "key", ["incoming/October.csv", "incoming//October.csv", "incoming/a/b/October.csv", "incoming/a/", "exports/a/b.csv"]
)
def test_what_is_not_in_a_profiles_folder_is_refused(key: str) -> None:
    with pytest.raises(DroppedElsewhere, match="is not incoming/, the id of a mapping profile, a slash, and the file's name"):
        place_of(key)


@pytest.mark.parametrize("name", ["October.pdf", "October", "October.csv.zip", "October.txt"])
def test_what_is_no_extract_by_its_name_is_refused(name: str) -> None:
    with pytest.raises(ExtractUnreadable, match=r"it must end with \.csv or \.xlsx"):
        place_of(f"incoming/payments/{name}")


def test_the_same_bytes_are_the_same_import_for_one_profile_and_type() -> None:
    place = place_of("incoming/payments/October.csv")

    assert import_id_of(place, "ab") == import_id_of(place_of("incoming/payments/October again.csv"), "ab")
    others = {import_id_of(place_of(key), "ab") for key in ("incoming/journal/October.csv", "incoming/payments/October.xlsx")}
    assert len({import_id_of(place, "ab"), import_id_of(place, "cd"), *others}) == 4
    assert len(import_id_of(place, "ab")) == 32


def test_what_a_console_writes_for_a_folder_is_no_file() -> None:
    assert Dropped(key="incoming/payments/", size=0).is_a_folder
    assert not Dropped(key="incoming/payments/", size=1).is_a_folder
    assert not Dropped(key="incoming/payments/October.csv", size=0).is_a_folder
