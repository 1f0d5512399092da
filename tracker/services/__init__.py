"""The deeds: one function each, in four steps — load, decide, save, tell.

A service takes plain values and a World, and knows nothing of HTTP or of MongoDB's operators. Rules
are core's.

    accounts   people            reading   one task, trees, lists      editing   what changes a task
    people     who stands in answers       writing   the walk of every write
    sweeping   what a crash left           mending   verify, rebuild
"""
