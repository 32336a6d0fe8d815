#!/bin/bash
# Updates the platform: update.sh VERSION SECONDS
# The task holds /type/update. It downloads with no other lock. To apply the update it takes first /type/backup, which waits
# for a running backup and holds back no app, and only then /, which waits for the app tasks that run and holds back later
# ones.
# shellcheck source=examples/platform/tasks/platform.sh
source "$(dirname -- "$0")/platform.sh"
version=$1 seconds=$2

progress 0 "downloading $version"
package=$data/update-$version.tar
new=$(mktemp -d -- "$data/.update.XXXXXX")
trap 'rm -rf -- "$new"' EXIT
printf '%s\n' "$version" >"$new/version"
seq -f "platform $version, file %g" 5000 >"$new/platform.txt"
tar --create --directory="$new" . | write_file "$package"
take_time "$seconds"
tar --extract --to-stdout --file="$package" ./version | grep -qxF -- "$version"

progress 50 "waiting for the backup and the apps"
# The inner shell is given its words as arguments: nothing of them is read as code.
# shellcheck disable=SC2016
"$interlock" lock run /type/backup --reason "apply $version" --label "update to $version" -- \
    bash -c 'exec "$1" lock run / --reason "apply $3" --label "update to $3" -- "$2" "$3" "$4"' \
    bash "$interlock" "$tasks/apply-update.sh" "$version" "$seconds"
progress 100 "the platform is at $version"
