#!/bin/bash
# Copies every app, one after the other: backup.sh SECONDS-FOR-EACH
# The task holds /type/backup; each copy runs in a session of its own below it, which holds just that app.
# shellcheck source=examples/platform/tasks/platform.sh
source "$(dirname -- "$0")/platform.sh"
seconds=$1

mapfile -t apps < <(list_apps)
for index in "${!apps[@]}"; do
    app=${apps[index]}
    progress $((100 * index / ${#apps[@]})) "copying $app"
    "$interlock" lock run "/app/$app" --reason "full backup" --label "copy of $app" -- \
        "$tasks/copy-app.sh" "$app" "$seconds"
done
progress 100 "${#apps[@]} apps are copied"
