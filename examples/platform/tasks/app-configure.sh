#!/bin/bash
# Changes one setting of an app: app-configure.sh APP SETTING VALUE SECONDS
# shellcheck source=examples/platform/tasks/platform.sh
source "$(dirname -- "$0")/platform.sh"
app=$1 setting=$2 value=$3 seconds=$4
find_app "$app"

progress 10 "setting $setting of $app"
{
    grep -v "^$setting=" -- "$home/settings" || true
    printf '%s=%s\n' "$setting" "$value"
} | write_file "$home/settings"
take_time "$seconds"
grep -qxF -- "$setting=$value" "$home/settings"
progress 100 "$app is configured"
