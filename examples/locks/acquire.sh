#!/bin/bash
# acquire.sh FILE: reads a line, and only then takes a lock, checks that it still stands, and writes the line to FILE.
set -euo pipefail
read -r line
answer=$(interlock lock acquire /app/blog --pid $$ --wait 30s --reason "a line from bash")
token=${answer#token }
# A lock that was broken does not stand any more, and need not be given back.
trap 'interlock lock release --token "$token" || true' EXIT

echo "prepared with token $token"
read -r _
interlock lock check /app/blog --token "$token"
"$(dirname "$0")/store" "$1" "$token" "$line"
