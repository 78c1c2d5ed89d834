#!/usr/bin/env bash
# Codes an input with RANKS processes of MPI, without a scheduler: on this machine, or on those of a host file:
#
#   export MODEL=dictionary.safetensors INPUT=signals.npy OUTPUT=codes.npz
#   RANKS=2 bash encode-mpirun.sh
#
# MPIRUN is the launcher with its options, such as "mpirun --hostfile hosts --map-by ppr:1:node --bind-to none" of Open MPI. OPTIONS are
# more of encode's, SPARSECODE is the tool.
set -euo pipefail
read -ra launcher <<< "${MPIRUN:-mpirun}"
read -ra options <<< "${OPTIONS:-}"
"${launcher[@]}" -n "${RANKS:-2}" "${SPARSECODE:-sparsecode}" encode "${MODEL:-dictionary.safetensors}" "${INPUT:-signals.npy}" --mpi \
  --quiet ${options[@]+"${options[@]}"} -o "${OUTPUT:-codes.npz}"
