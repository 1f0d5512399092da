"""Redis as Celery speaks to it, but for one thing: what is left of a lost connection says so.

With kombu's own (5.7.0) a worker that loses Redis while it works trips over what it has under way,
be it then or at the end of the job, and ends: an AttributeError is no fault that it expects.
"""

from typing import Any

from kombu.transport import redis
from redis.exceptions import ConnectionError


class Channel(redis.Channel):
    def _connparams(self, asynchronous: bool = False) -> Any:
        if self.connection is None or self.connection.client is None:
            raise ConnectionError("This connection was lost")
        return super()._connparams(asynchronous)  # type: ignore[no-untyped-call]


class Transport(redis.Transport):
    Channel = Channel
