#!/usr/bin/env bash
# What TaskHub's clients do, line by line, against a running service:
#
#     examples/taskhub.sh [BASE_URL]        http://127.0.0.1:8000 where none is given
#
# In development, with default settings. It ends with 1 at the first answer that is not the expected one. Needs bash, curl
# and python3.

set -euo pipefail

BASE=${1:-http://127.0.0.1:8000}
J='Content-Type: application/json'
N=$(date +%s)$RANDOM # makes names unique
trap 'echo "not as expected, line $LINENO: ${BODY-}" >&2' ERR

# call STATUS ARGUMENTS OF CURL...: one request that must be answered with STATUS; its body is in $BODY
call() {
  local wanted=$1 answered got
  shift
  answered=$(curl -q -sS -w '\n%{http_code}' "$@")
  got=${answered##*$'\n'} BODY=${answered%$'\n'*}
  [ "$got" = "$wanted" ] || { echo "answered $got instead of $wanted: $BODY" >&2; return 1; }
}

# get EXPRESSION: what the last answer says there, in Python's words
get() {
  python3 -c "import json, sys; print(json.load(sys.stdin)$1)" <<<"$BODY"
}

# has WORDS: the last answer holds them
has() {
  [[ $BODY == *"$1"* ]]
}

B=$BASE/api
reg() { echo "{\"email\":\"$1$N@example.com\",\"username\":\"$1$N\",\"full_name\":\"Test User\",\"password\":\"password123\"}"; }
call 200 $B/health; [ "$(get "['status']")" = ok ]
call 201 -X POST $B/auth/register -H "$J" -d "$(reg al)"; [ "$(get "['token_type']")" = bearer ]; ME=$(get "['user']['id']")
call 400 -X POST $B/auth/register -H "$J" -d "$(reg al)"; [ "$(get "['detail']")" = 'Email or username already exists' ]
call 422 -X POST $B/auth/register -H "$J" -d '{"email":"x","username":"ab","password":"12345"}'
call 201 -X POST $B/auth/register -H "$J" -d "$(reg bo)"; O="Authorization: Bearer $(get "['access_token']")"
call 401 -X POST $B/auth/login -H "$J" -d "{\"email\":\"al$N@example.com\",\"password\":\"nope\"}"; [ "$(get "['detail']")" = 'Invalid email or password' ]
call 200 -X POST $B/auth/login -H "$J" -d "{\"email\":\"al$N@example.com\",\"password\":\"password123\"}"; H="Authorization: Bearer $(get "['access_token']")"
call 401 $B/auth/me; [ "$(get "['detail']")" = 'Not authenticated' ]
call 401 -H 'Authorization: Bearer x' $B/auth/me; [ "$(get "['detail']")" = 'Could not validate credentials' ]
call 200 -H "$H" $B/auth/me; [ "$(get "['id']")" = "$ME" ]
call 200 -H "$H" -X PUT $B/auth/me -H "$J" -d '{"full_name":"Al Walk","avatar_url":null}'; [ "$(get "['full_name']")" = 'Al Walk' ]
call 200 -H "$H" $B/auth/users; has "$ME"
call 201 -H "$H" -X POST $B/tasks -H "$J" -d "{\"title\":\"T1\",\"priority\":\"urgent\",\"due_date\":\"2099-01-01T00:00:00Z\",\"assigned_to\":\"$ME\",\"tags\":[\"Red\",\" blue \"]}"; I=$(get "['id']"); [ "$(get "['assignee']['id']")" = "$ME" ]; has '"blue"'
call 422 -H "$H" -X POST $B/tasks -H "$J" -d '{"title":""}'
call 422 -H "$H" -X POST $B/tasks -H "$J" -d '{"title":"x","priority":"zzz"}'
call 201 -H "$H" -X POST $B/tasks -H "$J" -d '{"title":"naive","due_date":"2099-01-01T00:00:00"}'
call 201 -H "$H" -X POST $B/tasks/bulk -H "$J" -d '{"tasks":[{"title":"b1"},{"title":"b2","status":"completed"}]}'; [ "$(get "[1]['status']")" = completed ]
call 201 -H "$H" -X POST $B/tasks/bulk -H "$J" -d '{"tasks":[]}'; [ "$BODY" = '[]' ]
call 200 -H "$H" "$B/tasks?page_size=2&sort_by=priority&sort_order=desc"; [ "$(get "['total']")" = 4 ]; [ "$(get "['total_pages']")" = 2 ]; [ "$(get "['tasks'][0]['id']")" = "$I" ]
call 200 -H "$H" "$B/tasks?tag=RED&search=t1&page=99"; [ "$(get "['tasks']")" = '[]' ]
call 422 -H "$H" "$B/tasks?page_size=101"
call 422 -H "$H" "$B/tasks?status=zzz"
call 200 -H "$H" $B/tasks/$I; [ "$(get "['comments']")" = '[]' ]
call 404 -H "$O" $B/tasks/$I; [ "$(get "['detail']")" = 'Task not found' ]      # not with OPEN_WORKSPACE=true
call 422 -H "$H" $B/tasks/xyz
call 200 -H "$H" -X PUT $B/tasks/$I -H "$J" -d '{"title":"T2","description":null,"status":"in_progress"}'; [ "$(get "['status']")" = in_progress ]; [ "$(get "['priority']")" = urgent ]
call 201 -H "$H" -X POST $B/tasks/$I/comments -H "$J" -d '{"content":"**hi** <script>alert(1)</script>"}'; C=$(get "['id']"); has '<strong>hi</strong>'; [ "$(get "['content_html'].count('<script')")" = 0 ]
call 200 -H "$H" -X PUT $B/tasks/$I/comments/$C -H "$J" -d '{"content":"again"}'; [ "$(get "['content']")" = again ]
call 200 -H "$H" $B/tasks/$I/comments; [ "$(get "[0]['author']['id']")" = "$ME" ]
call 204 -H "$H" -X DELETE $B/tasks/$I/comments/$C
call 404 -H "$H" -X DELETE $B/tasks/$I/comments/$C; [ "$(get "['detail']")" = 'Comment not found' ]
F=$(mktemp); echo hello > $F
call 201 -H "$H" -X POST $B/tasks/$I/files -F "files=@$F;type=text/plain;filename=a.txt"; K=$(get "[0]['id']"); [ "$(get "[0]['original_filename']")" = a.txt ]
call 400 -H "$H" -X POST $B/tasks/$I/files -F "files=@$F;type=text/html;filename=a.html"; [ "$(get "['detail']")" = 'File type text/html not allowed' ]
call 200 -H "$H" $B/tasks/$I/files; [ "$(get "[0]['size']")" = 6 ]
call 200 -H "$H" $B/tasks/$I/files/$K; [ "$BODY" = "$(cat $F)"$'\n' ] || [ "$BODY" = hello ]
call 204 -H "$H" -X DELETE $B/tasks/$I/files/$K; rm -f $F
call 404 -H "$H" $B/tasks/$I/files/$K; [ "$(get "['detail']")" = 'File not found' ]
call 201 -H "$H" -X POST $B/tasks -H "$J" -d '{"title":"OD","due_date":"2020-01-01T00:00:00Z","notify_overdue":true}'; D=$(get "['id']"); [ "$(get "['status']")" = overdue ]
call 200 -H "$H" -X POST $B/tasks/$D/notify-overdue; [ "$(get "['title']")" = 'Task Overdue: OD' ]; X=$(get "['id']")
call 400 -H "$H" -X POST $B/tasks/$I/notify-overdue; [ "$(get "['detail']")" = 'Task is not overdue' ]
call 200 -H "$H" $B/notifications/; [ "$(get "['unread_count'] >= 1")" = True ]
call 200 -H "$H" -X PUT $B/notifications/$X/read; [ "$(get "['is_read']")" = True ]
call 200 -H "$H" -X POST $B/notifications/$X/read
call 404 -H "$O" -X POST $B/notifications/$X/read; [ "$(get "['detail']")" = 'Notification not found' ]
call 200 -H "$H" -X POST $B/notifications/read-all; has 'All notifications marked as read'
call 200 -H "$H" $B/analytics/overview; [ "$(get "['by_status']['overdue']")" = 1 ]; [ "$(get "['total_tasks']")" = 5 ]
call 200 -H "$H" $B/analytics/performance; has '"completion_rate"'
call 200 -H "$H" "$B/analytics/trends?days=7"; [ "$(get ".__len__()")" = 7 ]; [ "$(get "[-1]['created']")" = 5 ]
call 422 -H "$H" "$B/analytics/trends?days=1"
call 200 -H "$H" -o /dev/null $B/analytics/export
call 204 -H "$H" -X DELETE $B/tasks/$I
call 404 -H "$H" -X DELETE $B/tasks/$I; [ "$(get "['detail']")" = 'Task not found' ]
call 404 -H "$H" $B/tasks/$I/comments
call 404 $B/nope
call 405 -H "$H" -X DELETE $B/health
echo "That was TaskHub: every answer was the expected one."
