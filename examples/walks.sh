#!/usr/bin/env bash
# A walk through each dialect with curl, as a client of that other system would ask, at every address
# where the dialect is served:
#
#     examples/walks.sh [BASE_URL [DIALECT...]]     http://127.0.0.1:8000 and all of them
#
# For a service in development with RATE_LIMIT_ANONYMOUS=0. Letters are read where it leaves them:
# MAILDIR, var/mail unless set. ADMIN_EMAIL and ADMIN_PASSWORD of `flask create-admin` add what only an
# admin may do. Ends with 1 at the first answer that is not the expected one.

set -euo pipefail

BASE=${1:-http://127.0.0.1:8000}
SERVICE=${BASE%/}
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
shift $(($# > 0))
names=("$@")
[ "$#" -gt 0 ] || for file in "$HERE"/walks/*.sh; do names+=("$(basename "$file" .sh)"); done

for name in "${names[@]}"; do
  [ "$name" != walking ] || continue
  for below in "/$name" $(sed -n 's/^# also at the root$/ROOT/p' "$HERE/walks/$name.sh"); do
    echo "== $name, ${below/ROOT/at the root}"
    BASE=$SERVICE${below/ROOT/} bash "$HERE/walks/walking.sh" "$HERE/walks/$name.sh"
  done
done
echo "Every answer was the expected one."
