"""The standard's own tool reads our sheets back into our data, and what it makes of our data back into the same."""

import json
from pathlib import Path

import flattentool
import pytest

from chalicelib.domain.initiatives import Place
from chalicelib.domain.values import replace
from chalicelib.reports.cells import defused
from chalicelib.services import registers
from tests.reports.giving_data import SCHEMAS, mistakes, published, schema
from tests.services.large_offices import staffordshire

PLACES = (Place(name="Newbold", area_code="E05012345"), Place(name="A street", area_code="E01000001"), Place(name="Elsewhere"))
GRANT = str(SCHEMAS / "360-giving-schema.json")


@pytest.fixture
def files(tmp_path: Path) -> dict[str, bytes]:
    office = staffordshire(tmp_path / "office")
    registers.amend_initiative(office.context(), "night-training", lambda held: replace(held, places=PLACES), None)
    return published(office)


def about(files: dict[str, bytes], folder: Path) -> Path:
    """What the package says of itself, which a CSV file has no place for."""
    package = json.loads(files["360giving.json"])
    del package["grants"]
    path = folder / "about.json"
    path.write_text(json.dumps(package), encoding="utf-8")
    return path


def package_schema(folder: Path) -> Path:
    """The package's schema without its grants, which it would look for on the internet."""
    properties = schema("360-giving-package-schema.json")["properties"]
    assert isinstance(properties, dict)
    kept = {name: held for name, held in properties.items() if name != "grants"}
    path = folder / "package-schema.json"
    path.write_text(json.dumps({"type": "object", "properties": kept}), encoding="utf-8")
    return path


def from_workbook(path: Path, folder: Path) -> bytes:
    made = folder / "from-workbook.json"
    flattentool.unflatten(
        str(path),
        input_format="xlsx",
        output_name=str(made),
        schema=GRANT,
        convert_titles=True,
        root_list_path="grants",
        root_id="",
        metatab_name="Meta",
        metatab_schema=str(package_schema(folder)),
        metatab_vertical_orientation=True,
    )
    return made.read_bytes()


def from_sheets(sheets: Path, kind: str, base: Path, folder: Path, titles: bool) -> bytes:
    """What the tool reads from a folder of CSV files, or from a workbook that says nothing of its package."""
    made = folder / f"from-{kind}.json"
    flattentool.unflatten(
        str(sheets),
        base_json=str(base),
        input_format=kind,
        output_name=str(made),
        encoding="utf-8-sig",
        schema=GRANT,
        convert_titles=titles,
        root_list_path="grants",
        root_id="",
    )
    return made.read_bytes()


def texts_defused(value: object) -> object:
    """The same with every text as our CSV has it, so that no spreadsheet takes it for a formula."""
    if isinstance(value, dict):
        return {name: texts_defused(held) for name, held in value.items()}
    if isinstance(value, list):
        return [texts_defused(held) for held in value]
    return defused(value) if isinstance(value, str) else value


def test_our_workbook_is_read_back_as_our_json_file(files: dict[str, bytes], tmp_path: Path) -> None:
    path = tmp_path / "360giving.xlsx"
    path.write_bytes(files["360giving.xlsx"])
    made = from_workbook(path, tmp_path)

    assert json.loads(made) == json.loads(files["360giving.json"])
    assert mistakes(made) == []


def test_our_csv_file_is_read_back_as_our_json_file_but_for_defused_formulas(files: dict[str, bytes], tmp_path: Path) -> None:
    (sheets := tmp_path / "sheets").mkdir()
    (sheets / "grants.csv").write_bytes(files["360giving.csv"])
    made = from_sheets(sheets, "csv", about(files, tmp_path), tmp_path, titles=True)

    ours = json.loads(files["360giving.json"])
    assert json.loads(made) == texts_defused(ours)
    assert json.loads(made)["grants"][0]["description"] == "'" + ours["grants"][0]["description"]
    assert mistakes(made) == []


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_the_tool_flattens_of_our_json_file_is_read_back_as_the_same(files: dict[str, bytes], kind: str, tmp_path: Path) -> None:
    package = files["360giving.json"]
    if kind == "xlsx":  # in its own workbooks the tool makes formulas of such texts, and reads nothing back
        package = package.replace(b'"=', b'"')
    ours = tmp_path / "360giving.json"
    ours.write_bytes(package)
    flat = tmp_path / ("flat.xlsx" if kind == "xlsx" else "flat")
    flattentool.flatten(
        str(ours),
        schema=GRANT,
        output_name=str(flat),
        output_format=kind,
        main_sheet_name="grants",
        root_list_path="grants",
        root_id="",
    )

    made = from_sheets(flat, kind, about(files, tmp_path), tmp_path, titles=False)
    assert json.loads(made) == json.loads(package)
    assert mistakes(made) == []
