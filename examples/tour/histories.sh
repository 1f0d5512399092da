# shellcheck shell=bash
# What happened, to one task and to the whole tree.

tell_its_history() {
  local check notes
  check=$(task_named "\`make check\`: lint, formatting, types")
  notes=$(task_named "Publish what changed")
  say "What happened to one task, newest first: who did what, and each field before and after."
  ask GET "/api/tasks/$check/history" 200
  expect history.0.actor.full_name "Ada T. Tour"
  expect "history.0.changes.$check.status.0" todo
  expect "history.0.changes.$check.status.1" completed
  say "“Announce” and all below it, also from before it was moved from tree to tree and back:"
  ask GET "/api/tasks/$(task_named "Announce")/history?page_size=100" 200
  awk -F '\t' '
    $1 ~ /^history[.][0-9]+[.]at$/ { at = $2 }
    $1 ~ /^history[.][0-9]+[.]deed$/ { print "    " at "  " $2 }' "$VALUES"
  same "$(count "history[.][0-9]+[.]changes[.]$notes[.]title[.][01]")" 2
  same "$(count 'history[.][0-9]+[.]changes[.].+[.]root_id[.]0')" 3
  turn_pages_of_history
  say "Who left does not read it any more."
  as bob
  ask GET "/api/tasks/$ROOT/history" 404
  as ada
}

turn_pages_of_history() {
  local cursor
  say "The tree's own history, page by page: every change once, and none twice, back to its making."
  ask GET "/api/tasks/$ROOT/history" 200
  changes_of_page >"$WORK/changes"
  cursor=$(value next_cursor)
  while [ "$cursor" != null ]; do
    ask GET "/api/tasks/$ROOT/history?cursor=$cursor" 200
    changes_of_page >>"$WORK/changes"
    cursor=$(value next_cursor)
  done
  same "$(sort -u "$WORK/changes" | wc -l)" "$(wc -l <"$WORK/changes")"
  same "$(tail -n 1 "$WORK/changes")" "$ROOT:1"
}

# changes_of_page: the ids of the changes in the last answer
changes_of_page() {
  awk -F '\t' '$1 ~ /^history[.][0-9]+[.]id$/ { print $2 }' "$VALUES"
}
