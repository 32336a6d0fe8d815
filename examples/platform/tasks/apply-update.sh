#!/bin/bash
# Applies a downloaded update while nothing else runs: apply-update.sh VERSION SECONDS
# shellcheck source=examples/platform/tasks/platform.sh
source "$(dirname -- "$0")/platform.sh"
version=$1 seconds=$2

progress 70 "applying $version"
mkdir -p -- "$data/releases"
new=$(mktemp -d -- "$data/releases/.$version.XXXXXX")
tar --extract --directory="$new" --file="$data/update-$version.tar"
rm -rf -- "$data/releases/$version"
mv -T -- "$new" "$data/releases/$version"
take_time "$seconds"
ln -sfn -- "releases/$version" "$data/.current.new"
mv -T -- "$data/.current.new" "$data/current"
rm -f -- "$data/update-$version.tar"
