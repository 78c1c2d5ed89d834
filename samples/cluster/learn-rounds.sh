#!/usr/bin/env bash
# Submits ROUNDS steps of dictionary learning over all of INPUT, each an array of SHARDS tasks and the job that merges them, waiting for
# the one before. In a folder that all nodes see, with START and INPUT there:
#
#   export INPUT=signals.npy START=dictionary.safetensors OUTPUT=better.safetensors
#   ROUNDS=2 SHARDS=8 bash learn-rounds.sh
#
# Ends at once and prints the number of the last job, to wait for or to cancel. The dictionaries between are kept, numbered.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
rounds=${ROUNDS:-2}
last=${OUTPUT:-better.safetensors}
START=${START:-dictionary.safetensors}
export START
after=""
for ((round = 1; round <= rounds; round++)); do
  OUTPUT=${last%.*}-$round.${last##*.}
  if [ "$round" -eq "$rounds" ]; then OUTPUT=$last; fi
  export OUTPUT
  array=$(sbatch --parsable ${after:+--dependency=afterok:"$after"} --array=0-$((${SHARDS:-8} - 1)) "$here/learn-array.sbatch")
  after=$(sbatch --parsable --dependency=afterok:"$array" "$here/merge.sbatch")
  START=$OUTPUT
done
printf '%s\n' "$after"
