#!/usr/bin/env bash
# Runs generated programs (tests/generator) on every Lua that is there, and says how many:
#
#     tests/soak.sh [WHAT [FIRST [COUNT]]]
#
# WHAT is `soak`, `sweep` (each program is cancelled in each of its ticks), `faults` (each meets
# hosts and handlers that misbehave) or `hash`; the programs are those of the seeds from FIRST on.
# Luau and Lua 5.5 are built, as `neap run` carries them.
#
# With `breaks`, bugs are put into neap on purpose, one by one; each has to be found. With `echo`,
# FIRST is for how many seconds an echo server runs, and COUNT is how many clients it has.
set -uo pipefail
cd "$(dirname "$0")/.."

what=${1:-soak}
first=${2:-1}
count=${3:-1000}
export LUA_PATH="lua/?.lua;tests/generator/?.lua;tests/?.lua"
failed=0

run() {
  local name=$1
  shift
  local start=$SECONDS
  output=$("$@" "$what" "$first" "$count" 2>/dev/null) || failed=1
  [[ $output == *" 0 with problems" ]] || failed=1
  [[ $what == hash ]] && output+=" $(grep -v programs <<<"$output" | cksum)"
  grep -E '^seed' <<<"$output" | head -20
  printf '%-8s %s in %d s\n' "$name" "$(tail -n 1 <<<"$output")" $((SECONDS - start))
}

if [[ $what == echo ]]; then exec luajit tests/generator/echo.lua "$first" "$count"; fi
if [[ $what == breaks ]]; then
  number=1
  while lua5.1 -e "os.exit(require('breaks').list[$number] and 0 or 1)"; do
    lua5.1 tests/generator/main.lua break "$first" "$count" $number || failed=1
    number=$((number + 1))
  done
  exit $failed
fi

for lua in lua5.1 luajit lua5.2 lua5.3 lua5.4; do
  if command -v "$lua" >/dev/null; then run "$lua" "$lua" tests/generator/main.lua; fi
done
for vm in lua55 luau; do
  cargo=(cargo test -q --release --no-default-features --features "$vm" --test generator)
  if "${cargo[@]}" --no-run; then run "$vm" "${cargo[@]}" -- soak; fi
done
exit $failed
