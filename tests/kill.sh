#!/usr/bin/env bash
# Kills learn, train, encode and reproduce at random moments, fills their disk at random bytes, and lets them go on.
#
#   tests/kill.sh [SPARSECODE] [--moments N] [--seed S] [--commands "learn train encode reproduce"]
#
# SPARSECODE is the tool or its sparsecode.dll; built when not given. Every command is killed (SIGKILL) at N moments spread over its
# run, each drawn at random within its part, up to three in a row before it may end; and is run N/2 times, at least once, where files
# cannot grow beyond a number of bytes drawn at random (RLIMIT_FSIZE, with SIGXFSZ ignored). What must hold:
#   - an output is at any moment the earlier one, whole, or the new one, whole;
#   - gone on with, by --resume where a checkpoint is and by the same command elsewhere, it has the bytes of an undisturbed run;
#   - and then nothing else is in the folder: no partial file, no checkpoint;
#   - a run whose disk is full exits with 1, says why in one line and leaves no partial file.
# Ends with "kill: N moments, M faults"; the exit code is 1 when there are faults.
set -uo pipefail
. "$(dirname "$0")/checks.sh"

moments=100
seed=1
commands="learn train encode reproduce"
tool=""
while [ $# -gt 0 ]; do
  case $1 in
    --moments) moments=$2; shift 2 ;;
    --seed) seed=$2; shift 2 ;;
    --commands) commands=$2; shift 2 ;;
    -h | --help) sed -n '2,14s/^# \{0,1\}//p' "$0"; exit 0 ;;
    -*) printf 'unknown option %s\n' "$1" >&2; exit 2 ;;
    *) tool=$(cd "$(dirname "$1")" && pwd)/$(basename "$1"); shift ;;
  esac
done
if [ -z "$tool" ]; then
  root=$(cd "$(dirname "$0")/.." && pwd)
  dotnet build -c Release "$root/src/FastSparseCoding.Cli" >&2 || exit 2
  tool=$root/src/FastSparseCoding.Cli/bin/Release/net10.0/sparsecode.dll
fi
case $tool in
  *.dll) sparsecode=(dotnet "$tool") ;;
  *) sparsecode=("$tool") ;;
esac

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 2
TIMEFORMAT=%R
RANDOM=$seed
done_moments=0

# Sets $drawn to a number at random from 0 to below $1.
draw() { drawn=$(((RANDOM * 32768 + RANDOM) % ($1 > 0 ? $1 : 1))); }

# Sets $line to the command that begins, or goes on with, the work whose output is $1, with the seed $2.
compose() {
  local output=$1
  case $command in
    learn) line=(learn photos --patch 6 --atoms 40 --samples 80000 --min-std 0.01 -o "$output") ;;
    train) line=(train dictionary.safetensors photos --depth 2 --samples 60000 -o "$output") ;;
    encode) line=(encode dictionary.safetensors photos --samples 60000 -o "$output") ;;
    reproduce) line=(reproduce --quick --images photos --patch 4 --atoms 8 --samples 1000 --out "$output") ;;
  esac
  line=("${sparsecode[@]}" "${line[@]}" --seed "$2" --quiet)
  if [ -e "$output.checkpoint" ]; then line+=(--resume); fi
}

