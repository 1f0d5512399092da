"""The deeds: one function each, in four steps — load, decide, save, tell.

A service takes plain values and a World, and knows nothing of HTTP or of MongoDB's operators. Rules
are core's.

    accounts   people            reading   one task, trees, lists      editing   what changes a task
    people     who stands in answers       writing   the walk of every write
    sweeping   what a crash left           mending   verify, rebuild
    registering, confirming, renewing      names, addresses and passwords of people
    letters, jobs, one_time_tokens         what leaves by mail, and when
    slots      turns of the clock, one has each of many who ask
    sessions   opened, refreshed, ended    api_tokens for programs
    throttling who tries too often         roles     admins, and what they do
    commenting what is said about tasks    hung      comments and files, for answers
    markup     Markdown to clean HTML
    filing     files of tasks              inspecting what is in archives and images
    file_sweeps                            what becomes of files that are nobody's
    tagging, categorizing                  one's own tags and categories
    tidying    trees that follow them      seeing    what one may see, and with whom
    analytics  sums over it                extracting all of it, line by line
    pomodoros  run, and counted            focus     what came of them
    leaving    the end of an account       exporting all that somebody owns
    telling    of a commit, once it stands watching  what happens, for who watches
    tickets    what stands for a session in an address
"""
