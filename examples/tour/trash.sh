# shellcheck shell=bash
# The trash: what lies in it, what comes back and where to, and what is gone for good.

take_it_back() {
  local docker alone
  docker=$(task_named "Docker")
  alone=$(task_named "Nothing in the image runs as root")
  say "The tree is not lost: it lies in the trash, and “Docker”, deleted before it, inside of it."
  ask GET /api/trash 200
  expect total 1
  expect tasks.0.id "$ROOT"
  expect tasks.0.is_deleted true
  say "It comes back as it was. Now “Docker” is the topmost in the trash."
  ask POST "/api/tasks/$ROOT/restore" 200
  expect is_deleted false
  list 'level=all' $(($(tasks_of_checklist) + 4 - 7))
  ask GET /api/trash 200
  expect total 1
  expect tasks.0.id "$docker"
  say "One task of “Docker” alone: its parent is away, so it comes back at the root level."
  ask POST "/api/tasks/$alone/restore" 200
  expect parent_id null
  expect root_id "$alone"
  expect status completed
  say "“Docker” itself comes back below its parent; and once is enough."
  ask POST "/api/tasks/$docker/restore" 200
  expect parent_id "$ROOT"
  expect progress.total 5
  ask POST "/api/tasks/$docker/restore" 409
  ask GET /api/trash 200
  expect total 0
}

delete_it_for_good() {
  local task
  say "For good: one tree out of the trash, two from where they stand. Nobody brings them back."
  ask DELETE "/api/tasks/$NEXT" 204
  for task in "$ROOT" "$NEXT" "$PAINT"; do
    ask DELETE "/api/tasks/$task?permanent=true" 204
    ask POST "/api/tasks/$task/restore" 404
  done
  ask GET /api/trash 200
  expect total 0
  list 'level=all' 0
}
