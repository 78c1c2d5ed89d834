#!/usr/bin/env bash
# Runs samples/cluster on a Slurm of one node, which it starts for itself and of which nothing stays:
#
#   tests/slurm.sh SPARSECODE
#
# SPARSECODE is the tool. What must hold:
#   - the commands that the scripts print at their top do what they say;
#   - an array of 8 shards, one of whose processes is killed (SIGKILL) at work, is queued again there, merges, and has the bytes of one run;
#   - its shards given again are skipped;
#   - steps of learning in shards have the bytes of the same steps undivided;
#   - learning, training and encoding with two ranks that srun starts have the bytes of one process, for every MPI that is here, and
#     encoding leaves no parts; those that srun does not bring together are refused.
# Ends with "slurm: N checks, M faults"; the exit code is 1 when there are faults. Without Slurm here it says so, and the code is 0.
set -uo pipefail
. "$(dirname "$0")/checks.sh"
case ${1:-} in
  "" | -*) sed -n '2,14s/^# \{0,1\}//p' "$0"; exit 2 ;;
esac
for program in slurmctld slurmd munged srun sbatch; do
  command -v "$program" > /dev/null || { printf 'no Slurm here (%s): not checked\n' "$program"; exit 0; }
done
SPARSECODE=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
export SPARSECODE
scripts=$(cd "$(dirname "$0")/../samples/cluster" && pwd)
folder=$(mktemp -d)
daemons=()
checks=0

check() {
  local what=$1
  shift
  checks=$((checks + 1))
  if "$@"; then printf 'ok: %s\n' "$what"; else fault "$what"; fi
}

