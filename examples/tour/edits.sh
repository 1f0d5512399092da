# shellcheck shell=bash
# Changes of single tasks, and what is refused. Sets $BOB, the id of a second person.

edit_it() {
  local notes read_at
  notes=$(task_named "Publish what changed")
  say "PATCH changes what is named: “Publish what changed” is mine, begun, and due one day."
  ask GET "/api/tasks/$notes" 200
  read_at=$(header ETag)
  send PATCH "/api/tasks/$notes" 200 "{\"status\": \"in_progress\", \"assigned_to\": \"$ME\",
    \"due_date\": \"2099-03-01\", \"description\": \"On the page of the project\", \"tags\": [\"Words\", \"docs\"]}"
  expect status in_progress
  expect assignee.full_name "Ada T. Tour"
  expect due_date 2099-03-01T00:00:00Z
  expect tags.0.name words
  say "Who read it before that, and says so by If-Match, changes nothing."
  send PATCH "/api/tasks/$notes" 412 '{"title": "From an old page"}' --header "If-Match: $read_at"
  say "With the tag of what stands now the change is made."
  ask GET "/api/tasks/$notes" 200
  expect title "Publish what changed"
  send PATCH "/api/tasks/$notes" 200 '{"title": "Publish what is new"}' --header "If-Match: $(header ETag)"
  say "PUT leaves alone what is null or absent; PATCH clears it with null."
  send PUT "/api/tasks/$notes" 200 '{"priority": "high", "description": null}'
  expect priority high
  expect description "On the page of the project"
  send PATCH "/api/tasks/$notes" 200 '{"description": null}'
  expect description null
  grow_it "$notes"
}

grow_it() {
  local announce
  announce=$(task_named "Announce")
  say "Two tasks more: the first with one of its own below it, the second below that."
  send POST "/api/tasks/$1/subtasks" 201 '{"title": "Pictures", "subtasks": [{"title": "Of the tree"}]}'
  expect parent_id "$1"
  expect progress.total 1
  send POST /api/tasks 201 "{\"title\": \"Of the drawing\", \"parent_id\": \"$(value id)\"}"
  expect depth 4
  say "The way up from there, and what stands directly below “Announce”:"
  ask GET "/api/tasks/$(value id)/ancestors" 200
  expect 0.id "$ROOT"
  expect 1.id "$announce"
  expect 2.id "$1"
  expect 3.title Pictures
  ask GET "/api/tasks/$announce/subtasks" 200
  expect total 3
  expect tasks.1.title "Publish what is new"
}

refuse_what_is_wrong() {
  say "What is wrong is refused, and the answer names the place."
  send POST /api/tasks 422 '{"title": ""}'
  expect errors.0.pointer /title
  same "$(header Content-Type)" application/problem+json
  send PATCH "/api/tasks/$ROOT" 422 '{"colour": "red"}'
  expect errors.0.pointer /colour
  send POST /api/tasks 400 '{"title": "half a'
  ask GET "/api/tasks?page_size=101" 422
  ask GET /api/tasks/not-an-id 422
  say "Somebody else does not learn that the tree is there."
  remember_as ada
  register "$NAME-guest" "Bob Guest"
  remember_as bob
  BOB=$(value user.id)
  ask GET "/api/tasks/$ROOT" 404
  expect detail "Task not found"
  send PATCH "/api/tasks/$ROOT" 404 '{"title": "Mine now"}'
  ask GET /api/tasks 200
  expect total 0
  as ada
}
