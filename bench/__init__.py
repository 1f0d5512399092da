"""Benchmarks: what a request costs, in ratios measured in one run. `python -m bench --help`.

    lists    a page out of many tasks      trees    a whole tree as JSON
    edits    one change in a large tree    logins   what a password costs

Each asks whole requests of the application inside this process, without a socket: routing, token,
checks, store, JSON. The embedded store's figures stand beside those of the same requests on a copy
of its data on the server that the tests find (`tests/wire.py`), taken in turns. That server speaks
MongoDB's protocol and is not MongoDB: the ratios say what embedding costs or saves here, and
nothing of MongoDB.

These stand alone, with `--help` of their own:

    enumeration  do times of answers tell who has an account?
    storms       do others wait while many log in?
    sockets      what do idle sockets cost, and how soon do all hear?
    deadlines    do others wait while very many deadlines are told?
    caches       does it pay to keep answers?
    exports      does an export take more memory the more it tells?
    uploads      is memory flat while large files come in?

    services   the two applications        forests   trees to ask about
    timing     taking turns, medians       tables    rows, promises, printing
    backlogs   tasks that are overdue
"""
