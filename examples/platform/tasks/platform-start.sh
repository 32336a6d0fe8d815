#!/bin/bash
# Brings up the services that all apps share: platform-start.sh SECONDS
# shellcheck source=examples/platform/tasks/platform.sh
source "$(dirname -- "$0")/platform.sh"
seconds=$1

progress 0 "writing the configuration of the services"
list_apps | sed 's/.*/route &/' | write_file "$data/services/proxy.conf"
printf 'server=mail\nport=2525\n' | write_file "$data/services/mail.conf"
take_time "$seconds"
progress 90 "checking it"
grep -q '^route blog$' "$data/services/proxy.conf"
date -u +%FT%TZ | write_file "$data/services/started"
progress 100 "the platform is up"
