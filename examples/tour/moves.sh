# shellcheck shell=bash
# Order and moves: among siblings, inside a tree, between trees. Sets $NEXT, the id of another tree.

move_it() {
  local speed faults docs
  speed=$(task_named "Speed")
  faults=$(task_named "Faults")
  docs=$(task_named "Docs")
  say "Order: “Speed” goes before all others, then behind “Docs”, then before “Faults”."
  move "$speed" "$ROOT" '"first"' 200
  expect_order "$ROOT" Speed "Settle what goes out" Tests Faults
  move "$speed" "$ROOT" "{\"after\": \"$docs\"}" 200
  expect_order "$ROOT" "Settle what goes out" Tests Faults Dependencies "Data of the last version" Docs Speed
  move "$speed" "$ROOT" "{\"before\": \"$faults\"}" 200
  expect_order "$ROOT" "Settle what goes out" Tests Speed Faults
  say "Below another task, with all that stands below it; but never below itself."
  move "$speed" "$faults" '"last"' 200
  expect depth 2
  expect progress.total 2
  move "$faults" "$speed" '"last"' 422
  expect errors.0.pointer /parent_id
  say "PATCH of parent_id does the same."
  send PATCH "/api/tasks/$speed" 200 "{\"parent_id\": \"$ROOT\"}"
  expect parent_id "$ROOT"
  between_trees
}

between_trees() {
  local announce docker alone
  announce=$(task_named "Announce")
  docker=$(task_named "Docker")
  alone=$(task_named "Nothing in the image runs as root")
  say "Between trees: the next version gets a tree of its own, and “Announce” goes there."
  send POST /api/tasks 201 '{"title": "Next version"}'
  NEXT=$(value id)
  move "$announce" "$NEXT" '"last"' 200
  expect id "$announce"
  expect root_id "$NEXT"
  show_tree "$NEXT" '?depth=1'
  list "root=$ROOT&search=Announce" 0
  say "A task becomes a tree of its own, and a tree becomes a task again; so does what came back alone."
  move "$announce" null '"last"' 200
  expect root_id "$announce"
  expect completion block
  move "$announce" "$ROOT" '"last"' 200
  move "$alone" "$docker" '"first"' 200
  expect_order "$docker" "Nothing in the image runs as root"
  list "root=$ROOT" $(($(tasks_of_checklist) + 4))
  list "level=roots" 2
}

# move TASK PARENT POSITION STATUS: PARENT null is the root level
move() {
  local parent=null
  [ "$2" = null ] || parent="\"$2\""
  send POST "/api/tasks/$1/move" "$4" "{\"parent_id\": $parent, \"position\": $3}"
}

# expect_order TASK TITLE...: its children begin with these, in this order
expect_order() {
  local i=0 title
  ask GET "/api/tasks/$1/subtasks" 200
  shift
  for title in "$@"; do
    expect "tasks.$i.title" "$title"
    i=$((i + 1))
  done
  printf '    %s...\n' "$(printf '“%s” ' "$@")"
}
