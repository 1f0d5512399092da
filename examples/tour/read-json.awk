# Reads one JSON document and prints a line for each value: its path, a tab, the value.
#
#     {"a": [{"b": 1}]}    gives    a.0.b	1
#
# Escaped line ends and tabs become blanks; empty lists and objects print as [] and {}.

{ text = text $0 "\n" }
END { value(token(), "") }

function value(mark, path,    key, i) {
    if (mark == "{") {
        key = token()
        if (key == "}") print path "\t{}"
        while (key != "}") {
            token() # the colon
            value(token(), below(path, plain(key)))
            key = token()
            if (key == ",") key = token()
        }
    } else if (mark == "[") {
        mark = token()
        if (mark == "]") print path "\t[]"
        for (i = 0; mark != "]"; i++) {
            value(mark, below(path, i))
            mark = token()
            if (mark == ",") mark = token()
        }
    } else print path "\t" plain(mark)
}

function below(path, step) {
    return path == "" ? step : path "." step
}

# The next string, number, word or mark, cut off the front of what is left.
function token(    found) {
    sub(/^[ \t\r\n]+/, "", text)
    if (!match(text, /^("([^"\\]|\\.)*"|[][{}:,]|[^][{}:," \t\r\n"]+)/)) exit 1
    found = substr(text, 1, RLENGTH)
    text = substr(text, RLENGTH + 1)
    return found
}

function plain(found) {
    if (found !~ /^"/) return found
    found = substr(found, 2, length(found) - 2)
    gsub(/\\\\/, "\001", found)
    gsub(/\\[nrt]/, " ", found)
    gsub(/\\/, "", found)
    gsub(/\001/, "\\", found)
    return found
}
