# shellcheck shell=bash
# MyTracker: registering by letter, the bot's task trees, a new password by letter, and its later API.
# also at the root

B=$BASE/api
JAR=$(mktemp); U=mt$N; EMAIL=$U@example.com
REG="{\"tg_name\":\"$U\",\"email\":\"$EMAIL\",\"first_name\":null,\"last_name\":null,\"password\":\"walk-pass-1\"}"
call 200 -X POST $B/profile/request/registration -H "$J" -d "$REG"; has 'we sent email on your mail for confirm registration'
OTHER="{\"tg_name\":\"$U\",\"email\":\"other$EMAIL\",\"password\":\"walk-pass-1\"}"
call 400 -X POST $B/profile/request/registration -H "$J" -d "$OTHER"; has "User with tg_name $U already exists"
OTHER="{\"tg_name\":\"${U}x\",\"email\":\"$EMAIL\",\"password\":\"walk-pass-1\"}"
call 400 -X POST $B/profile/request/registration -H "$J" -d "$OTHER"; has "User with email $EMAIL already exists"
call 400 -X POST $B/bot/check_is_active -H "$J" -d "{\"tg_name\":\"$U\"}"; has 'User not active'
call 400 -X POST $B/bot/check_is_active -H "$J" -d '{"tg_name":"nobody-here"}'; has 'User with tg name nobody-here does not exist'
call 200 -c $JAR -X POST $B/profile/login -H "$J" -d "{\"email\":\"$EMAIL\",\"password\":\"walk-pass-1\"}"; has 'logged in'
call 403 -b $JAR $B/bot/my_tasks; has 'User is not active'
call 400 $B/profile/confirm/registration/wrong; has 'Wrong url or expired'
T=$(mail_token $EMAIL 'Confirm registration')
call 200 $B/profile/confirm/registration/$T; has 'registration confirmed!'
call 400 $B/profile/confirm/registration/$T; has 'Your account is already activated'
call 200 -X POST $B/bot/check_is_active -H "$J" -d "{\"tg_name\":\"$U\"}"; [ "$BODY" = null ]
call 400 -X POST $B/profile/login -H "$J" -d "{\"email\":\"$EMAIL\",\"password\":\"nope\"}"; has 'Wrong password'
call 400 -X POST $B/profile/login -H "$J" -d '{"email":"no@example.com","password":"nope"}'; has 'Unable to find user with email no@example.com'
call 422 -X POST $B/profile/login -H "$J" -d '{}'
call 401 $B/bot/my_tasks; has 'token was not provide'
call 401 -b token=x $B/bot/my_tasks
call 200 -c $JAR -X POST $B/profile/login -H "$J" -d "{\"email\":\"$EMAIL\",\"password\":\"walk-pass-1\"}"
call 200 -b $JAR $B/bot/my_tasks; [ "$BODY" = '[]' ]
NOW=$(date -u +%Y-%m-%dT%H:%M:%S+00:00); LATER=2099-01-01T00:00:00+00:00
task() { echo "{\"title\":\"$1\",\"description\":\"d\",\"creation_date\":\"$NOW\",\"deadline\":\"$LATER\",\"task_id\":$2}"; }
call 200 -b $JAR -X POST $B/bot/create_task -H "$J" -d "$(task root null)"; R=$(get "['id']"); has '"subtasks"'; has '"pass_date"'
call 200 -b $JAR -X POST $B/bot/create_task -H "$J" -d "$(task sub $R)"; S=$(get "['id']"); [ "$(get "['task_id']")" = "$R" ]
call 404 -b $JAR -X POST $B/bot/create_task -H "$J" -d "$(task x 999999999)"; has 'Task does not exist'
call 422 -b $JAR -X POST $B/bot/create_task -H "$J" -d '{"title":"x"}'
call 200 -b $JAR $B/bot/my_task/$R; [ "$(get "['subtasks'][0]['id']")" = "$S" ]
call 200 -b $JAR $B/bot/my_tasks/$S
call 404 -b $JAR $B/bot/my_task/999999999; has 'Task does not exist'
call 422 -b $JAR $B/bot/my_task/abc
call 200 -b $JAR -X PATCH $B/bot/update_task/$R -H "$J" -d '{"title":"root2","description":null,"deadline":null}'; [ "$(get "['title']")" = root2 ]; [ "$(get "['description']")" = d ]
call 200 -b $JAR -X PATCH $B/bot/update_task/$R -H "$J" -d '{}'
call 400 -b $JAR -X PATCH $B/bot/update_task/$R -H "$J" -d "{\"task_id\":$S}"
call 400 -b $JAR -X PATCH $B/bot/finish_task/$R; has "Cannot finish task $R while not finished subtasks with next ids: $S"
call 204 -b $JAR -X PATCH $B/bot/finish_task/$S
call 400 -b $JAR -X PATCH $B/bot/finish_task/$S; has 'Task is already done'
call 204 -b $JAR -X PATCH $B/bot/finish_task/$R
call 404 -b $JAR -X PATCH $B/bot/finish_task/999999999; has 'Task does not exist'
call 204 -b $JAR -X DELETE $B/bot/delete_task/$R
call 404 -b $JAR -X DELETE $B/bot/delete_task/$R; has 'Task does not exist'
call 404 -b $JAR $B/bot/my_task/$S
call 200 -b $JAR $B/profile/request/change_password; has 'we sent email on your mail for confirm change password'
P=$(mail_token $EMAIL 'Confirm change password')
NEW='{"current_password":"walk-pass-1","new_password":"walk-pass-2"}'
call 401 -X POST $B/profile/confirm/change_password/$P -H "$J" -d "$NEW"
call 400 -b $JAR -X POST $B/profile/confirm/change_password/$T -H "$J" -d "$NEW"; has 'Wrong url or expired'
call 400 -b $JAR -X POST $B/profile/confirm/change_password/$P -H "$J" -d '{"current_password":"wrong","new_password":"walk-pass-2"}'; has 'Wrong password'
call 200 -b $JAR -X POST $B/profile/confirm/change_password/$P -H "$J" -d "$NEW"; has 'password was change successfully'
call 200 -c $JAR -X POST $B/profile/login -H "$J" -d "{\"email\":\"$EMAIL\",\"password\":\"walk-pass-2\"}"
OLD=$(awk '$6 == "token" {print $7}' $JAR)
[ "$(curl -sS -D - -o /dev/null -X POST $B/profile/login -H "$J" -d "{\"email\":\"$EMAIL\",\"password\":\"walk-pass-2\"}" | grep -ci '^set-cookie: token=')" = 1 ]
call 200 -b $JAR -X POST $B/profile/logout; has 'logged out'
call 401 -b "token=$OLD" $B/bot/my_tasks
call 401 -X POST $B/profile/logout
rm -f $JAR

# the later API, where MYTRACKER_BOT_SECRET holds what the service was started with
if [ -n "${MYTRACKER_BOT_SECRET:-}" ]; then
V=$B/v1; W=v1$N
mint() { python3 - "$MYTRACKER_BOT_SECRET" "$1" <<'PY'
import base64, hashlib, hmac, json, sys, time
secret, name = sys.argv[1:]
part = lambda raw: base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
head = part(json.dumps({"alg": "HS256", "typ": "JWT"}).encode()) + "." + part(json.dumps({"tg_name": name, "exp": int(time.time()) + 5}).encode())
print(head + "." + part(hmac.new(secret.encode(), head.encode(), hashlib.sha256).digest()))
PY
}
as() { echo "token=$(mint $W)"; }
call 200 -X POST $V/auth/register -H "$J" -d "{\"tg_name\":\"$W\"}" -b "$(as)"; [ "$BODY" = null ]
call 400 -X POST $V/auth/register -H "$J" -d "{\"tg_name\":\"$W\"}" -b "$(as)"; has 'User with this telegram name already exists'
call 200 "$V/auth/check?tg_name=$W"; [ "$BODY" = true ]
call 401 $V/tasks
call 200 -b "$(as)" -X POST $V/tasks -H "$J" -d '{"title":"r","description":"d","deadline":"2099-01-01T00:00:00+00:00"}'; I=$(get "['id']")
call 200 -b "$(as)" -X POST $V/tasks -H "$J" -d "{\"title\":\"s\",\"description\":\"d\",\"deadline\":\"2098-01-01T00:00:00+00:00\",\"parent_id\":$I}"; K=$(get "['id']")
call 400 -b "$(as)" -X POST $V/tasks -H "$J" -d '{"title":"p","description":"d","deadline":"2000-01-01T00:00:00+00:00"}'; has 'Deadline cannot be less or equal than now'
call 200 -b "$(as)" $V/tasks; [ "$(get "['next_page']")" = 0 ]; [ "$(get "['tasks'][0]['id']")" = "$I" ]
call 200 -b "$(as)" $V/tasks/$I/subtasks; [ "$(get "['tasks'][0]['parent_id']")" = "$I" ]
call 200 -b "$(as)" $V/tasks/$K/parent; [ "$BODY" = "$I" ]
call 400 -b "$(as)" -X PATCH $V/tasks/$I/finish; has 'Unable finish task while subtasks not fininshed'
call 200 -b "$(as)" -X PATCH $V/tasks/$K/finish; [ "$BODY" = null ]
call 400 -b "$(as)" -X PATCH $V/tasks/$K/finish; has 'Task already finished'
call 200 -b "$(as)" -X PATCH $V/tasks/$I/finish/force; has "$K"
call 200 -b "$(as)" $V/tasks/$I/is_active; [ "$BODY" = false ]
call 200 -b "$(as)" -X DELETE $V/tasks/$I; has "$K"
call 404 -b "$(as)" $V/tasks/$I; has 'Unable to find task'
fi
