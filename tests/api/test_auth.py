"""Tokens: which are believed, what is said of those that are not, and how often the issuer is asked."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from socket import create_server
from threading import Thread

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from chalicelib.api.auth import Keys, SignInUnavailable, Unauthenticated, Verifier, fetched
from chalicelib.context import the_time
from chalicelib.domain.people import SCHEDULE, Role
from tests.api.library import SETTINGS
from tests.api.tokens import ISSUER, RSA_ID, claims, ec_key, jwks, rsa_key, stranger, token


class Issuer:
    """Publishes keys, counts how often it is asked, and may be away."""

    def __init__(self, document: bytes = b"") -> None:
        self.document = document or jwks(with_rsa=True)
        self.asked = 0
        self.away = False

    def fetch(self, url: str) -> bytes:
        assert url == SETTINGS.token_jwks_url
        self.asked += 1
        if self.away:
            raise OSError("no route to host")
        return self.document


class Clock:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def verifier(issuer: Issuer | None = None) -> Verifier:
    return Verifier.of(SETTINGS, (issuer or Issuer()).fetch)


def refusal(authorization: str | None) -> str:
    with pytest.raises(Unauthenticated) as refused:
        verifier().verify(authorization)
    return refused.value.reason


def test_a_good_token_says_who_holds_it_and_in_which_roles() -> None:
    actor = verifier().verify(f"Bearer {token(claims(roles=['officer', 'finance', 'gardener']))}")

    assert actor.subject == "olive"
    assert actor.roles == {Role.OFFICER, Role.FINANCE}
    assert actor.organisation_id is None


def test_rsa_tokens_are_believed_too() -> None:
    rsa_token = token(key=rsa_key(), kid=RSA_ID, algorithm="RS256")

    assert verifier().verify(f"bearer {rsa_token}").subject == "olive"


@pytest.mark.parametrize(
    ("claim", "roles"),
    [
        ("officer finance", {Role.OFFICER, Role.FINANCE}),
        (["viewer"], {Role.VIEWER}),
        ([], set()),
        (None, set()),
        (7, set()),
        ([["officer"], None, 7, "viewer"], {Role.VIEWER}),
        ("Officer", set()),
    ],
)
def test_roles_come_in_a_list_or_in_words(claim: object, roles: set[Role]) -> None:
    assert verifier().verify(f"Bearer {token(claims(roles=claim))}").roles == roles


@pytest.mark.parametrize(
    ("authorization", "reason"),
    [
        (None, "There is none."),
        ("", "There is none."),
        ("Bearer", "There is none."),
        ("Basic b2xpdmU6", "There is none."),
        ("Bearer x", "The token is not valid."),
        ("Bearer a.b.c", "The token is not valid."),
        ("Bearer é.é.é", "The token is not valid."),
        (f"Bearer {'x' * 20000}", "The token is too long."),
        ("Bearer " + "[" * 5000, "The token is not valid."),
    ],
)
def test_what_is_no_token_is_refused(authorization: str | None, reason: str) -> None:
    assert refusal(authorization) == reason


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"exp": the_time() - timedelta(hours=1)}, "The token has expired."),
        ({"nbf": the_time() + timedelta(hours=1)}, "The token is not valid yet."),
        ({"iat": the_time() + timedelta(hours=1)}, "The token is not valid yet."),
        ({"aud": "another"}, "The token was made for another service."),
        ({"iss": "https://elsewhere.test"}, "The token was made by another issuer."),
        ({"exp": None}, "The token lacks one of the claims exp, iat, sub, iss and aud."),
        ({"iat": None}, "The token lacks one of the claims exp, iat, sub, iss and aud."),
        ({"sub": None}, "The token lacks one of the claims exp, iat, sub, iss and aud."),
        ({"sub": ""}, "The token's subject cannot be used."),
        ({"sub": "two words"}, "The token's subject cannot be used."),
        ({"exp": "soon"}, "The token is not valid."),
        ({"token_use": "id"}, "This is an ID token; an access token is needed."),
        ({"typ": "ID"}, "This is an ID token; an access token is needed."),
        ({"nonce": "n"}, "This is an ID token; an access token is needed."),
    ],
)
def test_what_is_wrong_with_a_token_is_said(changed: dict[str, object], reason: str) -> None:
    assert refusal(f"Bearer {token(claims(**changed))}") == reason


@pytest.mark.parametrize("late", [0, 20])
def test_the_issuers_clock_may_differ_a_little(late: int) -> None:
    accepted = token(claims(exp=the_time() - timedelta(seconds=late), nbf=the_time() + timedelta(seconds=late)))

    assert verifier().verify(f"Bearer {accepted}").subject == "olive"


def test_a_token_signed_by_somebody_else_is_refused() -> None:
    assert refusal(f"Bearer {token(key=stranger())}") == "The token's signature does not fit."


def test_a_changed_token_is_refused() -> None:
    head, _, signature = token().split(".")
    _, body, _ = token(claims(roles=["administrator"])).split(".")

    assert refusal(f"Bearer {head}.{body}.{signature}") == "The token's signature does not fit."


def test_an_unsigned_token_is_refused() -> None:
    unsigned = jwt.encode(claims(), "", algorithm="none", headers={"kid": "ec-1"})

    assert refusal(f"Bearer {unsigned}") == "The token is not signed with a key of the issuer's."


def test_a_public_key_is_no_shared_secret() -> None:
    # The classic confusion: HS256 over the published key's own text. PyJWT would not even sign so; the header is what counts.
    public = ec_key().public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    forged = token(key=public.hex(), algorithm="HS256")

    assert refusal(f"Bearer {forged}") == "The token is not signed with a key of the issuer's."


@pytest.mark.parametrize("kid", [None, "unknown"])
def test_a_token_names_one_of_the_issuers_keys(kid: str | None) -> None:
    assert refusal(f"Bearer {token(kid=kid)}") == "The token is not signed with a key of the issuer's."


def test_a_weak_key_is_not_believed() -> None:
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505  which is the point
    entry = {**jwt.algorithms.RSAAlgorithm.to_jwk(weak.public_key(), as_dict=True), "kid": "weak"}
    issuer = Issuer(json.dumps({"keys": [entry]}).encode())
    with pytest.warns(UserWarning, match="1024|below"):
        signed = token(key=weak, kid="weak", algorithm="RS256")

    with pytest.raises(Unauthenticated):
        verifier(issuer).verify(f"Bearer {signed}")


def test_keys_are_fetched_once_and_again_when_they_are_old() -> None:
    issuer, clock = Issuer(), Clock()
    keys = Keys(SETTINGS.token_jwks_url, issuer.fetch, clock)

    for seconds, asked in ((0, 1), (1, 1), (598, 1), (2, 2), (599, 2)):
        clock.seconds += seconds
        assert keys.key("ec-1") is not None
        assert issuer.asked == asked


def test_an_unknown_key_is_looked_for_once_in_a_while() -> None:
    issuer, clock = Issuer(), Clock()
    keys = Keys(SETTINGS.token_jwks_url, issuer.fetch, clock)
    keys.key("ec-1")

    for number in range(100):
        assert keys.key(f"made-up-{number}") is None
    assert issuer.asked == 1

    clock.seconds += 31
    for number in range(100):
        assert keys.key(f"made-up-{number}") is None
    assert issuer.asked == 2


def test_a_new_key_is_found_without_waiting_for_the_old_ones_to_age() -> None:
    issuer, clock = Issuer(jwks()), Clock()
    keys = Keys(SETTINGS.token_jwks_url, issuer.fetch, clock)
    assert keys.key(RSA_ID) is None

    issuer.document = jwks(with_rsa=True)
    clock.seconds += 31

    assert keys.key(RSA_ID) is not None


def test_a_withdrawn_key_is_forgotten() -> None:
    issuer, clock = Issuer(jwks(with_rsa=True)), Clock()
    keys = Keys(SETTINGS.token_jwks_url, issuer.fetch, clock)
    assert keys.key(RSA_ID) is not None

    issuer.document = jwks()
    clock.seconds += 601

    assert keys.key(RSA_ID) is None


def test_an_issuer_that_is_away_is_borne_for_an_hour() -> None:
    issuer, clock = Issuer(), Clock()
    keys = Keys(SETTINGS.token_jwks_url, issuer.fetch, clock)
    keys.key("ec-1")

    issuer.away = True
    clock.seconds += 3599
    assert keys.key("ec-1") is not None
    clock.seconds += 2
    with pytest.raises(SignInUnavailable):
        keys.key("ec-1")


@pytest.mark.parametrize("document", [b"", b"<html>", b"[]", b"{}", b'{"keys": 7}', b"\xff"])
def test_an_issuer_that_publishes_nonsense_is_as_good_as_away(document: bytes) -> None:
    issuer = Issuer()
    issuer.document = document

    with pytest.raises(SignInUnavailable):
        verifier(issuer).verify(f"Bearer {token()}")


def test_keys_of_other_kinds_are_passed_over() -> None:
    good = json.loads(jwks())["keys"][0]
    others = [
        7,
        {"kty": "oct", "kid": "shared", "k": "c2VjcmV0"},
        {**good, "kid": "sealing", "use": "enc"},
        {**good, "kid": 7},
        {"kty": "EC", "crv": "P-256", "kid": "torn"},
        {"kty": "new", "kid": "unheard-of"},
    ]
    keys = Keys(SETTINGS.token_jwks_url, Issuer(json.dumps({"keys": [*others, good]}).encode()).fetch)

    assert keys.key("ec-1") is not None
    for name in ("shared", "sealing", "torn", "unheard-of"):
        assert keys.key(name) is None


@pytest.mark.parametrize("url", ["http://sign-in.test/keys", "file:///etc/passwd", "ftp://127.0.0.1/keys", "keys"])
def test_keys_are_fetched_over_https_only(url: str) -> None:
    with pytest.raises(OSError, match="https only"):
        fetched(url)


def test_a_machine_that_does_not_answer_is_an_oserror() -> None:
    with pytest.raises(OSError):  # noqa: PT011  whatever the system calls it
        fetched("http://127.0.0.1:9/keys")


def test_the_issuer_is_the_settings_issuer() -> None:
    assert SETTINGS.token_issuer == ISSUER


@pytest.mark.parametrize(
    "answer",
    [b"this is not http\r\n\r\n", b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n{", b""],
    ids=["no status line", "cut short", "nothing"],
)
def test_an_issuer_that_answers_with_rubbish_is_an_oserror(answer: bytes) -> None:
    with answering(answer) as url, pytest.raises(OSError):  # noqa: PT011  whatever the library calls it
        fetched(url)


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """A machine that takes one connection, sends this and hangs up."""
    with create_server(("127.0.0.1", 0)) as listening:

        def once() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(answer)

        thread = Thread(target=once)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/keys"
        finally:
            thread.join()


def test_no_token_speaks_for_the_schedule() -> None:
    with pytest.raises(Unauthenticated, match="subject cannot be used"):
        verifier().verify(f"Bearer {token(claims(sub=SCHEDULE.subject))}")
