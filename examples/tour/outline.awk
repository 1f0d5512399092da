# Turns a Markdown outline into the body of one POST /api/tasks.
#
# The heading is the root; each item of a list is a subtask of the item it stands below, two blanks
# deeper. Text below a heading or an item is its description. At the end of a line `!high` is a
# priority and `#word` a tag.

BEGIN   { depth = -1 }
/^# /   { begin(0, substr($0, 3)); next }
/^ *- / { match($0, /^ */); begin(RLENGTH / 2 + 1, substr($0, RLENGTH + 3)); next }
/[^ ]/  { sub(/^ +/, ""); note = note (note == "" ? "" : " ") $0 }
END     { if (!failed) { finish(-1); print "" } }

function begin(level, line,    tags, priority) {
    if (level > depth + 1 || (level == 0 && depth == 0)) {
        print "outline.awk: line " NR " stands too deep, or is a second heading" > "/dev/stderr"
        failed = 1
        exit 1
    }
    if (depth >= 0) finish(level)
    depth = level
    sub(/^\[.\] /, "", line)
    while (match(line, / [!#][a-z]+$/)) {
        if (substr(line, RSTART + 1, 1) == "!") priority = quoted(substr(line, RSTART + 2))
        else tags = quoted(substr(line, RSTART + 2)) (tags == "" ? "" : ", ") tags
        line = substr(line, 1, RSTART - 1)
    }
    printf "{\"title\": %s", quoted(line)
    if (priority != "") printf ", \"priority\": %s", priority
    if (tags != "") printf ", \"tags\": [%s]", tags
}

# Ends the tasks at and below a level, or opens the list for the first task of a deeper one.
function finish(level) {
    if (note != "") printf ", \"description\": %s", quoted(note)
    note = ""
    if (level > depth) { printf ", \"subtasks\": [\n"; return }
    printf "}"
    for (; depth > level && depth > 0; depth--) printf "]}"
    if (level >= 0) printf ",\n"
}

function quoted(text) {
    gsub(/\\/, "&&", text)
    gsub(/"/, "\\\"", text)
    return "\"" text "\""
}
