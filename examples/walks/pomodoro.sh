# shellcheck shell=bash
# Pomodoro FastAPI: a form logs in, the refresh token is a cookie, tasks have counts and categories.

JAR=$(mktemp); U=po$N; E=$U@example.com
REG="{\"username\":\"$U\",\"email\":\"$E\",\"password\":\"walk-pass-1\"}"
call 201 -c $JAR -X POST $B/auth/register -H "$J" -d "$REG"; [ "$(get "['user']['username']")" = "$U" ]; [ "$(get "['token_type']")" = bearer ]; ME=$(get "['user']['user_id']")
call 409 -X POST $B/auth/register -H "$J" -d "$REG"; has 'User with this email already exists'
call 422 -X POST $B/auth/register -H "$J" -d '{"username":"x","email":"not-an-address","password":"walk-pass-1"}'
call 401 -X POST $B/auth/login --data-urlencode "username=$E" --data-urlencode 'password=wrong'; has 'Invalid credentials'
call 422 -X POST $B/auth/login -H "$J" -d "{\"username\":\"$U\",\"password\":\"walk-pass-1\"}"
call 200 -c $JAR -X POST $B/auth/login --data-urlencode "username=$U" --data-urlencode 'password=walk-pass-1'; has '"access_token"'
call 200 -c $JAR -X POST $B/login --data-urlencode "username=$E" --data-urlencode 'password=walk-pass-1'; T=$(get "['access_token']"); H="Authorization: Bearer $T"
OLD=$(awk 'END {print $7}' $JAR)
call 200 -b $JAR -c $JAR -X POST $B/auth/refresh; T=$(get "['access_token']"); H="Authorization: Bearer $T"
[ "$(awk 'END {print $7}' $JAR)" != "$OLD" ]
call 401 -X POST $B/auth/refresh; has 'Invalid token'
call 401 $B/api/tasks
call 200 -H "$H" $B/api/tasks; [ "$BODY" = '[]' ]
call 201 -H "$H" -X POST $B/api/tasks -H "$J" -d '{"name":"write","description":null,"pomodoro_count":3,"category_id":1}'; I=$(get "['task_id']"); [ "$(get "['owner_id']")" = "$ME" ]; [ "$(get "['pomodoro_count']")" = 3 ]
call 422 -H "$H" -X POST $B/api/tasks -H "$J" -d '{"name":"no count","category_id":1}'
call 422 -H "$H" -X POST $B/api/tasks -H "$J" -d "{\"name\":\"$(printf 'x%.0s' $(seq 51))\",\"pomodoro_count\":1,\"category_id\":1}"
call 400 -H "$H" -X POST $B/api/tasks -H "$J" -d '{"name":"zero","pomodoro_count":0,"category_id":1}'; has 'Invalid pomodoro count'
call 200 -H "$H" -X PATCH $B/api/tasks/$I -H "$J" -d '{"name":"rewrite","pomodoro_count":null}'; [ "$(get "['name']")" = rewrite ]; [ "$(get "['pomodoro_count']")" = 3 ]
call 404 -H "$H" -X PATCH $B/api/tasks/999999999 -H "$J" -d '{"name":"x"}'; has 'Task not found'
call 422 -H "$H" -X DELETE $B/api/tasks/abc
call 200 -H "$H" $B/tasks; [ "$(get "[0]['task_id']")" = "$I" ]
call 201 -H "$H" -X POST $B/api/categories -H "$J" -d '{"name":"work"}'; K=$(get "['category_id']")
call 200 -H "$H" -X PATCH $B/api/tasks/$I -H "$J" -d "{\"category_id\":$K}"; [ "$(get "['category_id']")" = "$K" ]
call 200 -H "$H" $B/api/categories; has '"work"'
call 204 -H "$H" -X DELETE $B/api/tasks/$I
call 404 -H "$H" -X DELETE $B/api/tasks/$I; has 'Task not found'
call 200 -H "$H" $B/api/tasks; [ "$BODY" = '[]' ]
call 204 -b $JAR -H "$H" -X POST $B/auth/logout
call 401 -b $JAR -X POST $B/auth/refresh
call 401 -H "$H" $B/api/tasks
rm -f $JAR
