#!/bin/bash
# Brings an app to a version; what was there stays until the new one is whole: app-update.sh APP VERSION SECONDS
# shellcheck source=examples/platform/tasks/platform.sh
source "$(dirname -- "$0")/platform.sh"
app=$1 version=$2 seconds=$3
find_app "$app"

progress 0 "unpacking $app $version"
cp -a -- "$home/files" "$home/files.new"
printf '%s, release %s\n' "$app" "$version" >"$home/files.new/release.txt"
progress 30 "migrating $app"
take_time "$seconds"
progress 80 "switching $app over"
# Killed between the two renames, the app is put back by whoever locks it next (find_app).
mv -T -- "$home/files" "$home/files.old"
mv -T -- "$home/files.new" "$home/files"
printf '%s\n' "$version" | write_file "$home/version"
rm -rf -- "$home/files.old"
progress 100 "$app is at $version"
