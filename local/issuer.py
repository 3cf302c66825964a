"""A sign-in service for this machine only: one RS256 key, its JWKS document, and tokens for the asking.

The app checks these tokens with the code that checks the deployed issuer's; only the issuer differs.
"""

from __future__ import annotations

import hashlib
import json
import os
from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from chalicelib.domain.people import Role

AUDIENCE = "streetlight"
ROLES = tuple(role.value for role in Role)
JWKS_PATH = "/.well-known/jwks.json"
DISCOVERY_PATH = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Signs access tokens as the issuer at `url`, the server's own address without a closing slash."""

    url: str
    key: rsa.RSAPrivateKey
    audience: str = AUDIENCE

    def token(
        self,
        roles: Iterable[str],
        *,
        subject: str,
        now: datetime,
        organisation: str | None = None,
        lifetime: timedelta = timedelta(hours=12),
    ) -> str:
        """Sign an access token. A partner's names the organisation whose initiatives it may see."""
        claims: dict[str, object] = {
            "iss": self.url,
            "aud": self.audience,
            "sub": subject,
            "iat": int(now.timestamp()),
            "exp": int((now + lifetime).timestamp()),
            "roles": list(roles),
        }
        if organisation is not None:
            claims["organisation"] = organisation
        return jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": self.key_id})

    @property
    def key_id(self) -> str:
        """The key's RFC 7638 thumbprint: the same key has the same id on every start."""
        members = {name: self._public_key()[name] for name in ("e", "kty", "n")}
        digest = hashlib.sha256(json.dumps(members, separators=(",", ":"), sort_keys=True).encode()).digest()
        return urlsafe_b64encode(digest).rstrip(b"=").decode()

    def documents(self) -> Mapping[str, object]:
        """What the issuer serves, by path: the keys, and the discovery document that says where they are."""
        key = {**self._public_key(), "kid": self.key_id, "use": "sig", "alg": "RS256"}
        discovery = {
            "issuer": self.url,
            "jwks_uri": self.url + JWKS_PATH,
            "response_types_supported": ["token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }
        return {JWKS_PATH: {"keys": [key]}, DISCOVERY_PATH: discovery}

    def _public_key(self) -> Mapping[str, object]:
        return {
            name: value for name, value in RSAAlgorithm.to_jwk(self.key.public_key(), as_dict=True).items() if name in ("e", "kty", "n")
        }


def issuer_at(url: str, folder: Path) -> Issuer:
    """The issuer whose key stands in a folder; the first call makes the key, readable by its owner alone."""
    path = folder / "signing-key.pem"
    if not path.exists():
        _write_new_key(path)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError(f"{path} does not hold an RSA key. Remove the file, and the next start makes one.")
    return Issuer(url=url, key=key)


def _write_new_key(path: Path) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    text = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    path.parent.mkdir(parents=True, exist_ok=True)
    # Written aside and renamed, so that a crash leaves no half of a key; 0600 from its first moment.
    aside = path.with_suffix(".new")
    aside.unlink(missing_ok=True)
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(text)
    aside.rename(path)
