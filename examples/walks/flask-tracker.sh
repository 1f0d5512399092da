# shellcheck shell=bash
# Flask Task Tracker: the routes of its README, of its program and of its two web pages.
# also at the root

A=ft$N; AE=$A@example.com; C=fu$N; CE=$C@example.com
call 200 $B/; has 'Welcome to the Task Tracker !'
call 201 -X POST $B/users/signup -H "$J" -d "{\"username\":\"$A\",\"password\":\"test@123\",\"email\":\"$AE\",\"role\":\"admin\"}"; has 'User added successfully'
call 400 -X POST $B/users/signup -H "$J" -d "{\"username\":\"${A}x\",\"password\":\"test@123\",\"email\":\"$AE\"}"; [ "$(get "['error']")" = 'user already Exists' ]
call 400 -X POST $B/users/signup -H "$J" -d '{}'; [ "$(get "['message']")" = 'No input data provided' ]
call 400 -X POST $B/users/signup -H "$J" -d '{"username":"g"}'
call 415 -X POST $B/users/signup -H 'Content-Type: text/plain' -d x
call 201 -X POST $B/register -H "$J" -d "{\"username\":\"$C\",\"password\":\"test@123\",\"email\":\"$CE\"}"
call 401 -X POST $B/users/login -H "$J" -d "{\"email\":\"$AE\",\"password\":\"no\"}"; [ "$(get "['Error']")" = 'Login failed' ]; [ "$(get "['message']")" = 'Login failed' ]
call 401 -X POST $B/users/login -H "$J" -d '{"email":"nobody@example.com","password":"no"}'
call 400 -X POST $B/users/login -H "$J" -d "{\"email\":\"$AE\"}"
call 400 -X POST $B/users/login -H "$J" -d '{"email":{"$gt":""},"password":"test@123"}'
call 200 -X POST $B/users/login -H "$J" -d "{\"email\":\"$AE\",\"password\":\"test@123\"}"; T=$(get "['token']")
call 200 -X POST $B/login -H "$J" -d "{\"email\":\"$CE\",\"password\":\"test@123\"}"; U=$(get "['token']")
call 401 $B/users/get_users; [ "$(get "['error']")" = 'Token is missing' ]
call 401 -H 'Authorization: Bearer zz' $B/tasks/get_tasks
call 403 -H "Authorization: Bearer $U" $B/users/get_users; [ "$(get "['error']")" = 'Permission denied' ]
call 200 -X OPTIONS $B/users/get_users -H 'Origin: http://localhost:3000' -H 'Access-Control-Request-Method: GET'; [ -z "$BODY" ]
call 400 -X POST $B/tasks/add_task -H "Authorization: Bearer $T" -H "$J" -d '{"description":"s"}'; [ "$(get "['error']")" = 'Task summary is required' ]
call 200 -X POST $B/tasks/add_task -H "Authorization: Bearer $T" -H "$J" -d "{\"summary\":\"s\",\"status\":\"OPEN\",\"assigned\":\"$A\",\"estimate\":\"5\",\"priority\":\"high\",\"due_date\":\"2099-01-01\"}"; [ "$(get "['message']")" = 'Task added' ]; I=$(get "['task_id']")
call 200 -H "Authorization: $T" $B/tasks/get_tasks; [ "$(get "['tasks'][0]['_id']")" = "$I" ]; [ "$(get "['tasks'][0]['due_date']")" = 2099-01-01 ]; has ' GMT'
call 200 -X GET -H "Authorization: Bearer $T" $B/tasks/get_task -H "$J" -d "{\"_id\":\"$I\"}"; [ "$(get "['task']['status']")" = OPEN ]
call 200 -H "Authorization: Bearer $T" "$B/tasks/get_task?_id=$I"
call 404 -H "Authorization: Bearer $T" "$B/tasks/get_task?_id=zz"; [ "$(get "['error']")" = 'Task not found' ]
call 404 -H "Authorization: Bearer $U" "$B/tasks/get_task?_id=$I"
call 200 -H "Authorization: Bearer $T" $B/tasks/get_my_task; [ "$(get "['tasks'][0]['assigned']")" = "$A" ]
call 404 -H "Authorization: Bearer $U" $B/tasks/get_my_task
call 200 -H "Authorization: Bearer $T" $B/tasks/recent; [ "$(get "['tasks'][0]['_id']")" = "$I" ]
call 200 -H "Authorization: Bearer $T" $B/tasks/status_summary; [ "$(get "['OPEN']")" = 1 ]; [ "$(get "['REVIEW']")" = 0 ]
call 201 -X POST $B/tasks -H "Authorization: Bearer $T" -H "$J" -d '{"summary":"second"}'; K=$(get "['task_id']")
call 200 -H "Authorization: Bearer $T" $B/tasks; [ "$(get "['tasks'][0]['status']")" = open ]; [ "$(get "['tasks'][0]['task_type']")" = Development ]
call 200 -X PUT $B/tasks/$K -H "Authorization: Bearer $T" -H "$J" -d '{"summary":"third","priority":"low"}'; [ "$(get "['task']['summary']")" = third ]
call 404 -X PUT $B/tasks/$K -H "Authorization: Bearer $U" -H "$J" -d '{"summary":"mine"}'
call 200 -X PATCH $B/tasks/$K/status -H "Authorization: Bearer $T" -H "$J" -d '{"status":"COMPLETED"}'; [ "$(get "['task']['status']")" = COMPLETED ]
call 400 -X PATCH $B/tasks/$K/status -H "Authorization: Bearer $T" -H "$J" -d '{}'
call 200 -X DELETE $B/tasks/$K -H "Authorization: Bearer $T"
call 404 -X DELETE $B/tasks/$K -H "Authorization: Bearer $T"
call 200 -X POST $B/scheduler/scheduler_alert -H "Authorization: Bearer $T" -H "$J" -d '{"type":"daily"}'; [ "$(get "['message']")" = 'Job scheduled successfully' ]
call 400 -X POST $B/scheduler/scheduler_alert -H "Authorization: Bearer $T" -H "$J" -d '{"type":"weekly"}'; has "Invalid schedule type. Use 'daily' or 'once'."
call 200 -H "Authorization: Bearer $T" $B/scheduler/scheduler_jobs; get "[0]['trigger']" >/dev/null
call 200 -X POST $B/users/forget_password -H "$J" -d '{"email":"nobody@example.com"}'
call 401 -X POST $B/users/change_password -H "$J" -d "{\"email\":\"$CE\",\"oldPassword\":\"zz\",\"newPassword\":\"test@1234\"}"; [ "$(get "['error']")" = 'Invalid credentials' ]
call 200 -X POST $B/users/change_password -H "$J" -d "{\"email\":\"$CE\",\"oldPassword\":\"test@123\",\"newPassword\":\"test@1234\"}"; has 'Password changed successfully'
call 400 -X POST $B/users/change_password -H "Authorization: Bearer $T" -H "$J" -d '{"oldPassword":"zz","newPassword":"test@1234"}'; has 'Please provide valid old password'
call 200 -X POST $B/users/change_password -H "Authorization: Bearer $T" -H "$J" -d '{"old_password":"test@123","new_password":"test@1234"}'
if [ -n "${ADMIN_EMAIL:-}" ]; then
call 200 -X POST $B/users/login -H "$J" -d "{\"email\":\"$ADMIN_EMAIL\",\"password\":\"$ADMIN_PASSWORD\"}"; T=$(get "['token']")
call 200 -H "Authorization: Bearer $T" $B/users/get_users; has "$AE"; get "['users'][0]['status']" >/dev/null
call 200 -X GET -H "Authorization: Bearer $T" $B/users/get_user -H "$J" -d "{\"email\":\"$CE\"}"; [ "$(get "['user']['role']")" = user ]
call 200 -H "Authorization: Bearer $T" $B/users/get_user; [ "$(get "['user']['email']")" = "$ADMIN_EMAIL" ]
fi
