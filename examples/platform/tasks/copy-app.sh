#!/bin/bash
# Copies one app, whose lock its caller holds: copy-app.sh APP SECONDS
# shellcheck source=examples/platform/tasks/platform.sh
source "$(dirname -- "$0")/platform.sh"
app=$1
seconds=$2
find_app "$app"
rm -f -- "$data/backups/.$app".*

before=$(cd -- "$home" && find . -type f -exec sha256sum {} + | sort | sha256sum)
new=$(mktemp -- "$data/backups/.$app.XXXXXX")
trap 'rm -f -- "$new"' EXIT
tar --create --directory="$home" --file="$new" .
take_time "$seconds"
after=$(cd -- "$home" && find . -type f -exec sha256sum {} + | sort | sha256sum)
# Somebody worked on the app while it was being copied: the lock did not hold.
[[ $before == "$after" ]] || { echo "'$app' changed while it was being copied" >&2; exit 1; }
tar --compare --directory="$home" --file="$new"
(cd -- "$data/backups" && sha256sum <"$new") | write_file "$data/backups/$app.tar.sha256"
sync -- "$new"
mv -T -- "$new" "$data/backups/$app.tar"
echo "copied $app, $(stat --format=%s -- "$data/backups/$app.tar") bytes"
