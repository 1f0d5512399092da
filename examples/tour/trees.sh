# shellcheck shell=bash
# One tree: built of an outline, shown, completed, deleted. Sets $ROOT, the id of its root.

build_the_tree() {
  local tasks
  tasks=$(tasks_of_checklist)
  say "Building $(basename "$CHECKLIST"), $tasks tasks, in one request."
  LC_ALL=C awk -f "$HERE/tour/outline.awk" "$CHECKLIST" >"$WORK/checklist.json"
  send POST /api/tasks 201 "@$WORK/checklist.json"
  ROOT=$(value id)
  expect progress.total $((tasks - 1))
  expect progress.done 0
  same "$(header Location)" "/api/tasks/$ROOT"
  say "Reading it back: the tree must be the outline that was sent."
  ask GET "/api/tasks/$ROOT/tree" 200
  cp "$VALUES" "$WORK/tree"
  read_json "$WORK/checklist.json" >"$WORK/sent"
  diff <(outline "$WORK/sent") <(outline "$WORK/tree") >&2 || fail "the tree is not what was sent"
  say "Asking again with its ETag: it has not changed, so nothing is sent."
  ask GET "/api/tasks/$ROOT/tree" 304 --header "If-None-Match: $(header ETag)"
}

show_it() {
  say "Two levels of it, with how much of each is done:"
  show_tree "$ROOT" '?depth=2'
}

complete_it() {
  local announce docker task
  announce=$(task_named "Announce")
  docker=$(task_named "Docker")
  say "A task with open ones below it is not completed: the answer names them."
  ask POST "/api/tasks/$announce/complete" 409
  same "$(count 'open[.][0-9]+[.]id')" 7
  echo "    $(value detail)"
  say "Leaf by leaf it goes, the deepest first."
  ask GET "/api/tasks/$announce/tree" 200
  for task in $(deepest_first "$VALUES"); do
    ask POST "/api/tasks/$task/complete" 200
    expect status completed
  done
  say "One of “Docker” by its status, and the rest in one step."
  send PATCH "/api/tasks/$(task_named "Nothing in the image runs as root")" 200 '{"status": "completed"}'
  ask POST "/api/tasks/$docker/complete?cascade=true" 200
  expect progress.done 6
  say "Reopening “Docker” brings back what that step closed, and not more."
  ask POST "/api/tasks/$docker/reopen" 200
  expect status todo
  expect progress.done 1
  say "A new task below the completed “Announce” reopens it."
  send POST "/api/tasks/$announce/subtasks" 201 '{"title": "Answer the first questions"}'
  ask GET "/api/tasks/$announce" 200
  expect status todo
  show_tree "$ROOT" '?depth=1'
}

delete_it() {
  local docker tree before
  docker=$(task_named "Docker")
  say "Deleting “Docker” takes what stands below it along."
  ask GET "/api/tasks/$ROOT/tree?depth=0" 200
  before=$(value progress.total)
  tree=$(header ETag)
  ask DELETE "/api/tasks/$docker" 204
  ask DELETE "/api/tasks/$docker" 404
  ask GET "/api/tasks/$(task_named "Stop it, start it again, and find the tour's person")" 404
  ask GET "/api/tasks/$ROOT" 200
  expect progress.total $((before - 7))
  say "The whole tree: not by the tag from before that, but by the one of now."
  ask DELETE "/api/tasks/$ROOT" 412 --header "If-Match: $tree"
  ask GET "/api/tasks/$ROOT/tree?depth=0" 200
  ask DELETE "/api/tasks/$ROOT" 204 --header "If-Match: $(header ETag)"
  ask GET "/api/tasks/$ROOT/tree" 404
  list 'level=all' 0
}

tasks_of_checklist() {
  echo $(($(grep -c '^ *- ' "$CHECKLIST") + 1))
}
