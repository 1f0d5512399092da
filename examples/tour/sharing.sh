# shellcheck shell=bash
# Sharing: what a second person sees and may do, and from when. $BOB is their id.

share_it() {
  local speed bench
  speed=$(task_named "Speed")
  bench=$(task_named "\`python -m bench --check\`: the promises are kept")
  say "Bob gets to see the tree: as a viewer he reads all of it, and changes nothing."
  give viewer
  expect 0.role owner
  expect 1.user.id "$BOB"
  as bob
  list 'level=roots' 1
  ask GET "/api/tasks/$ROOT/tree?depth=0" 200
  send PATCH "/api/tasks/$bench" 403 '{"status": "in_progress"}'
  echo "    $(value detail)"
  say "What is given to him he may work on, and on what is below it; not delete it."
  as ada
  send PATCH "/api/tasks/$speed" 200 "{\"assigned_to\": \"$BOB\"}"
  as bob
  send PATCH "/api/tasks/$bench" 200 '{"status": "in_progress"}'
  send POST "/api/tasks/$bench/subtasks" 201 '{"title": "On the slow machine, too"}'
  ask DELETE "/api/tasks/$bench" 403
  say "As an editor he deletes and restores; to move things out of the tree is the owner's."
  as ada
  give editor
  as bob
  ask DELETE "/api/tasks/$bench" 204
  ask POST "/api/tasks/$bench/restore" 200
  move "$bench" null '"last"' 403
  ask DELETE "/api/tasks/$bench?permanent=true" 403
  as ada
  hand_it_over
}

hand_it_over() {
  say "Bob is given a task of another tree, which is not shared with him: the same step makes him its viewer."
  send PATCH "/api/tasks/$NEXT" 200 "{\"assigned_to\": \"$BOB\"}"
  ask GET "/api/tasks/$NEXT/members" 200
  expect 1.user.id "$BOB"
  expect 1.role viewer
  say "A tree always has an owner: Ada cannot leave it, but hand it over to Bob; and gets it back."
  ask DELETE "/api/tasks/$ROOT/members" 409
  give owner
  expect 0.user.id "$BOB"
  expect 1.role editor
  give viewer 403
  as bob
  send PUT "/api/tasks/$ROOT/members" 200 "{\"user\": \"$ME\", \"role\": \"owner\"}"
  say "Bob leaves, and from the next request on there is no such tree for him."
  ask DELETE "/api/tasks/$ROOT/members" 200
  same "$(count '[0-9]+[.]role')" 1
  ask GET "/api/tasks/$ROOT" 404
  as ada
}

# give ROLE [STATUS]: the role that Bob gets in the tree
give() {
  send PUT "/api/tasks/$ROOT/members" "${2:-200}" "{\"user\": \"$NAME-guest@example.com\", \"role\": \"$1\"}"
}
