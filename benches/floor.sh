#!/bin/sh
# The console at a terminal, with keys, over a desk of many conversations; beside it other programs at the same motions.
#
#   benches/floor.sh PTYBENCH [COUNT] [RUNS]
#
# PTYBENCH is a program that plays the terminal and measures from its far end; it is called as
#   PTYBENCH COMMAND --ready REGEX --keys SCRIPT --runs N
# Needs `cargo build --release` and `cargo bench --no-run --bench seed` first; makes them if they are missing. Programs
# that are not installed are passed over. All data lie in a temporary folder that is removed at the end.
#
# Goals at 100,000 conversations: key to last byte p99 <= 5 ms; 260 bytes a key and 2,008 a page; a filter's first result
# within 16 ms; idle 0 bytes and 0 % CPU; 80 MiB; first frame within 100 ms of the server's answer.
set -eu

bench=${1:?"usage: benches/floor.sh PTYBENCH [COUNT] [RUNS]"}
count=${2:-100000}
runs=${3:-5}
cd "$(dirname "$0")/.."

# Neither the reader's settings nor the reader's colours.
unset COLORTERM NO_COLOR CENTAUR_TOKEN || true

work=$(mktemp -d)
server=
finish() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null && wait "$server" 2>/dev/null; fi
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

say() { printf '\n== %s\n' "$*"; }

[ -x target/release/centaur ] || cargo build --release
centaur=$PWD/target/release/centaur

say "a desk of $count conversations"
mkdir "$work/desk" "$work/home"
cargo bench --bench seed -- "$work/desk" "$count"
XDG_CONFIG_HOME="$work/home" XDG_STATE_HOME="$work/home" XDG_DATA_HOME="$work/home" \
    "$centaur" serve --data "$work/desk" --no-ai --listen 127.0.0.1:0 >"$work/said" 2>&1 &
server=$!
tries=0
until grep -q 'listening on' "$work/said"; do
    tries=$((tries + 1))
    if [ "$tries" -gt 300 ] || ! kill -0 "$server" 2>/dev/null; then cat "$work/said"; exit 1; fi
    sleep 0.1
done
url=$(sed -n 's/.*listening on \(http:[^ ]*\).*/\1/p' "$work/said" | head -n 1)

say "centaur, $count conversations"
# All cards are there when the title says so; then the list is released and rests.
"$bench" "env XDG_CONFIG_HOME=$work/home XDG_STATE_HOME=$work/home CENTAUR_SERVER=$url CENTAUR_TOKEN_FILE=$work/desk/admin.token $centaur console" \
    --ready 'live' --runs "$runs" \
    --keys "wait \"$count live\" 30 ; settle 500 ; idle 3 @idle ; key j x200 @down ; key PgDn x50 @page ; key / @slash ; type \"novak\" @filter ; settle 300 ; key Enter ; settle 300 ; quit q"

peer() {
    name=$1
    shift
    if command -v "$name" >/dev/null 2>&1; then
        say "$name, $count rows"
        "$bench" "$@" --runs "$runs" || echo "$name could not be measured"
    else
        say "$name is not installed"
    fi
}

# The same rows for all of them.
awk -v n="$count" 'BEGIN {
    split("Jana Kwame Ingrid Lucas Sofia Anna Priya Omar Mei Tomas", given, " ")
    split("Novak Boateng Olsen Martin Rossi Kowalska Shah Haddad Lin Horak", family, " ")
    for (i = 1; i <= n; i++)
        printf "%6d %s %s %d  My parcel says delivered, it is not here.\n", i, given[i * 7 % 10 + 1], family[i * 3 % 10 + 1], i
}' >"$work/rows"

peer less "less $work/rows" --keys 'key j x200 @down ; key PgDn x50 @page ; idle 3 @idle ; quit q'
peer fzf "sh -c 'fzf <$work/rows'" --ready "$count/$count" \
    --keys 'key Up x200 @down ; key PgUp x50 @page ; type "novak" @filter ; idle 3 @idle ; quit Esc'

if command -v neomutt >/dev/null 2>&1; then
    awk '{
        name = $2 " " $3; n = $1
        printf "From customer@example.org Sun Nov 22 12:00:00 2026\nFrom: %s <c%d@example.org>\nTo: desk@example.org\n", name, n
        printf "Subject: My parcel says delivered, it is not here %d\nDate: Sun, 22 Nov 2026 12:00:00 +0000\nMessage-ID: <%d@example.org>\n\nWhere is it?\n\n", n, n
    }' "$work/rows" >"$work/mbox"
    printf 'set sort=mailbox-order\nset header_cache=""\nset mail_check=3600\nset folder="%s"\nset quit=yes\n' "$work" >"$work/muttrc"
    # neomutt filters with l, a pattern and Enter; what is typed before Enter finds nothing yet.
    peer neomutt "neomutt -R -n -F $work/muttrc -f $work/mbox" --ready 'NeoMutt|Msgs' \
        --keys 'key j x200 @down ; key PgDn x50 @page ; idle 3 @idle ; quit x'
else
    say "neomutt is not installed"
fi
