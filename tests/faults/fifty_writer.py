"""Edits and moves tasks of one tree from many threads, over HTTP: one line of JSON in, one out.

In: `{"host", "port", "token", "deeds", "tasks", "parents"}`; one thread a task, which nobody else
writes to. Out, by task: what was last acknowledged of it, and how many commits it was.
"""

import http.client
import json
import random
import sys
import threading
import time
from typing import Any

PATIENCE = 60  # times that a client comes again when it is told to


class Writer:
    """One client with a connection and a task of its own."""

    def __init__(self, order: dict[str, Any], task: str) -> None:
        self.order, self.task = order, task
        self.chance = random.Random(task)
        self.told: dict[str, Any] = {"commits": 0}
        self.fault: BaseException | None = None

    def run(self) -> None:
        try:
            for nth in range(self.order["deeds"]):
                self.edit(nth) if self.chance.random() < 0.5 else self.move()
        except BaseException as fault:
            self.fault = fault

    def edit(self, nth: int) -> None:
        said = {"description": f"{self.task} {nth}"}
        status, _ = self.ask("PATCH", f"/api/tasks/{self.task}", said)
        assert status == 200, status
        self.told |= said
        self.told["commits"] += 1

    def move(self) -> None:
        """Anywhere in the tree; below itself it is refused."""
        parent = self.chance.choice(self.order["parents"])
        body = {"parent_id": parent, "position": self.chance.choice(["first", "last"])}
        status, found = self.ask("POST", f"/api/tasks/{self.task}/move", body)
        assert status in {200, 422}, (status, found)
        if status == 200:
            self.told["parent_id"] = parent
            self.told["commits"] += 1

    def ask(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        """Asks under one key until the answer is no longer that it should come again."""
        key = f"{self.task} {self.chance.random()}"
        for _ in range(PATIENCE):
            status, wait, found = self._once(method, path, body, key)
            if status not in {409, 503}:
                return status, found
            assert wait is not None, found
            self.told[f"{status}"] = self.told.get(f"{status}", 0) + 1
            time.sleep(self.chance.uniform(0, float(wait)))
        raise AssertionError(f"busy for {PATIENCE} times")

    def _once(self, method: str, path: str, body: Any, key: str) -> tuple[int, str | None, Any]:
        line = http.client.HTTPConnection(self.order["host"], self.order["port"], timeout=60)
        sent = {
            "Authorization": f"Bearer {self.order['token']}",
            "Content-Type": "application/json",
        }
        sent["Idempotency-Key"] = f'"{key}"'
        try:
            line.request(method, path, json.dumps(body), sent)
            answer = line.getresponse()
            return answer.status, answer.headers["Retry-After"], json.loads(answer.read())
        finally:
            line.close()


def main() -> None:
    order = json.loads(sys.stdin.readline())
    writers = [Writer(order, task) for task in order["tasks"]]
    threads = [threading.Thread(target=writer.run) for writer in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    faults = [repr(writer.fault) for writer in writers if writer.fault]
    print(json.dumps({"faults": faults, "told": {w.task: w.told for w in writers}}))


if __name__ == "__main__":
    main()
