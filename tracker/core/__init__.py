"""The rules of task trees, and nothing else.

What lives here takes plain values and returns plain values. It may never import Flask, pymongo or
celery, read a clock, an environment or a random number, or change what it was handed: time and ids
are arguments.

    trees      the shape: find, walk, order           edits     a change as a value
    place      where tasks go                         life      what becomes of a task
    trash      deleted and gone                       rows      the parent-path rows of a tree
    access     who may do what                        limits    how large a tree may grow
    versions   what an If-Match compares              select    what a list asks for
    commits    what one write puts beside its edit    tries   how often one may guess
    attached   comments and files, as tasks say it    comments  what a comment may be
    files      what files do to tasks, how many       file_types, file_names  what they may be
    tags       what names mean                        tidying   trees that follow them
    categories numbers of a person's own              pomodoros counts, and seconds
    days       where they begin in a time zone        cells     text that is no formula
    ids        that follow from what they name
    leaving    what somebody's going does to trees
"""
