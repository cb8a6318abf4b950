#!/usr/bin/env bash
# Runs the benchmarks on each Lua that is there and prints one table: ratios to bare coroutines,
# measured side by side. Further hosts can be named: `tests/bench/run.sh path/to/neap ...`.
set -euo pipefail
cd "$(dirname "$0")/../.."

export LUA_PATH="lua/?.lua;tests/bench/?.lua;;"
for bench in tests/bench/*.lua; do
  [[ $bench == */measure.lua ]] && continue
  for lua in lua5.1 luajit lua5.2 lua5.3 lua5.4 "$@"; do
    command -v "$lua" >/dev/null || continue
    run=("$lua" "$bench")
    case $(basename "$lua") in neap*) run=("$lua" run --virtual-time "$bench") ;; esac
    "${run[@]}" | while IFS= read -r line; do printf '%-28s %s\n' "$lua" "$line"; done
  done
done
