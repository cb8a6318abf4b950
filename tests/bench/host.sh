#!/usr/bin/env bash
# Measures what the Rust host adds: `tests/bench/host.sh path/to/neap`, a release build. Prints
# milliseconds: what an empty script takes beyond `luajit -e ''`, the processor's time that a sleep
# of ten seconds uses, start and end included, and how late a sleep of 10 ms ends.
set -euo pipefail
neap=$(realpath "$(command -v "${1:-neap}")")
cd "$(dirname "$0")/host"

scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT

if command -v hyperfine >/dev/null && command -v luajit >/dev/null; then
  touch "$scratch/empty.lua"
  hyperfine --shell=none --style=none --warmup 20 --runs 300 --export-csv "$scratch/start.csv" \
    "$neap run $scratch/empty.lua" "luajit -e ''" >"$scratch/log" 2>&1 || cat "$scratch/log"
  # command,mean,stddev,median,user,system,min,max
  awk -F, '
    NR > 1 { median[NR] = $(NF - 4) * 1000; min[NR] = $(NF - 1) * 1000 }
    END {
      printf "%.2f  ms that an empty script takes beyond luajit'\''s (medians: %.2f and %.2f ms; " \
        "at least %.2f and %.2f ms)\n", median[2] - median[3], median[2], median[3], min[2], min[3]
    }' "$scratch/start.csv"
else
  echo "-  hyperfine or luajit is not installed: an empty script is not measured"
fi

echo 'require("neap").sleep(10)' >"$scratch/sleep.lua"
TIMEFORMAT="%U %S"
used=$({ time "$neap" run "$scratch/sleep.lua" >/dev/null; } 2>&1)
awk '{ printf "%.0f  ms of the processor that a sleep of 10 s uses\n", ($1 + $2) * 1000 }' \
  <<<"$used"

if "$neap" run - <<<'require "ffi"' 2>/dev/null; then
  "$neap" run lateness.lua
else
  echo "-  this neap runs no LuaJIT: the lateness of a sleep is not measured"
fi
