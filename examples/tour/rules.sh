# shellcheck shell=bash
# The completion rule of a tree, and what reopening brings back.

follow_its_rules() {
  local speed ratios tests check done_before
  speed=$(task_named "Speed")
  ratios=$(task_named "The ratios are those of the last version, or it is known why not")
  tests=$(task_named "Tests")
  check=$(task_named "\`make check\`: lint, formatting, types")
  say "Each tree has a rule, on its root. By “auto” a task closes with its last open child, and so on up."
  rule "$speed" auto 422
  rule "$ROOT" auto 200
  ask POST "/api/tasks/$ratios/complete" 200
  list "search=slow%20machine" 1
  ask POST "/api/tasks/$(value tasks.0.id)/complete" 200
  ask GET "/api/tasks/$speed" 200
  expect status completed
  say "By “cascade” it takes along what is open below it, and reopening brings back just that."
  rule "$ROOT" cascade 200
  ask POST "/api/tasks/$check/complete" 200
  ask GET "/api/tasks/$tests" 200
  done_before=$(value progress.done)
  ask POST "/api/tasks/$tests/complete" 200
  expect progress.done "$(value progress.total)"
  ask POST "/api/tasks/$tests/reopen" 200
  expect progress.done "$done_before"
  ask GET "/api/tasks/$check" 200
  expect status completed
  say "By “independent” each task stands for itself."
  rule "$ROOT" independent 200
  ask POST "/api/tasks/$tests/complete" 200
  expect progress.done "$done_before"
  ask POST "/api/tasks/$tests/reopen" 200
  rule "$ROOT" block 200
}

# rule TASK RULE STATUS
rule() {
  send PATCH "/api/tasks/$1" "$3" "{\"completion\": \"$2\"}"
}
