import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from chalice.app import Chalice

from chalicelib.reports.site.style import COMPILED
from local.embedded import free_port
from local.files import NotAllowed
from local.machine import COMPILED_STYLE, ROOT, Machine, MachineBusy, code_version
from local.office import office
from tests.local.calling import call


def test_an_office_answers_with_its_app_its_files_and_its_keys(tmp_path: Path) -> None:
    machine = Machine(folder=tmp_path, port=free_port())
    (machine.objects / "published").mkdir(parents=True)
    (machine.objects / "published" / "index.html").write_text("published")
    (machine.objects / "export.csv").write_text("exported")

    with office(machine, _app, _only_its_own, in_memory=True) as running:
        assert running.url == machine.url
        assert call(running.url, "/table").json == {"table": "streetlight", "endpoint": running.dynamodb.endpoint_url}
        assert call(running.url, "/published/").body == b"published"
        assert call(running.url, "/objects/export.csv").status == 403
        assert call(running.url, "/objects/export.csv?for=export.csv").body == b"exported"
        assert call(running.url, "/.well-known/jwks.json").status == 200

    assert "STREETLIGHT_TABLE" not in os.environ


def test_two_servers_do_not_share_one_folder(tmp_path: Path) -> None:
    machine = Machine(folder=tmp_path)

    with machine.held(), pytest.raises(MachineBusy, match="Another Streetlight is running"):
        machine.reset()


def test_a_reset_leaves_nothing(tmp_path: Path) -> None:
    machine = Machine(folder=tmp_path / "data")
    machine.issuer()

    machine.reset()

    assert not machine.folder.exists()


def test_the_key_that_signs_links_is_made_once_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    machine = Machine(folder=tmp_path)

    first, second = (machine.environment("http://127.0.0.1:1")["STREETLIGHT_LOCAL_SIGNING_KEY"] for _ in range(2))

    assert first == second
    assert len(first) == 64
    assert oct((tmp_path / "link-key").stat().st_mode & 0o777) == "0o600"


def test_a_key_that_a_crash_left_empty_is_made_again(tmp_path: Path) -> None:
    (tmp_path / "link-key").touch()
    (tmp_path / "link-key.new").write_text("half")

    key = Machine(folder=tmp_path).link_key()

    assert len(key) == 64
    assert [path.name for path in tmp_path.iterdir()] == ["link-key"]
    assert oct((tmp_path / "link-key").stat().st_mode & 0o777) == "0o600"


def test_the_code_version_is_the_projects_and_the_commits(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
    style = tmp_path / COMPILED_STYLE
    style.parent.mkdir(parents=True)
    style.touch()
    assert code_version(tmp_path) == "1.2.3"

    for command in (["init", "-q"], ["add", "."], ["-c", "user.name=n", "-c", "user.email=e@example.org", "commit", "-q", "-m", "m"]):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)  # noqa: S607  git is wherever the PATH has it
    commit = subprocess.run(["git", "rev-parse", "--short=12", "HEAD"], cwd=tmp_path, check=True, capture_output=True, text=True)  # noqa: S607

    assert code_version(tmp_path) == f"1.2.3+{commit.stdout.strip()}"


def _only_its_own(key: str, query: str) -> Mapping[str, str]:
    if query != f"for={key}":
        raise NotAllowed("no")
    return {}


def _app() -> Chalice:
    app = Chalice("office", configure_logs=False)
    settings = {"table": os.environ["STREETLIGHT_TABLE"], "endpoint": os.environ["STREETLIGHT_DYNAMODB_ENDPOINT"]}
    app.route("/table", methods=["GET"])(lambda: settings)
    return app


def test_code_that_publishes_in_the_plain_style_says_so_in_its_version(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')

    assert code_version(tmp_path) == "1.2.3-plain"


def test_the_version_looks_for_the_style_where_the_site_does() -> None:
    assert ROOT / COMPILED_STYLE == COMPILED
