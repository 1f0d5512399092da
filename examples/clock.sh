#!/usr/bin/env bash
# A task falls due, and its person hears of it in three ways:
#
#     examples/clock.sh [BASE_URL [LIVE_URL [LETTERS]]]
#
# BASE_URL is http://127.0.0.1:8000 where none is given; LIVE_URL is where live events come from, the same service but
# where a realtime process runs beside it (ws://127.0.0.1:8001); LETTERS is the folder that letters end in as files, var/mail
# or that of examples/sink.py. DUE_IN is how many seconds from now the task falls due, 60 unless it is set.
# Ends with 1 when one of the three does not come within 60 seconds of that. Needs what `make test` has installed.

set -euo pipefail

BASE=${1:-http://127.0.0.1:8000}
BASE=${BASE%/}
LIVE=${2:-ws${BASE#http}}
LETTERS=${3:-var/mail}
DUE_IN=${DUE_IN:-60}
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
umask 077
WORK=$(mktemp -d)
listener=
trap 'kill $listener 2>/dev/null || true; rm -rf "$WORK"' EXIT

for part in asking people; do
  # shellcheck source=/dev/null
  . "$HERE/tour/$part.sh"
done

main() {
  say "Registering $NAME@example.com, and listening to what happens."
  register "$NAME" "Ada Clock"
  listen
  say "A task that falls due in $DUE_IN seconds, and asks for a letter then."
  send POST /api/tasks 201 "{\"title\": \"$NAME is late\", \"due_date\": \"$(in_seconds "$DUE_IN")\", \"notify_overdue\": true}"
  TASK=$(value id)
  say "Waiting."
  wait_for "the live event" grep '"notification".*'"$TASK" "$WORK/events"
  wait_for "the notification" notified
  wait_for "the letter" letters
  same "$(grep -c '"notification".*'"$TASK" "$WORK/events")" 1
  same "$(letters | wc -l)" 1
  say "Told in three ways, in each of them once."
}

# A one-time ticket opens the WebSocket, so that no token stands in a log.
listen() {
  ask POST /api/auth/ticket 201
  (cd "$HERE/.." && exec .venv/bin/python -m examples.listen "$LIVE/ws?ticket=$(value ticket)") >"$WORK/events" 2>&1 &
  listener=$!
  until grep -q listening "$WORK/events"; do
    kill -0 "$listener" 2>/dev/null || fail "no live events at $LIVE: $(tail -n 1 "$WORK/events")"
    sleep 0.2
  done
}

# in_seconds N: a time of RFC 3339
in_seconds() {
  .venv/bin/python -c 'import datetime as d, sys; print((d.datetime.now(d.UTC) + d.timedelta(seconds=int(sys.argv[1]))).isoformat())' "$1"
}

notified() {
  ask GET /api/notifications 200 >/dev/null
  [ "$(value unread_count)" = 1 ] && [ "$(value notifications.0.task_id)" = "$TASK" ] && value notifications.0.title
}

letters() {
  grep -rh --include='*.eml' "^Subject: Overdue: $NAME is late" "$LETTERS"
}

# wait_for WHAT COMMAND...: until the command works, and prints what it prints
wait_for() {
  local what=$1 until=$((SECONDS + DUE_IN + 60)) shown
  shift
  until shown=$("$@" 2>/dev/null); do
    [ "$SECONDS" -lt "$until" ] || fail "$what did not come"
    sleep 0.5
  done
  printf '  %s: %s\n' "$what" "$(head -n 1 <<<"$shown" | cut -c 1-150)"
}

cd "$HERE/.."
main
