"""Who asks: an OIDC access token, checked here against the issuer's published keys.

The same code runs locally and deployed. Everything wrong with a token is a 401 that says what, never more than the
caller knows already. Only when the issuer's keys cannot be had at all is it a 503: the caller's token may be good.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from threading import Lock
from typing import TYPE_CHECKING, ClassVar, Protocol
from urllib.parse import urlsplit

from chalicelib.api.problems import ApiError
from chalicelib.domain.people import Actor, Role
from chalicelib.settings import Settings

if TYPE_CHECKING:
    from jwt import PyJWK

ALGORITHMS = ("RS256", "ES256")
FRESH = 600.0
"""Seconds for which fetched keys are used without asking again."""
USABLE = 3600.0
"""Seconds for which they are used when the issuer does not answer: a withdrawn key dies within the hour."""
PAUSE = 30.0
"""Seconds between two fetches, whatever tokens say: made-up key ids cannot hammer the issuer."""
LEEWAY = 30.0
"""Seconds by which the issuer's clock may differ from ours."""
LARGEST = 16 * 1024
"""Characters in a token; API Gateway lets no more through either."""

_SUBJECT = re.compile(r"[!-~]{1,255}")
_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})
_ID_TOKEN_CLAIMS = frozenset({"nonce", "at_hash", "c_hash"})

Fetch = Callable[[str], bytes]
"""Gets the bytes at an address, within a few seconds, or raises OSError."""


class Unauthenticated(ApiError):
    """Sign in first."""

    status: ClassVar[int] = 401
    headers: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": 'Bearer realm="streetlight"'}
    reason: str

    @property
    def detail(self) -> str:
        return f"Send the header Authorization with Bearer and a valid access token. {self.reason}"


class SignInUnavailable(ApiError):
    """Tokens cannot be checked at this moment.

    The issuer's keys cannot be fetched. Nothing was done: repeat the request a little later.
    """

    status = 503
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "30"}