# The output is the earlier one or the new one: of reproduce, file by file. Figures measured in seconds differ from run to run.
check_whole() {
  local file name
  if [ "$command" != reproduce ]; then
    cmp -s "$output" "$earlier" || cmp -s "$output" "$wanted" || fault "the output is neither the earlier one nor the new one"
    return
  fi
  for file in "$output"/*; do
    name=$(basename "$file")
    case $name in
      '*' | *.checkpoint | numbers.csv | report.md) ;;
      report.html) grep -q '</html>' "$file" || fault "$name is not whole" ;;
      *) cmp -s "$file" "$wanted/$name" || fault "$name is not that of an undisturbed run" ;;
    esac
  done
}

check_no_partial() {
  local stray
  stray=$(strays work)
  [ -z "$stray" ] || fault "left behind: $(printf '%s ' $stray)"
}

# Lets the work end, and looks at all that is there.
finish() {
  local said
  compose "$output" 1
  said=$("${line[@]}" 2>&1 > /dev/null) || { fault "does not go on: $said"; return; }
  check_whole
  if [ "$command" = reproduce ]; then
    [ "$(cd work/out && find . | sort)" = "$(cd "$wanted" && find . | sort)" ] || fault "other files: $(diff <(cd work/out && find . | sort) <(cd "$wanted" && find . | sort) | grep '^[<>]' | tr '\n' ' ')"
  else
    cmp -s "$output" "$wanted" || fault "the output is not that of an undisturbed run"
    [ "$(ls -A work)" = "$(basename "$output")" ] || fault "left behind: $(ls -A work | tr '\n' ' ')"
  fi
}

# A folder with an earlier output, to be replaced.
begin() {
  rm -rf work
  mkdir work
  if [ "$command" != reproduce ]; then cp "$earlier" "$output"; fi
}

# Kills at $1 thousandths of a second after the start.
kill_at() {
  where="$command, killed after $1 ms"
  compose "$output" 1
  "${line[@]}" > /dev/null 2>&1 &
  local pid=$!
  sleep "$(($1 / 1000)).$(printf %03d $(($1 % 1000)))"
  kill -9 "$pid" 2> /dev/null
  wait "$pid" 2> /dev/null
  if [ $? -eq 137 ]; then killed=$((killed + 1)); fi
  if [ -e "$output.checkpoint" ]; then resumable=$((resumable + 1)); fi
  check_whole
}

# Runs where no file grows beyond $1 bytes. The runtime itself would need files for its code; it is told to do without.
limit_to() {
  where="$command, files limited to $1 bytes"
  compose "$output" 1
  local said code
  said=$(
    export DOTNET_EnableWriteXorExecute=0
    trap '' XFSZ
    if command -v prlimit > /dev/null; then prlimit --fsize="$1" --pid $BASHPID; else ulimit -f $(($1 / 1024)); fi
    exec "${line[@]}" 2>&1 > /dev/null
  )
  code=$?
  if [ "$code" -ne 0 ]; then
    full=$((full + 1))
    [ "$code" -eq 1 ] || fault "exit code $code"
    case $said in
      *$'\n'*) fault "says more than a line: $said" ;;
      'error: '*) ;;
      *) fault "says '$said'" ;;
    esac
  fi
  check_no_partial
  check_whole
}

pictures
command=learn
compose dictionary.safetensors 3
"${line[@]}" > /dev/null || exit 2

for command in $commands; do
  case $command in
    learn | train) kind=.safetensors ;;
    encode) kind=.npz ;;
    *) kind="" ;;
  esac
  earlier=$folder/$command-earlier$kind
  wanted=$folder/$command-wanted$kind
  output=work/out$kind
  compose "$earlier" 2
  if [ "$command" != reproduce ]; then "${line[@]}" > /dev/null || exit 2; fi
  compose "$wanted" 1
  seconds=$({ time "${line[@]}" > /dev/null; } 2>&1) || { printf '%s\n' "$seconds" >&2; exit 2; }
  length=$((10#${seconds/[.,]/}))
  largest=$(find "$wanted" -type f -exec wc -c {} \; | awk '$1 > n { n = $1 } END { print n }')
  killed=0
  resumable=0
  full=0
  # The parts of the run in a scattered order, so that the kills of a row meet different stages.
  stride=$((moments * 3 / 8 + 1))
  while [ "$(awk -v a="$stride" -v b="$moments" 'BEGIN { while (b) { t = a % b; a = b; b = t } print a }')" -ne 1 ]; do stride=$((stride + 1)); done
  for ((i = 0; i < moments; i++)); do
    if [ $((i % 3)) -eq 0 ]; then begin; fi
    draw $((length / moments))
    kill_at $((i * stride % moments * length / moments + drawn))
    if [ $((i % 3)) -eq 2 ] || [ "$i" -eq $((moments - 1)) ]; then finish; fi
  done
  for ((i = 0; i < (moments + 1) / 2; i++)); do
    begin
    draw $((largest + largest / 8))
    limit_to "$drawn"
    finish
  done
  done_moments=$((done_moments + moments + (moments + 1) / 2))
  printf '%s: %s s undisturbed; killed %d times of %d, with a checkpoint then %d times; disk full %d times of %d\n' \
    "$command" "$seconds" "$killed" "$moments" "$resumable" "$full" $(((moments + 1) / 2))
done

printf 'kill: %d moments, %d faults\n' "$done_moments" "$faults"
[ "$faults" -eq 0 ]
