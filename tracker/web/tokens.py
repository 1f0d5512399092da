"""Access tokens (RFC 7519, 8725): issued by flask-jwt-extended, verified and remembered here.

A token says who asks and in which session, never what they may: session, user and rights are read
anew on every request.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple, cast

import jwt
from flask import Flask, current_app
from flask_jwt_extended import JWTManager, create_access_token

from tracker.core import sessions
from tracker.core.sessions import Lifetimes, Session

from .signing import Keys

ALGORITHM = "HS256"
ISSUER = "tracker"
AUDIENCE = "tracker-api"
ACCESS = "access"
REMEMBERED_SECONDS = 30
REMEMBERED_TOKENS = 4_096
LONGEST_TOKEN = 4_096

_TEXTS = ("typ", "iss", "aud", "sub", "sid", "jti")
_TIMES = ("iat", "nbf", "exp")
# Times are checked by our own clock, so that a test can hand one in.
_CHECKS: Any = {
    "require": [*_TEXTS, *_TIMES],
    "verify_exp": False,
    "verify_nbf": False,
    "verify_iat": False,
    "strict_aud": True,
}


_SIGNATURE: Any = {
    f"verify_{name}": False for name in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")
}


class BadToken(Exception):
    """Forged, damaged, expired or meant for something else: callers say no more than that."""


class Expired(BadToken):
    """Ours, but of a time that is over."""


class Nameless(BadToken):
    """Ours, but it says nothing of whose it is."""


class Issued(NamedTuple):
    """A new token, and the seconds that it lives."""

    text: str
    seconds: int


class Tokens:
    """Issues access tokens and tells what genuine ones say."""

    def __init__(self, keys: Keys, lifetimes: Lifetimes, clock: Callable[[], datetime]) -> None:
        self.keys, self.lifetimes, self._clock = keys, lifetimes, clock
        self._remembered: dict[str, tuple[dict[str, Any], float]] = {}

    def issue(
        self,
        session: Session,
        also: Mapping[str, Any] | None = None,
        lives: timedelta | None = None,
    ) -> Issued:
        """An access token for a session, with claims and a life of a door's own; needs the
        application's context.
        """
        now = self._clock()
        ends = sessions.access_ends(session, self.lifetimes, lives, at=now)
        claims = {
            **(also or {}),
            "typ": ACCESS,
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sid": session["_id"],
        }
        claims |= {"iat": now, "nbf": now, "exp": ends}
        kid = {"kid": self.keys.kid}
        text = create_access_token(
            session["user"], additional_claims=claims, additional_headers=kid
        )
        return Issued(str(text), int((ends - now).total_seconds()))

    def why(self, token: str) -> BadToken:
        """What is wrong with a token that was refused, for a door that tells so."""
        for key in self.keys.known.values():
            with suppress(jwt.PyJWTError, ValueError, TypeError, RecursionError):
                claims = jwt.decode(token, key, algorithms=[ALGORITHM], options=_SIGNATURE)
                return _fault(claims, self._clock().timestamp())
        return BadToken()

    def claims(self, token: str) -> dict[str, Any]:
        """What a genuine, current token says; remembered 30 s at most. Raises BadToken."""
        now = self._clock().timestamp()
        known = self._remembered.get(token)
        if known and now < known[1]:
            return known[0]
        claims = _current(_verified(token, self.keys), now)
        if len(self._remembered) >= REMEMBERED_TOKENS:
            self._remembered.clear()
        self._remembered[token] = claims, min(now + REMEMBERED_SECONDS, claims["exp"])
        return claims


def init_app(
    app: Flask, *, keys: Keys, lifetimes: Lifetimes, clock: Callable[[], datetime]
) -> None:
    """Give the application its tokens; the keys are never read again from anywhere else."""
    app.config.update(JWT_SECRET_KEY=keys.current, JWT_ALGORITHM=ALGORITHM)
    app.config["JWT_COOKIE_CSRF_PROTECT"] = False
    JWTManager(app)
    app.extensions["tokens"] = Tokens(keys, lifetimes, clock)


def tokens() -> Tokens:
    """The tokens of the application that answers the request."""
    return cast(Tokens, current_app.extensions["tokens"])


def _fault(claims: dict[str, Any], now: float) -> BadToken:
    """Of a genuine token: the first of what tells it from a good one."""
    ends = claims.get("exp")
    if isinstance(ends, int | float) and ends <= now:
        return Expired()
    return BadToken() if {"sub", "user_id"} & claims.keys() else Nameless()


def _verified(token: str, keys: Keys) -> dict[str, Any]:
    """The claims under a signature of ours; a header with more in it (`jku`) is not ours."""
    if len(token) > LONGEST_TOKEN or not token.isascii():
        raise BadToken
    try:
        key = _key(jwt.get_unverified_header(token), keys)
        return jwt.decode(
            token, key, algorithms=[ALGORITHM], audience=AUDIENCE, issuer=ISSUER, options=_CHECKS
        )
    except (jwt.PyJWTError, ValueError, TypeError, RecursionError):
        raise BadToken from None


def _key(header: dict[str, Any], keys: Keys) -> str:
    """The key that a header names, looked up and never fetched."""
    kid = str(header.get("kid"))
    if header != {"alg": ALGORITHM, "typ": "JWT", "kid": kid} or kid not in keys.known:
        raise BadToken
    return keys.known[kid]


def _current(claims: dict[str, Any], now: float) -> dict[str, Any]:
    if any(not isinstance(claims[name], str) for name in _TEXTS) or claims["typ"] != ACCESS:
        raise BadToken
    if any(type(claims[name]) is not int for name in _TIMES):
        raise BadToken
    if not (claims["iat"] <= now and claims["nbf"] <= now < claims["exp"]):
        raise BadToken
    return claims
