#!/usr/bin/env bash
# A walk through the API of a running service, with nothing but curl and awk:
#
#     examples/tour.sh [BASE_URL]        http://127.0.0.1:8000 where none is given
#
# It registers two people of its own, builds the release checklist beside this file as one tree, works
# on it, deletes it, takes it back, moves, shares and retries, and removes it for good. Each request is
# printed with its status. It ends with 1 at the first answer that is not the expected one, and may be
# run on one service as often as you like.
# Not for a service with OPEN_WORKSPACE: the tour looks at what strangers do not see.

set -euo pipefail

BASE=${1:-http://127.0.0.1:8000}
BASE=${BASE%/}
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
CHECKLIST=$HERE/release-checklist.md
umask 077
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

for part in asking showing people trees edits lists trash moves sharing rules retries histories; do
  # shellcheck source=/dev/null
  . "$HERE/tour/$part.sh"
done

main() {
  work_on_a_tree
  lose_nothing
  say "That was the tour: every answer was the expected one."
}

work_on_a_tree() {
  meet_the_service
  become_somebody
  build_the_tree
  show_it
  edit_it
  refuse_what_is_wrong
  complete_it
  list_it
  delete_it
}

lose_nothing() {
  take_it_back
  move_it
  share_it
  follow_its_rules
  retry_it
  tell_its_history
  delete_it_for_good
}

main
