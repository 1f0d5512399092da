"""Tokens: genuine ones let in, about sixty kinds of forged ones get the same 401 (RFC 8725)."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from typing import Any

import jwt
import orjson
import pytest

from tests.api.asking import NOWHERE
from tests.conftest import SECRET, START, Clock
from tests.people import Client
from tracker.web import signing

KID = signing.keys(SECRET).kid
HEADER = {"alg": "HS256", "typ": "JWT", "kid": KID}
NOW = int(START.timestamp())
NOBODY = "00000000-0000-7000-8000-000000000000"
Claims = dict[str, Any]

RSA_PUBLIC = b"""-----BEGIN PUBLIC KEY-----
MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8Qu
KUpRKfFLfRYC9AIKjbJTWit+CqvjWYzvQwECAwEAAQ==
-----END PUBLIC KEY-----"""


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def signed(claims: Any, header: dict[str, Any] | None = None, key: bytes = SECRET.encode()) -> str:
    """A token with an HMAC that is right for `key`, whatever header and claims say."""
    head = b64(orjson.dumps(HEADER if header is None else header))
    payload = f"{head}.{b64(orjson.dumps(claims))}"
    return f"{payload}.{b64(hmac.new(key, payload.encode(), hashlib.sha256).digest())}"


def unsigned(claims: Claims, algorithm: str) -> str:
    header = {**HEADER, "alg": algorithm}
    return f"{b64(orjson.dumps(header))}.{b64(orjson.dumps(claims))}."


def without(claims: Claims, name: str) -> Claims:
    return {key: value for key, value in claims.items() if key != name}


def with_header(**more: Any) -> Callable[[Claims], str]:
    return lambda claims: signed(claims, {**HEADER, **more})


def with_claims(**more: Any) -> Callable[[Claims], str]:
    return lambda claims: signed({**claims, **more})


FORGED: dict[str, Callable[[Claims], str]] = {
    "alg none": lambda c: unsigned(c, "none"),
    "alg None": lambda c: unsigned(c, "None"),
    "alg NONE": lambda c: unsigned(c, "NONE"),
    "empty signature": lambda c: signed(c).rpartition(".")[0] + ".",
    "no signature": lambda c: signed(c).rpartition(".")[0],
    "another key": lambda c: signed(c, key=b"another key that is as long as ours is"),
    "empty key": lambda c: signed(c, key=b""),
    "RS256 as HS256": lambda c: signed(c, {**HEADER, "alg": "RS256"}, key=RSA_PUBLIC),
    "alg RS256": with_header(alg="RS256"),
    "HS512 of our key": lambda c: jwt.encode(c, SECRET + SECRET, "HS512", {"kid": KID}),
    "HS384 in the header": with_header(alg="HS384"),
    "claims exchanged": lambda c: _claims_of_another(c),
    "typ refresh": with_claims(typ="refresh"),
    "typ missing": lambda c: signed(without(c, "typ")),
    "aud of another": with_claims(aud="other"),
    "aud as list": with_claims(aud=["tracker-api", "other"]),
    "aud missing": lambda c: signed(without(c, "aud")),
    "iss of another": with_claims(iss="other"),
    "iss missing": lambda c: signed(without(c, "iss")),
    "nbf in the future": with_claims(nbf=NOW + 60),
    "iat in the future": with_claims(iat=NOW + 60),
    "exp past": with_claims(exp=NOW - 1),
    "exp now": with_claims(exp=NOW),
    "exp missing": lambda c: signed(without(c, "exp")),
    "exp a text": with_claims(exp="never"),
    "exp a huge number": with_claims(exp=10.0**300),
    "exp true": with_claims(exp=True),
    "nbf an object": with_claims(nbf={"$gt": 0}),
    "sub an object": with_claims(sub={"$ne": 1}),
    "sub a list": with_claims(sub=["x"]),
    "sub a number": with_claims(sub=1),
    "sub missing": lambda c: signed(without(c, "sub")),
    "sub of nobody": with_claims(sub=NOBODY),
    "sid missing": lambda c: signed(without(c, "sid")),
    "sid of nobody": with_claims(sid=NOWHERE),
    "sid an object": with_claims(sid={"$ne": 1}),
    "jti missing": lambda c: signed(without(c, "jti")),
    "kid missing": lambda c: signed(c, without(HEADER, "kid")),
    "kid of no key": with_header(kid="AAAAAAAA"),
    "kid empty": with_header(kid=""),
    "kid null": with_header(kid=None),
    "kid a number": with_header(kid=1),
    "kid a path": with_header(kid="../x"),
    "kid an object": with_header(kid={"$ne": 1}),
    "jku": with_header(jku="https://evil.example/keys"),
    "jwk": with_header(jwk={"kty": "oct", "k": "AAAA"}),
    "x5u": with_header(x5u="https://evil.example/x5u"),
    "crit": with_header(crit=["exp"]),
    "zipped": with_header(zip="DEF"),
    "header typ missing": lambda c: signed(c, without(HEADER, "typ")),
    "header a list": lambda c: signed(c, [HEADER]),  # type: ignore[arg-type]
    "claims a list": lambda c: signed([c]),
    "not base64": lambda c: "%%%.%%%.%%%",
    "two dots": lambda c: "..",
    "a word": lambda c: "x",
    "NUL": lambda c: "a\0b",
    "a letter beyond ASCII": lambda c: "\u00e9.\u00e9.\u00e9",
    "nested deeply": lambda c: f"{b64(b'[' * 3_000)}.{b64(b'[' * 3_000)}.x",
    "an API token of nobody": lambda c: "trk_" + "x" * 43,
    "an API token cut short": lambda c: "trk_" + "x" * 42,
    "an API token with a NUL": lambda c: "trk_" + "x" * 42 + "\0",
    "a long API token": lambda c: "trk_" + "x" * 10_000,
    "a long token": lambda c: signed({**c, "more": "x" * 10_000}),
    "10 MB": lambda c: "x" * 10_000_000,
}


def _claims_of_another(claims: Claims) -> str:
    head, _, signature = signed(claims).split(".")
    return f"{head}.{b64(orjson.dumps({**claims, 'sub': NOBODY}))}.{signature}"


@pytest.fixture
def claims(client: Client) -> Claims:
    token = client.as_("ann").token
    found: Claims = jwt.decode(token or "", options={"verify_signature": False})
    return found


@pytest.mark.parametrize("kind", FORGED)
def test_forged_token_gets_401(client: Client, claims: Claims, kind: str) -> None:
    reply = client.with_token(FORGED[kind](claims)).get("/api/auth/me")
    assert (reply.status, reply.json["detail"]) == (401, "Could not validate credentials")
    assert reply.headers["WWW-Authenticate"] == "Bearer"


def test_the_table_signs_as_we_do(client: Client, claims: Claims) -> None:
    assert client.with_token(signed(claims)).get("/api/auth/me").status == 200


def test_a_token_says_what_it_is_for(claims: Claims) -> None:
    assert {"typ", "iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp"} <= set(claims)
    assert (claims["typ"], claims["exp"] - claims["iat"]) == ("access", 1_440 * 60)


def test_two_logins_are_two_sessions(client: Client, claims: Claims) -> None:
    body = {"email": "ann@example.com", "password": "correct horse"}
    token = client.post("/api/auth/login", body).json["access_token"]
    other = jwt.decode(token, options={"verify_signature": False})
    assert other["sub"] == claims["sub"]
    assert other["sid"] != claims["sid"]
    assert other["jti"] != claims["jti"]


def test_a_token_ends_to_the_second_though_it_is_remembered(client: Client, clock: Clock) -> None:
    ann = client.as_("ann")
    clock.advance(minutes=1_440, seconds=-2)
    assert ann.get("/api/auth/me").status == 200
    clock.advance(seconds=2)
    assert ann.get("/api/auth/me").status == 401


@pytest.mark.parametrize(
    "header", [None, "", "Basic YTpi", "Bearer", "Bearer ", "Token x", "\u00e9"]
)
def test_without_a_bearer_token_nobody_is_known(client: Client, header: str | None) -> None:
    reply = client.get("/api/auth/me", headers={} if header is None else {"Authorization": header})
    assert (reply.status, reply.json["detail"]) == (401, "Not authenticated")
    assert reply.headers["WWW-Authenticate"] == "Bearer"


def test_the_scheme_is_read_in_any_case(client: Client) -> None:
    token = client.as_("ann").token
    assert client.get("/api/auth/me", headers={"Authorization": f"bearer {token}"}).status == 200


def test_a_token_in_a_cookie_or_in_the_address_counts_for_nothing(client: Client) -> None:
    token = client.as_("ann").token
    cookie = {"Cookie": f"access_token_cookie={token}"}
    assert client.get("/api/auth/me", headers=cookie).status == 401
    assert client.get(f"/api/auth/me?jwt={token}").status == 401
