from datetime import UTC, datetime, timedelta
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from local.issuer import Issuer, issuer_at

NOW = datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
URL = "http://127.0.0.1:8000"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("issuer")


@pytest.fixture
def issuer(folder: Path) -> Issuer:
    return issuer_at(URL, folder)


def test_a_token_carries_who_may_do_what_until_when(issuer: Issuer) -> None:
    token = issuer.token(["officer", "finance"], subject="o.finance", now=NOW)

    assert jwt.decode(token, options={"verify_signature": False}) == {
        "iss": "http://127.0.0.1:8000",
        "aud": "streetlight",
        "sub": "o.finance",
        "iat": 1704164645,
        "exp": 1704164645 + 12 * 3600,
        "roles": ["officer", "finance"],
    }


def test_a_partners_token_names_its_organisation(issuer: Issuer) -> None:
    token = issuer.token(["partner"], subject="p", now=NOW, organisation="stoke-city-council", lifetime=timedelta(minutes=1))

    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["organisation"] == "stoke-city-council"
    assert claims["exp"] - claims["iat"] == 60


def test_a_token_is_signed_with_the_key_that_the_document_shows(issuer: Issuer) -> None:
    keys = jwt.PyJWKSet.from_dict(dict(document(issuer, "/.well-known/jwks.json")))
    token = issuer.token(["viewer"], subject="v", now=NOW)

    key = keys[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(token, key, algorithms=["RS256"], audience="streetlight", issuer=URL, options={"verify_exp": False})
    assert claims["sub"] == "v"


def test_the_document_shows_no_private_part(issuer: Issuer) -> None:
    keys = document(issuer, "/.well-known/jwks.json")["keys"]

    assert isinstance(keys, list)
    assert [sorted(key) for key in keys] == [["alg", "e", "kid", "kty", "n", "use"]]


def test_discovery_leads_to_the_keys(issuer: Issuer) -> None:
    discovery = document(issuer, "/.well-known/openid-configuration")

    assert (discovery["issuer"], discovery["jwks_uri"]) == (URL, f"{URL}/.well-known/jwks.json")


def test_the_key_is_made_once_and_kept_for_its_owner_alone(issuer: Issuer, folder: Path) -> None:
    again = issuer_at(URL, folder)

    assert again.key_id == issuer.key_id
    assert oct((folder / "signing-key.pem").stat().st_mode & 0o777) == "0o600"


def test_a_file_with_another_kind_of_key_is_refused(tmp_path: Path) -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    (tmp_path / "signing-key.pem").write_bytes(
        other.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )

    with pytest.raises(TypeError, match=r"signing-key\.pem does not hold an RSA key"):
        issuer_at(URL, tmp_path)


def document(issuer: Issuer, path: str) -> dict[str, object]:
    found = issuer.documents()[path]
    assert isinstance(found, dict)
    return found