stop() {
  local i
  if [ "${#daemons[@]}" -gt 1 ]; then
    scancel --user="$(id -un)" 2> /dev/null
    for ((i = 0; i < 50; i++)); do [ -n "$(squeue -h 2> /dev/null)" ] || break; sleep 0.1; done
  fi
  for ((i = ${#daemons[@]} - 1; i >= 0; i--)); do
    kill "${daemons[i]}" 2> /dev/null
    wait "${daemons[i]}" 2> /dev/null
  done
  rm -rf "$folder"
}
trap stop EXIT

# Waits up to $1 tenths of a second for a command to succeed.
await() {
  local i
  for ((i = 0; i < $1; i++)); do
    if "${@:2}"; then return 0; fi
    sleep 0.1
  done
  return 1
}

give_up() {
  printf 'slurm: %s\n' "$1" >&2
  tail -n 5 "$folder"/*.daemon >&2
  exit 1
}

# The port of a daemon: one that nobody listens on.
port() {
  local port
  while :; do
    port=$((20000 + RANDOM % 12000))
    (: < "/dev/tcp/127.0.0.1/$port") 2> /dev/null || break
  done
  printf '%d\n' "$port"
}

is_idle() { [ "$(sinfo -h -o %t 2> /dev/null)" = idle ]; }
is_over() {
  local left
  left=$(squeue -h -j "$1" 2> /dev/null) && [ -z "$left" ]      # a squeue that is not answered says nothing
}

start() {
  local node
  node=$(hostname -s)
  mkdir "$folder/state" "$folder/spool"
  head -c 64 /dev/urandom > "$folder/munge.key"
  chmod 600 "$folder/munge.key"
  export SLURM_CONF=$folder/slurm.conf
  cat > "$SLURM_CONF" << CONF
ClusterName=one
SlurmctldHost=$node(127.0.0.1)
SlurmctldPort=$(port)
SlurmdPort=$(port)
SlurmUser=$(id -un)
SlurmdUser=$(id -un)
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket
CredType=cred/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SwitchType=switch/none
MpiDefault=none
ReturnToService=2
KillWait=2
SchedulerParameters=sched_interval=1,sched_min_interval=100000,batch_sched_delay=0,bf_interval=1
SlurmdParameters=config_overrides
NodeName=$node NodeAddr=127.0.0.1 CPUs=2 State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
  munged --foreground --force --key-file="$folder/munge.key" --socket="$folder/munge.socket" --pid-file="$folder/munge.pid" \
    --seed-file="$folder/munge.seed" > "$folder/munged.daemon" 2>&1 &
  daemons+=($!)
  await 50 test -S "$folder/munge.socket" || give_up "munged does not start"
  slurmctld -D -f "$SLURM_CONF" > "$folder/slurmctld.daemon" 2>&1 &
  daemons+=($!)
  slurmd -D -f "$SLURM_CONF" > "$folder/slurmd.daemon" 2>&1 &
  daemons+=($!)
  await 200 is_idle || give_up "the node is not idle"
  printf '%s of one node with 2 CPUs\n' "$(sinfo --version)"
}

# So many signals of the pictures.
signals() { "$SPARSECODE" encode dictionary.safetensors photos --samples "$1" --signals signals.npy --quiet -o unused.npz > /dev/null; }

# The commands at the top of a script, as they are printed there.
printed() { sed -n 's/^#   //p' "$scripts/$1" | sed "s#\b\(${1//./\\.}\|merge\.sbatch\)\b#$scripts/&#"; }

# The process of the tool that codes for a task of the array $1 that runs now.
coding_process() {
  local job pid
  for job in $(squeue -h -t R -j "$1" -o %A); do
    for pid in $(scontrol listpids "$job" 2> /dev/null | awk '$1 + 0 > 0 { print $1 }'); do
      if tr '\0' ' ' 2> /dev/null < "/proc/$pid/cmdline" | grep -q ' encode .*--shards'; then
        victim=$pid
        victim_job=$job
        return 0
      fi
    done
  done
  return 1
}

restarts() { scontrol show job "$victim_job" | sed -n 's/.*Restarts=\([0-9]*\).*/\1/p'; }
is_queued_again() { [ "$(restarts)" = 1 ]; }

# The same as is_over, where Slurm would let a job that is queued again wait for two minutes.
is_over_in_haste() {
  local job
  for job in $(squeue -h -t PD -j "$1" -o "%A %r" 2> /dev/null | awk '$2 == "BeginTime" { print $1 }'); do
    scontrol update jobid="$job" starttime=now
  done
  is_over "$1"
}

encode_in_an_array() {
  local commands merging last
  commands=$(printed encode-array.sbatch)
  merging=$(eval "$commands" && printf ' %s' "$array") || { fault "the commands of encode-array.sbatch: $merging"; return; }
  array=${merging##* }
  last=$(awk '{ print $4; exit }' <<< "$merging")
  check "a task of the array $array at work" await 100 coding_process "$array"
  kill -9 "$victim"
  check "job $victim_job, whose process $victim was killed, is queued again" await 100 is_queued_again
  check "the array and its merge end" await 400 is_over_in_haste "$array,$last"
  check "the array of 8 shards, one killed, merges to the bytes of one run" cmp codes.npz plain.npz
  check "eight shards have ended" test "$(find . -name 'codes.npz.*-of-8.part.npz' | wc -l)" -eq 8
  check "the killed process has left nothing behind" test -z "$(strays .)"
  rm -f codes.npz encode-*.log
  merging=$(eval "$commands")
  check "the same again ends" await 300 is_over "$(awk '{ print $4; exit }' <<< "$merging")"
  check "the same bytes again" cmp codes.npz plain.npz
  check "every shard says that it is there already" test "$(grep -l 'already' encode-*.log | wc -l)" -eq 8
}

learn_in_rounds() {
  local last from=dictionary.safetensors
  for round in 1 2; do
    "$SPARSECODE" learn signals.npy --start "$from" --shard 0/1 --quiet -o "undivided-$round.safetensors" > /dev/null
    "$SPARSECODE" merge --quiet -o "undivided-$round.safetensors" > /dev/null
    from=undivided-$round.safetensors
  done
  last=$(eval "$(printed learn-rounds.sh)")
  check "two steps of learning in 8 shards end" await 400 is_over "$last"
  check "they have the bytes of undivided steps" cmp better.safetensors undivided-2.safetensors
}

is_installed() { grep -q "$1" <<< "$(ldconfig -p)"; }

# Runs a command in two ranks, as learn-mpi.sbatch does.
ranks() { srun --quiet --ntasks=2 --cpus-per-task=1 --kill-on-bad-exit=1 --mpi="$MPI" "$SPARSECODE" "$@" --mpi --quiet > /dev/null; }

work_with_ranks() {
  local job train=(train plain.safetensors signals.npy --samples 4000 --batch 256 --depth 2)
  "$SPARSECODE" learn signals.npy --atoms 100 --samples 4000 --quiet -o plain.safetensors > /dev/null
  "$SPARSECODE" "${train[@]}" --quiet -o plain-lista.safetensors > /dev/null
  "$SPARSECODE" encode plain.safetensors signals.npy --quiet -o plain.npz > /dev/null
  export MPI OPTIONS="--samples 4000"
  for MPI in pmix pmi2; do
    case $MPI in
      pmix) library=libmpi.so.40 ;;
      pmi2) library=libmpich.so.12 ;;
    esac
    if ! is_installed "$library"; then
      printf 'no %s here: srun --mpi=%s not checked\n' "$library" "$MPI"
      continue
    fi
    rm -f dictionary.safetensors lista.safetensors codes.npz*
    job=$(eval "$(printed learn-mpi.sbatch)")
    check "learning with two ranks by srun --mpi=$MPI ends" await 300 is_over "${job##* }"
    check "the dictionary has the bytes of one process" cmp dictionary.safetensors plain.safetensors
    check "training with two ranks by srun --mpi=$MPI" ranks "${train[@]}" -o lista.safetensors
    check "the encoder has the bytes of one process" cmp lista.safetensors plain-lista.safetensors
    check "encoding with two ranks by srun --mpi=$MPI" ranks encode plain.safetensors signals.npy -o codes.npz
    check "the codes have the bytes of one process" cmp codes.npz plain.npz
    check "there are no parts left" test "$(echo codes.npz*)" = codes.npz
  done
}

start_apart() {
  local library=libmpich.so.12
  is_installed "$library" || return
  MPI=none FASTSPARSECODING_MPI=$library ranks learn signals.npy -o apart.safetensors 2> apart.txt
  check "ranks of MPICH that srun --mpi=none starts apart are refused, with a line each" \
    test "$(grep -c "^error: --mpi: 2 processes were started together, but the MPI library '$library' knows of 1: " apart.txt)" -eq 2
  check "and do nothing" test ! -e apart.safetensors
}

start
mkdir "$folder/work"
cd "$folder/work" || exit 1
pictures
"$SPARSECODE" learn photos --patch 8 --atoms 256 --samples 20000 --min-std 0.01 --lambda 0.1 --quiet -o dictionary.safetensors > /dev/null
signals 65536
"$SPARSECODE" encode dictionary.safetensors signals.npy --quiet -o plain.npz > /dev/null
encode_in_an_array
signals 8192
learn_in_rounds
work_with_ranks
start_apart

if [ "$faults" -gt 0 ]; then tail -n 5 ./*.log >&2; fi
printf 'slurm: %d checks, %d faults\n' "$checks" "$faults"
[ "$faults" -eq 0 ]
