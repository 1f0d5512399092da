# shellcheck shell=bash
# Lists of tasks: filters, sorts and pages.

list_it() {
  local all=$(($(tasks_of_checklist) + 4))
  say "Lists: the roots, all tasks of the tree, and what is mine."
  list 'level=roots' 1
  expect tasks.0.id "$ROOT"
  list "root=$ROOT&page_size=100" "$all"
  list "assigned_to=$ME" 1
  say "By status, priority and tag; and by text, which is literal and in any case."
  list 'status=completed' 8
  list 'completed=false' $((all - 8))
  list 'priority=urgent' "$(grep -c ' !urgent' "$CHECKLIST")"
  list 'tag=FAULTS' "$(grep -c ' #faults' "$CHECKLIST")"
  list 'search=FLASK%20--app' "$(grep -c 'flask --app' "$CHECKLIST")"
  list 'search=%25' 0
  say "By time: one task gets a deadline that has passed, and is overdue."
  send PATCH "/api/tasks/$(task_named "Speed")" 200 '{"due_date": "2020-02-02T12:00:00+02:00"}'
  expect status overdue
  expect due_date 2020-02-02T10:00:00Z
  list 'due_before=2030-01-01' 1
  list 'due_after=2030-01-01' 1
  list 'overdue=true' 1
  list 'sort_by=status' "$all"
  expect tasks.0.title Speed
  turn_pages "$all"
}

turn_pages() {
  local query='sort_by=title&sort_order=asc&page_size=25' cursor
  say "Page by page along the cursor: every task once, and none twice."
  list "$query" "$1"
  cursor=$(value next_cursor)
  ids_of_page >"$WORK/seen"
  while [ "$cursor" != null ]; do
    list "$query&cursor=$cursor" "$1"
    cursor=$(value next_cursor)
    ids_of_page >>"$WORK/seen"
  done
  same "$(sort -u "$WORK/seen" | wc -l | tr -d ' ')" "$1"
  same "$(wc -l <"$WORK/seen" | tr -d ' ')" "$1"
  say "A page beyond the end is empty; a cursor that was tampered with is refused."
  list 'page=99' "$1"
  expect tasks '[]'
  ask GET '/api/tasks?cursor=bm9uZQ' 400
}

# list QUERY TOTAL: one page of tasks
list() {
  ask GET "/api/tasks?$1" 200
  expect total "$2"
}
