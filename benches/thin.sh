#!/bin/sh
# The console over a thin line: how far the screen is behind while an AI streams, how soon a key is answered, how soon the
# screen is current after the end.
#
#   benches/thin.sh PTYBENCH [LINK] [TALKS] [A_SECOND] [SECONDS]
#
# PTYBENCH is a program that plays the terminal at the far end of a simulated line, as in
#   PTYBENCH COMMAND --link rtt=200,kbit=64 --keys SCRIPT
# LINK is `rtt=200,kbit=64` unless said otherwise; `lan` means none. Needs `cargo build --release` and
# `cargo bench --no-run --bench stream` first. All data lie in a temporary folder that is removed at the end.
#
# Goals at rtt=200,kbit=64 with 1,000 pieces a second on 50 talks: never more than 1 s behind the line's own delay; a key is
# answered within 2 round trips; caught up within 1 s of the end.
set -eu

bench=${1:?"usage: benches/thin.sh PTYBENCH [LINK] [TALKS] [A_SECOND] [SECONDS]"}
link=${2:-rtt=200,kbit=64}
talks=${3:-50}
rate=${4:-1000}
seconds=${5:-20}
cd "$(dirname "$0")/.."
unset COLORTERM NO_COLOR CENTAUR_TOKEN || true

work=$(mktemp -d)
server=
stream=
finish() {
    for one in $stream $server; do kill "$one" 2>/dev/null && wait "$one" 2>/dev/null; done
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

until_said() {
    tries=0
    until grep -q "$2" "$1"; do
        tries=$((tries + 1))
        if [ "$tries" -gt 600 ]; then cat "$1"; exit 1; fi
        sleep 0.1
    done
}

mkdir "$work/desk" "$work/home"
centaur=${CENTAUR:-$PWD/target/release/centaur}
XDG_CONFIG_HOME="$work/home" XDG_STATE_HOME="$work/home" XDG_DATA_HOME="$work/home" \
    "$centaur" serve --data "$work/desk" --no-ai --listen 127.0.0.1:0 >"$work/said" 2>&1 &
server=$!
until_said "$work/said" 'listening on'
url=$(sed -n 's/.*listening on \(http:[^ ]*\).*/\1/p' "$work/said" | head -n 1)

cargo bench --bench stream -- "$url" "$work/desk/admin.token" "$talks" "$rate" "$((seconds + 60))" "$work" \
    >"$work/stream" 2>&1 &
stream=$!
until_said "$work/stream" 'ready'

if [ "$link" = lan ]; then set --; else set -- --link "$link"; fi
# The first talk is opened and grows. A note is written meanwhile, each letter waited for; then the answer is watched.
"$bench" "env XDG_CONFIG_HOME=$work/home XDG_STATE_HOME=$work/home CENTAUR_SERVER=$url CENTAUR_TOKEN_FILE=$work/desk/admin.token $centaur console" \
    --ready 'live' --runs 1 --warmup 0 --quiet 250 --key-timeout 4000 --first-timeout 4000 "$@" \
    --keys "settle 1000 ; key Enter ; settle 1000 ; sh \"touch $work/go\" ; sleep 4 ; key n @note expect \"note for\" ; key Q @typed expect \"Q\" ; key Z @typed expect \"QZ\" ; key X @typed expect \"QZX\" ; key J @typed expect \"QZXJ\" ; key K @typed expect \"QZXJK\" ; key V @typed expect \"QZXJKV\" ; key Q @typed expect \"QZXJKVQ\" ; key Q @typed expect \"QZXJKVQQ\" ; key Z @typed expect \"QZXJKVQQZ\" ; key Esc @back gone \"note for\" ; stream $seconds lag re\"T(\\d{13})\" cmd \"sleep $seconds; touch $work/stop\" @stream ; quit q"
