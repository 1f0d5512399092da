"""Prints live events as they come: `python -m examples.listen ws://127.0.0.1:8000/ws?ticket=...`"""

import sys

from websockets.sync.client import connect


def main() -> None:
    with connect(sys.argv[1]) as socket:
        print("listening", flush=True)
        for message in socket:
            print(message, flush=True)


if __name__ == "__main__":
    main()
