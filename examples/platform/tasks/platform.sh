# shellcheck shell=bash
# What the tasks of the sample platform share; each of them reads this file first.

set -euo pipefail
shopt -s inherit_errexit
umask 027

data=${PLATFORM_DATA:-${INTERLOCK_STATE_DIR:?is set by the runner; or set PLATFORM_DATA}/platform}
interlock=${INTERLOCK_PROGRAM:-interlock}
# Read by the tasks.
# shellcheck disable=SC2034
tasks=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)

# Makes the three apps if they are not there yet. Whoever comes first makes one; the rename decides.
make_apps() {
    local app new
    mkdir -p -- "$data/apps" "$data/backups" "$data/services"
    for app in blog wiki photos; do
        [[ -d $data/apps/$app ]] && continue
        new=$(mktemp -d -- "$data/apps/.$app.XXXXXX")
        mkdir -- "$new/files"
        printf '1.0.0\n' >"$new/version"
        printf 'title=%s\n' "$app" >"$new/settings"
        seq -f "$app, page %g" 2000 >"$new/files/pages.txt"
        head -c 200000 /dev/urandom >"$new/files/media.bin"
        mv -T -- "$new" "$data/apps/$app" 2>/dev/null || rm -rf -- "$new"
    done
}

# Prints the names of all apps, a line each.
list_apps() {
    local directory
    for directory in "$data"/apps/*/; do basename -- "$directory"; done
}

# Sets `home` to the directory of an app, or says that there is no such app. The caller holds the app's lock.
find_app() {
    home=$data/apps/$1
    [[ -d $home ]] || { echo "there is no app '$1'; there are: $(list_apps | xargs)" >&2; exit 66; }
    # What a task that was killed left behind: half-written files, and the moment between the two renames of an update.
    rm -rf -- "$home"/.new.* "$home/files.new"
    if [[ -d $home/files.old && ! -d $home/files ]]; then mv -T -- "$home/files.old" "$home/files"; fi
    rm -rf -- "$home/files.old"
}

# Tells how far the task is. Progress is a courtesy: the work goes on when nobody can be told.
progress() {
    echo "$1 % $2"
    "$interlock" task progress "$1" "$2" >/dev/null 2>&1 || true
}

# Writes standard input to a file: whole or not at all, also through a crash.
write_file() {
    local new
    new=$(mktemp -- "${1%/*}/.new.XXXXXX")
    cat >"$new"
    sync -- "$new"
    mv -T -- "$new" "$1"
}

# Takes some seconds, as real work would, and can be stopped meanwhile.
take_time() {
    sleep -- "$1" &
    wait "$!"
}

make_apps
