# shellcheck shell=bash
# People: who asks, and what strangers see. Sets $ME, the id of the tour's person, and $NAME.

NAME=tour-$(date +%s)-$$
PASSWORD=a-long-walk-$RANDOM-$RANDOM

meet_the_service() {
  say "Is anybody there?"
  ask GET /api/health 200
  expect status ok
  echo "  It is $(value app) $(value version) at $BASE."
  ask GET /api/health/ready 200
  say "Without a token nobody sees a task."
  ask GET /api/tasks 401
  expect detail "Not authenticated"
}

become_somebody() {
  say "Registering $NAME@example.com."
  register "$NAME" "Ada Tour"
  say "The same address again is refused, in capitals too; and so is a wrong password."
  send POST /api/auth/register 400 "$(person "$(tr '[:lower:]' '[:upper:]' <<<"$NAME")" "Eve Tour")"
  expect detail "Email or username already exists"
  send POST /api/auth/login 401 "{\"email\": \"$NAME@example.com\", \"password\": \"wrong\"}"
  expect detail "Invalid email or password"
  say "Logging in, and giving ourselves another name."
  send POST /api/auth/login 200 "{\"email\": \"$NAME@example.com\", \"password\": \"$PASSWORD\"}"
  be_the_person_of_this_answer
  send PUT /api/auth/me 200 '{"full_name": "Ada T. Tour"}'
  ask GET /api/auth/me 200
  expect full_name "Ada T. Tour"
  ME=$(value id)
}

# person NAME FULL_NAME: the body that registers somebody
person() {
  printf '{"email": "%s@example.com", "username": "%s", "full_name": "%s", "password": "%s"}' "$1" "$1" "$2" "$PASSWORD"
}

register() {
  send POST /api/auth/register 201 "$(person "$@")"
  be_the_person_of_this_answer
}

be_the_person_of_this_answer() {
  echo "Authorization: Bearer $(value access_token)" >"$WHO"
}

# remember_as NAME: who asks now can be called back by `as NAME`
remember_as() {
  cp "$WHO" "$WORK/who-$1"
}

as() {
  cp "$WORK/who-$1" "$WHO"
}
