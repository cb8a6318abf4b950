#!/usr/bin/env bash
# Runs the benchmarks on each Lua that is there, and on the neap binaries that are named:
#
#   tests/bench/run.sh [path/to/neap ...]
#
# Prints each figure as it comes, and at the end two tables, as they stand in docs/performance.md:
# how many times as long neap takes as bare coroutines, and how many times as fast it is as other
# schedulers, where those are installed. Each ratio is of the best of five measurements side by side
# in one process, and beside it stand the lowest and the highest ratio of the five. The neap
# binaries, too, run the Lua files that are in lua/. With hyperfine, what the first of them adds is
# measured last.
set -uo pipefail
cd "$(dirname "$0")/../.."

export LUA_PATH="lua/?.lua;tests/bench/?.lua;;"
figures=$(mktemp -d)
trap 'rm -r "$figures"' EXIT
failed=0

interpreters=()
for lua in lua5.1 luajit lua5.2 lua5.3 lua5.4; do
  if command -v "$lua" >/dev/null; then
    interpreters+=("$lua")
  else
    echo "$lua is not installed"
  fi
done

# measure TABLE COLUMN COMMAND ...: shows the command's figures, and keeps them for the table.
measure() {
  local table=$1 column=$2
  shift 2
  "$@" | while IFS= read -r line; do
    printf '%-12s %s\n' "$column" "$line"
    printf '%s\t%s\n' "$column" "$line" >>"$figures/$table"
  done
  if ((PIPESTATUS[0] != 0)); then
    echo "failed: $*"
    failed=1
  fi
}

# table NAME: in Markdown, a row for each figure, a column for each Lua.
table() {
  [[ -e $figures/$1 ]] || return
  awk -F '\t' '
    {
      ratio = $2
      sub(/ .*/, "", ratio)
      noise = ""
      if (match($2, /; [0-9.]+ to [0-9.]+\)$/)) {
        noise = " (" substr($2, RSTART + 2, RLENGTH - 3) ")"
        sub(/ to /, "–", noise)
      }
      row = substr($2, length(ratio) + 3)
      sub(/ \([^()]*\)$/, "", row)
      sub(/^times as fast as /, "", row)
      if (!(row in seen)) { seen[row] = 1; rows[++row_count] = row }
      if (!($1 in known)) { known[$1] = 1; columns[++column_count] = $1 }
      cell[row, $1] = ratio noise
    }
    END {
      head = "| |"
      line = "| --- |"
      for (c = 1; c <= column_count; c++) {
        head = head " " columns[c] " |"
        line = line " --- |"
      }
      print head "\n" line
      for (r = 1; r <= row_count; r++) {
        text = "| " rows[r] " |"
        for (c = 1; c <= column_count; c++) text = text " " cell[rows[r], columns[c]] " |"
        print text
      }
    }' "$figures/$1"
}

benches="switch scale burst spawn task channel pingpong sleep timeout select pcall callback memory"
benches+=" runs trace"
for name in $benches; do
  bench=tests/bench/$name.lua
  for lua in "${interpreters[@]}"; do measure bare "$lua" "$lua" "$bench"; done
  for neap in "$@"; do
    measure bare "$(basename "$neap")" "$neap" run --lua lua --virtual-time "$bench"
  done
done

# peer NAME MODULE ...: runs a bench where the modules that it needs are.
peer() {
  local name=$1 lua module needs=""
  shift
  for module in "$@"; do needs+="require '$module' "; done
  for lua in "${interpreters[@]}"; do
    if "$lua" -e "$needs" 2>/dev/null; then
      measure peers "$lua" "$lua" "tests/bench/peers/$name.lua"
    else
      echo "$lua lacks what tests/bench/peers/$name.lua needs: $*"
    fi
  done
}

peer cqueues cqueues
peer copas copas
peer luv luv
peer echo socket copas
luau_peers=(--quiet --release --locked --manifest-path tests/bench/luau-peers/Cargo.toml)
if cargo build "${luau_peers[@]}"; then
  measure peers luau cargo run "${luau_peers[@]}" -- lua
else
  echo "the peers on Luau cannot be built"
fi

host=""
if (($# > 0)) && command -v hyperfine >/dev/null; then
  host=$(tests/bench/host.sh "$1") || failed=1
fi

# collector COLUMN COMMAND ...: says in which mode the collector starts, where it has two. A Lua 5.4
# that starts in the generational one (Debian's) frees what dies young at almost no cost: a bare
# coroutine that ends at once, for one.
collector() {
  local mode
  mode=$("${@:2}" - <<<'print(select(2, pcall(collectgarbage, "incremental")))' 2>/dev/null)
  case $mode in generational | incremental) echo "$1 starts in the $mode collector" ;; esac
}

printf '\nTimes as long as bare coroutines (lowest and highest of five)\n\n'
table bare
for lua in "${interpreters[@]}"; do collector "$lua" "$lua"; done
for neap in "$@"; do collector "$(basename "$neap")" "$neap" run; done
printf '\nTimes as fast as others (lowest and highest of five)\n\n'
table peers
if [[ $host ]]; then printf '\nBy the Rust host, %s\n\n%s\n' "$1" "$host"; fi
exit $failed
