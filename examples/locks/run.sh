#!/bin/bash
# run.sh FILE: writes a line of its input to FILE, all of it under a lock.
set -euo pipefail
if [[ ${INTERLOCK_LOCKS:-} != *'"/app/blog"'* ]]; then
    exec interlock lock run /app/blog --wait 30s --reason "a line from bash" -- "$0" "$@"
fi
read -r line
"$(dirname "$0")/store" "$1" "$INTERLOCK_TOKEN" "$line"
