# shellcheck shell=bash
# What the tour asks with: one request, and what must be in its answer. Knows no route.
#
# Takes $BASE, the service's address, and $WORK, a folder of its own. Whoever sources this runs
# under `set -euo pipefail`: the first check that does not hold ends it with 1.

# The answer to the last request: its body, the body as `path<TAB>value` lines, its headers.
BODY=$WORK/body VALUES=$WORK/values HEADERS=$WORK/headers
# The header that says who asks; an empty file asks as nobody.
WHO=$WORK/who
: >"$WHO"

say() {
  printf '\n%s\n' "$*"
}

fail() {
  printf '\nThe tour ends here: %s\n' "$*" >&2
  exit 1
}

# ask METHOD PATH STATUS [ARGUMENTS OF CURL]: one request that must be answered with STATUS
ask() {
  local method=$1 path=$2 wanted=$3 got
  shift 3
  : >"$BODY"
  got=$(curl -q --silent --show-error --max-time 60 --noproxy 'localhost,127.0.0.1' \
    --request "$method" --header "@$WHO" --output "$BODY" --dump-header "$HEADERS" \
    --write-out '%{http_code}' "$@" "$BASE$path") || fail "$method $path got no answer from $BASE"
  printf '    %s %s -> %s\n' "$method" "$path" "$got"
  [ "$got" = "$wanted" ] ||
    fail "$method $path was answered $got instead of $wanted: $(head -c 1000 "$BODY")"
  read_answer
}

# send METHOD PATH STATUS JSON [ARGUMENTS OF CURL]: the same with a body; @file sends a file
send() {
  local method=$1 path=$2 wanted=$3 json=$4
  shift 4
  ask "$method" "$path" "$wanted" --header 'Content-Type: application/json' --data-binary "$json" "$@"
}

read_answer() {
  : >"$VALUES"
  [ ! -s "$BODY" ] || read_json "$BODY" >"$VALUES" || fail "the answer is not JSON: $(head -c 1000 "$BODY")"
}

read_json() {
  LC_ALL=C awk -f "$HERE/tour/read-json.awk" "$1"
}

# value PATH: what the last answer says there
value() {
  awk -F '\t' -v path="$1" '$1 == path { print $2; found = 1; exit } END { exit !found }' "$VALUES" ||
    fail "the answer says nothing at $1: $(head -c 1000 "$BODY")"
}

# expect PATH VALUE: the last answer says just this there
expect() {
  local got
  got=$(value "$1")
  [ "$got" = "$2" ] || fail "$1 is “$got” instead of “$2”"
}

# count PATTERN: how many values of the last answer have a path that matches whole
count() {
  awk -F '\t' -v pattern="^($1)$" '$1 ~ pattern { n++ } END { print n + 0 }' "$VALUES"
}

# header NAME: a header of the last answer
header() {
  awk -v name="$1:" 'tolower($1) == tolower(name) { sub(/^[^:]*: */, ""); sub(/\r$/, ""); print }' "$HEADERS"
}

same() {
  [ "$1" = "$2" ] || fail "“$1” instead of “$2”"
}
