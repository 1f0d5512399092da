# shellcheck shell=bash
# API диспетчера задач: people by user names, one refresh token for all its life, free text for a status.
# also at the root

U=di$N; V=dj$N
CRED="{\"username\":\"$U\",\"password\":\"walk-pass-1\"}"
call 201 -X POST $B/auth/register -H "$J" -d "$CRED"; [ "$(get "['token_type']")" = bearer ]; H="Authorization: Bearer $(get "['access_token']")"
call 409 -X POST $B/auth/register -H "$J" -d "$CRED"
call 422 -X POST $B/auth/register -H "$J" -d "{\"username\":\"x$N\"}"
call 200 -H "$H" $B/tasks/; [ "$BODY" = '[]' ]
call 401 -X POST $B/auth/login -H "$J" -d "{\"username\":\"$U\",\"password\":\"wrong\"}"
call 401 -X POST $B/auth/login -H "$J" -d "{\"username\":\"nobody$N\",\"password\":\"wrong\"}"
call 422 -X POST $B/auth/login -H "$J" -d '{"username":{"$ne":null},"password":"x"}'
call 200 -X POST $B/auth/login -H "$J" -d "$CRED"; H="Authorization: Bearer $(get "['access_token']")"; R=$(get "['refresh_token']")
call 200 -X POST $B/auth/refresh -H "$J" -d "{\"refresh_token\":\"$R\"}"; has '"access_token"'
call 200 -X POST $B/auth/refresh -H "$J" -d "{\"refresh_token\":\"$R\"}"; H="Authorization: Bearer $(get "['access_token']")"
call 401 -X POST $B/auth/refresh -H "$J" -d '{"refresh_token":"x"}'
call 401 $B/tasks/
call 201 -H "$H" -X POST $B/tasks/ -H "$J" -d '{"title":"Купить хлеб","description":"чёрный","status":"в процессе"}'; I=$(get "['id']"); [ "$(get "['status']")" = 'в процессе' ]
call 422 -H "$H" -X POST $B/tasks/ -H "$J" -d '{"description":"no title"}'
call 201 -H "$H" -X POST $B/tasks/ -H "$J" -d '{"title":"second","description":"","status":"новая"}'
call 200 -H "$H" $B/tasks/; [ "$(get ".__len__()")" = 2 ]; [ "$(get "[1]['title']")" = 'Купить хлеб' ]
call 200 -H "$H" -G $B/tasks/ --data-urlencode 'status=в процессе'; [ "$(get ".__len__()")" = 1 ]; [ "$(get "[0]['id']")" = "$I" ]
call 200 -H "$H" -X PUT $B/tasks/$I -H "$J" -d '{"title":"Купить хлеб","description":"белый","status":"завершена"}'; [ "$(get "['status']")" = завершена ]; [ "$(get "['description']")" = белый ]
call 200 -H "$H" $B/tasks/$I; [ "$(get "['title']")" = 'Купить хлеб' ]
call 404 -H "$H" -X PUT $B/tasks/999999999 -H "$J" -d '{"title":"x","description":"","status":"x"}'; [ "$(get "['detail']")" = 'Task not found' ]
call 201 -X POST $B/auth/register -H "$J" -d "{\"username\":\"$V\",\"password\":\"walk-pass-1\"}"; O="Authorization: Bearer $(get "['access_token']")"
call 404 -H "$O" -X PUT $B/tasks/$I -H "$J" -d '{"title":"mine","description":"","status":"x"}'
call 404 -H "$O" -X DELETE $B/tasks/$I
call 204 -H "$H" -X DELETE $B/tasks/$I; [ -z "$BODY" ]
call 404 -H "$H" -X DELETE $B/tasks/$I
call 204 -H "$H" -X POST $B/auth/logout
call 401 -H "$H" $B/tasks/
call 401 -X POST $B/auth/refresh -H "$J" -d "{\"refresh_token\":\"$R\"}"
