# shellcheck shell=bash
# What the tour reads out of trees, from files of `path<TAB>value` lines as read-json.awk makes them.

# task_named TITLE: its id in the tree as it was built
task_named() {
  awk -F '\t' -v title="$1" '
    { at[$1] = $2 }
    $1 ~ /(^|[.])title$/ && $2 == title { id = $1; sub(/title$/, "id", id) }
    END { print at[id]; exit id == "" }' "$WORK/tree" || fail "no task is called “$1”"
}

# outline FILE: the titles of a tree, each below its parent
outline() {
  awk -F '\t' '
    $1 ~ /(^|[.])title$/ { print substr("                ", 1, 2 * gsub(/subtasks/, "", $1)) $2 }' "$1"
}

# deepest_first FILE: the ids of a tree, children before their parents
deepest_first() {
  awk -F '\t' '$1 ~ /^(subtasks[.][0-9]+[.])*id$/ { print gsub(/subtasks/, "", $1), $2 }' "$1" |
    sort -rn -k 1,1 | cut -d ' ' -f 2
}

# ids_of_page: the ids of the tasks in the last answer
ids_of_page() {
  awk -F '\t' '$1 ~ /^tasks[.][0-9]+[.]id$/ { print $2 }' "$VALUES"
}

# show_tree TASK QUERY: a tree as it stands, with how much of each task is done
show_tree() {
  ask GET "/api/tasks/$1/tree$2" 200
  awk -F '\t' '
    match($1, /^(subtasks[.][0-9]+[.])*/) { task = substr($1, 1, RLENGTH); said[$1] = $2 }
    $1 == task "title" { order[++tasks] = task }
    END {
      for (i = 1; i <= tasks; i++) {
        task = steps = order[i]
        line = substr("                ", 1, 2 * gsub(/subtasks/, "", steps))
        line = line (said[task "status"] == "completed" ? "[x] " : "[ ] ") said[task "title"]
        if (total = said[task "progress.total"]) line = line "  " said[task "progress.done"] "/" total
        print "    " line
      }
    }' "$VALUES"
}
