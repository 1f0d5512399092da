#!/usr/bin/env bash
# What the walks ask with: walking.sh FILE, with $BASE, where the dialect of that walk is served.

set -euo pipefail
trap 'echo "FAIL line $LINENO: $BASH_COMMAND: ${BODY-}" >&2' ERR

MAILDIR=${MAILDIR:-var/mail}
J='Content-Type: application/json'
N=$(date +%s)$RANDOM # makes names unique
B=$BASE

# call STATUS ARGUMENTS OF CURL...: the body goes to $BODY
call() {
  local want=$1 got
  shift
  BODY=$(curl -sS --noproxy '*' --max-time 60 -w '\n%{http_code}' "$@")
  got=${BODY##*$'\n'} BODY=${BODY%$'\n'*}
  if [ "$got" != "$want" ]; then
    echo "FAIL expected $want, got $got: $*" >&2
    echo "$BODY" >&2
    exit 1
  fi
}

# get EXPRESSION: what the last answer says there
get() { printf '%s' "$BODY" | python3 -c "import json,sys; print(json.load(sys.stdin)$1)"; }

# has TEXT: the last answer has it somewhere
has() {
  case "$BODY" in *"$1"*) ;; *)
    echo "FAIL no '$1' in: $BODY" >&2
    exit 1
    ;;
  esac
}

# mail_token ADDRESS SUBJECT: the last segment of the link in the newest such letter
mail_token() {
  python3 - "$MAILDIR" "$1" "$2" <<'PY'
import email, email.policy, pathlib, re, sys, time
folder, address, subject = sys.argv[1:]
for _ in range(150):
    for path in sorted(pathlib.Path(folder).glob("*.eml"), key=lambda p: p.stat().st_mtime, reverse=True):
        mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        if address in str(mail["To"]) and str(mail["Subject"]) == subject:
            links = re.findall(r"https?://\S+", mail.get_body(("plain",)).get_content())
            print(links[0].rstrip("/").rsplit("/", 1)[-1]); sys.exit()
    time.sleep(0.2)
sys.exit("no such mail")
PY
}

# shellcheck source=/dev/null
. "$1"
