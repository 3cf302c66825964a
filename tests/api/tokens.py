"""An issuer of access tokens for tests, with keys of its own."""

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import cache

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from chalicelib.context import the_time

ISSUER = "https://sign-in.test"
AUDIENCE = "streetlight"
JWKS_URL = "https://sign-in.test/keys"

EC_ID, RSA_ID = "ec-1", "rsa-1"


@cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def stranger() -> ec.EllipticCurvePrivateKey:
    """A key that the issuer never published."""
    return ec.generate_private_key(ec.SECP256R1())


def jwks(*, with_rsa: bool = False) -> bytes:
    keys = [{**ECAlgorithm.to_jwk(ec_key().public_key(), as_dict=True), "kid": EC_ID, "use": "sig"}]
    if with_rsa:
        keys.append({**RSAAlgorithm.to_jwk(rsa_key().public_key(), as_dict=True), "kid": RSA_ID, "use": "sig", "alg": "RS256"})
    return json.dumps({"keys": keys}).encode()


def claims(**changed: object) -> dict[str, object]:
    """A good token's claims, with some changed; None leaves one out."""
    now = the_time()
    good: dict[str, object] = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "olive",
        "iat": now,
        "exp": now + timedelta(minutes=5),
        "roles": ["officer"],
    }
    return {name: value for name, value in {**good, **changed}.items() if value is not None}


def token(
    given: Mapping[str, object] | None = None,
    *,
    key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | str | None = None,
    kid: str | None = EC_ID,
    algorithm: str = "ES256",
) -> str:
    """A signed token, good unless told otherwise."""
    headers = {"kid": kid} if kid else {}
    return jwt.encode(dict(given or claims()), key or ec_key(), algorithm=algorithm, headers=headers)


def bearer(role: str = "officer", subject: str = "olive") -> dict[str, str]:
    return {"Authorization": f"Bearer {token(claims(roles=[role], sub=subject))}"}