class Keys:
    """The issuer's public keys by id, fetched when first needed and again when old, or when a new id turns up. Thread safe."""

    def __init__(self, url: str, fetch: Fetch, clock: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._fetch = fetch
        self._clock = clock
        self._lock = Lock()
        self._keys: Mapping[str, PyJWK] = {}
        self._fetched: float | None = None
        self._tried: float | None = None

    def key(self, key_id: str) -> PyJWK | None:
        """The key with this id, or None where the issuer has none. Raises SignInUnavailable."""
        keys = self._keys
        if key_id in keys and self._age() <= FRESH:
            return keys[key_id]
        with self._lock:
            if self._age() > FRESH or key_id not in self._keys:
                self._refresh()
            if self._age() > USABLE:
                raise SignInUnavailable
            return self._keys.get(key_id)

    def _age(self) -> float:
        return float("inf") if self._fetched is None else self._clock() - self._fetched

    def _refresh(self) -> None:
        if self._tried is not None and self._clock() - self._tried < PAUSE:
            return
        self._tried = self._clock()
        try:
            self._keys = _usable_keys(self._fetch(self._url))
        except (OSError, ValueError):
            return  # the keys at hand serve on until they are too old
        self._fetched = self._clock()


class Verifier:
    """Checks access tokens and says who holds them."""

    def __init__(self, keys: KeyRing, *, issuer: str, audience: str, roles_claim: str) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._roles_claim = roles_claim

    @classmethod
    def of(cls, settings: Settings, fetch: Fetch) -> Verifier:
        """The verifier that the settings describe."""
        return cls(
            Keys(settings.token_jwks_url, fetch),
            issuer=settings.token_issuer,
            audience=settings.token_audience,
            roles_claim=settings.token_roles_claim,
        )

    def verify(self, authorization: str | None) -> Actor:
        """Whoever holds the token in an Authorization header. Raises Unauthenticated, SignInUnavailable."""
        claims = self._claims(_bearer(authorization))
        if claims.get("token_use") == "id" or claims.get("typ") == "ID" or _ID_TOKEN_CLAIMS & claims.keys():
            raise Unauthenticated("This is an ID token; an access token is needed.")
        subject = claims.get("sub")
        if not isinstance(subject, str) or not _SUBJECT.fullmatch(subject):
            raise Unauthenticated("The token's subject cannot be used.")
        organisation = claims.get("organisation")
        return Actor(
            subject=subject,
            roles=_roles(claims.get(self._roles_claim)),
            organisation_id=organisation if isinstance(organisation, str) and organisation else None,
        )

    def _claims(self, token: str) -> Mapping[str, object]:
        import jwt  # noqa: PLC0415  with cryptography it costs more than the rest of the api together

        try:
            header = jwt.get_unverified_header(token)
            key = self._key(header)
            return jwt.decode(
                token,
                key,
                algorithms=list(ALGORITHMS),
                audience=self._audience,
                issuer=self._issuer,
                leeway=LEEWAY,
                options={"require": ["exp", "iat", "sub", "iss", "aud"], "enforce_minimum_key_length": True},
            )
        except jwt.PyJWTError as error:
            raise Unauthenticated(_REASONS.get(type(error).__name__, "The token is not valid.")) from error
        except (ValueError, TypeError, RecursionError) as error:
            raise Unauthenticated("The token is not valid.") from error

    def _key(self, header: Mapping[str, object]) -> PyJWK:
        key_id = header.get("kid")
        key = self._keys.key(key_id) if isinstance(key_id, str) else None
        if key is None or key.algorithm_name != header.get("alg"):
            raise Unauthenticated("The token is not signed with a key of the issuer's.")
        return key


class KeyRing(Protocol):
    """Where a verifier finds keys."""

    def key(self, key_id: str) -> PyJWK | None:
        """The key with this id."""
        ...


_REASONS = {
    "ExpiredSignatureError": "The token has expired.",
    "ImmatureSignatureError": "The token is not valid yet.",
    "InvalidAudienceError": "The token was made for another service.",
    "InvalidIssuerError": "The token was made by another issuer.",
    "InvalidSignatureError": "The token's signature does not fit.",
    "MissingRequiredClaimError": "The token lacks one of the claims exp, iat, sub, iss and aud.",
}


def _bearer(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").strip().partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("There is none.")
    if len(token) > LARGEST:
        raise Unauthenticated("The token is too long.")
    return token.strip()


def _roles(claim: object) -> frozenset[Role]:
    """The roles that a claim names, in a list or separated by spaces; names that mean nothing here are passed over."""
    names = claim.split() if isinstance(claim, str) else claim if isinstance(claim, list) else []
    return frozenset(role for role in Role if role.value in names)


def _usable_keys(document: bytes) -> Mapping[str, PyJWK]:
    """The signing keys of a JWKS document, by id; keys of other kinds are passed over. Raises ValueError."""
    import jwt  # noqa: PLC0415  as above

    given = json.loads(document)
    entries = given.get("keys") if isinstance(given, dict) else None
    if not isinstance(entries, list):
        raise ValueError("a JWKS document has a list of keys")  # noqa: TRY004  what is wrong is the document
    found = {}
    for entry in entries:
        if not isinstance(entry, dict) or entry.get("use", "sig") != "sig" or not isinstance(entry.get("kid"), str):
            continue
        try:
            key = jwt.PyJWK.from_dict(entry)
        except jwt.PyJWTError:
            continue
        if key.algorithm_name in ALGORITHMS:
            found[entry["kid"]] = key
    return found


def fetched(url: str) -> bytes:
    """The bytes at an https address (or http on this very machine), without following anybody elsewhere. Raises OSError."""
    from http.client import HTTPException  # noqa: PLC0415  as below
    from urllib import request  # noqa: PLC0415  it brings the email package and ssl along

    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
        raise OSError("keys are fetched over https only")

    class Stay(request.HTTPRedirectHandler):
        def redirect_request(self, *_: object, **__: object) -> None:
            return None

    try:
        with request.build_opener(Stay).open(url, timeout=3) as response:
            body: bytes = response.read(256 * 1024)
    except HTTPException as error:
        raise OSError(f"the issuer's answer is not whole HTTP: {error!r}") from error
    return body
