# shellcheck shell=bash
# Retries under an Idempotency-Key, many tasks at once, and strict If-Match. Sets $PAINT, the id of a tree.

retry_it() {
  local docs first key="$NAME-first"
  docs=$(task_named "Docs")
  say "An answer got lost? The same request under the same key gets it again, and is done once."
  keyed "$key" POST "/api/tasks/$docs/subtasks" 201 '{"title": "Pictures for the README"}'
  first=$(value id)
  send PATCH "/api/tasks/$first" 200 '{"title": "Drawings for the README"}'
  keyed_again "$key" POST "/api/tasks/$docs/subtasks" 201 '{"title": "Pictures for the README"}'
  expect id "$first"
  list "root=$ROOT&search=for%20the%20README" 1
  expect tasks.0.title "Drawings for the README"
  say "Another request under that key is refused."
  keyed "$key" POST "/api/tasks/$docs/subtasks" 422 '{"title": "Something else"}'
  many_at_once "$docs" "$NAME-bulk"
  insist_on_if_match "$first"
}

many_at_once() {
  local tasks
  tasks="{\"tasks\": [{\"title\": \"Paint\"}, {\"title\": \"Read it aloud\", \"parent_id\": \"$1\"},
    {\"title\": \"Spelling\", \"parent_id\": \"$1\", \"subtasks\": [{\"title\": \"Names\"}]}]}"
  say "Many at once: all are checked before the first is made, and one that is wrong stops all."
  send POST /api/tasks/bulk 422 '{"tasks": [{"title": "Paint"}, {"title": ""}]}'
  expect errors.0.pointer /tasks/1/title
  list 'search=Paint' 0
  keyed "$2" POST /api/tasks/bulk 201 "$tasks"
  PAINT=$(value 0.id)
  expect 1.parent_id "$1"
  expect 2.progress.total 1
  say "Again under its key: the same answers, and nothing is made twice."
  keyed_again "$2" POST /api/tasks/bulk 201 "$tasks"
  list 'search=Paint' 1
  list 'search=Spelling' 1
}

insist_on_if_match() {
  local tag
  say "Who never wants to overwrite what they have not seen lets every write without If-Match be refused."
  send PUT /api/auth/me 200 '{"require_if_match": true}'
  send PATCH "/api/tasks/$1" 428 '{"priority": "low"}'
  ask GET "/api/tasks/$1" 200
  tag=$(header ETag)
  send PATCH "/api/tasks/$1" 200 '{"priority": "low"}' --header "If-Match: $tag"
  say "The same tag once more comes too late: 412, with the task as it stands now."
  send PATCH "/api/tasks/$1" 412 '{"priority": "high"}' --header "If-Match: $tag"
  expect current.priority low
  send PUT /api/auth/me 200 '{"require_if_match": false}'
}

# keyed KEY METHOD PATH STATUS JSON: the answer is kept beside $BODY
keyed() {
  local key=$1
  shift
  send "$@" --header "Idempotency-Key: $key"
  cp "$BODY" "$WORK/answered"
}

# keyed_again KEY METHOD PATH STATUS JSON: must be answered as the `keyed` request before it was
keyed_again() {
  cp "$WORK/answered" "$WORK/before"
  keyed "$@"
  cmp "$WORK/before" "$BODY" >&2 || fail "the retry was answered otherwise"
}
