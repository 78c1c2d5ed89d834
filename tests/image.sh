#!/usr/bin/env bash
# Carries out, without an engine for containers, how samples/cluster/Dockerfile builds the tool: its first stage, in a folder that holds
# nothing but what the stage copies.
#
#   tests/image.sh
#
# What must hold: the stage's commands succeed there, and the program that the image starts is among what the last stage copies and runs.
# The images that it begins with, and the package that the last stage installs, are not tried.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
stage=0
where=$folder
published=""
while read -r instruction arguments; do
  if [ "$instruction" = FROM ]; then stage=$((stage + 1)); fi
  case $stage-$instruction in
    1-WORKDIR) where=$folder$arguments; mkdir -p "$where" ;;
    1-COPY)
      read -ra paths <<< "$arguments"
      for path in "${paths[@]::${#paths[@]}-1}"; do
        into=$where/${paths[-1]}
        if [ -d "$root/$path" ]; then
          mkdir -p "$into"
          tar -C "$root/$path" --exclude=bin --exclude=obj -c . | tar -C "$into" -x
        else
          case ${paths[-1]} in */) mkdir -p "$into" ;; esac
          cp "$root/$path" "$into"
        fi
      done
      ;;
    1-RUN) (cd "$where" && eval "${arguments// -o \// -o $folder/}") ;;
    2-COPY) read -r _ published image <<< "$arguments" ;;
    2-ENTRYPOINT) program=$(sed 's/^\["\(.*\)"\]$/\1/' <<< "$arguments") ;;
  esac
done < "$root/samples/cluster/Dockerfile"
"$folder$published${program#"$image"}" --version
