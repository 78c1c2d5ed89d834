#!/usr/bin/env bash
# Builds the image of samples/cluster with the command that docs/clusters.md prints and runs there what the manifests and MPI would:
#
#   tests/image.sh
#
# What must hold:
#   - the printed command builds both stages of the Dockerfile, the installing of Open MPI among them;
#   - the eight pods of indexed-job.yaml, all at once, and the one of merge-job.yaml write the bytes of one run; a pod is a container with
#     the manifest's arguments and limits, the image's own user without rights and the volume given to the manifest's group;
#   - learning and encoding with two ranks of mpirun in one container have the bytes of one process.
# Stand-ins: no registry of images is asked. The two images that the Dockerfile begins with are made here and given their names: Debian 12
# with this machine's SDK or runtime and the user that Microsoft's images (which are Ubuntu) have. docker is Podman, with a store of its
# own that is deleted. Not shown are Microsoft's images, Docker itself and a cluster.
# Ends with "image: N checks, M faults"; the exit code is 1 when there are faults. Where containers cannot be had it says why, and the code
# is 0.
set -uo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
manifests=$root/samples/cluster
checks=0
faults=0

leave_out() {
  printf 'the image is not built here: %s\n' "$1"
  exit 0
}

fault() {
  faults=$((faults + 1))
  printf 'FAULT: %s\n' "$*"
}

check() {
  local what=$1
  shift
  checks=$((checks + 1))
  if "$@"; then printf 'ok: %s\n' "$what"; else fault "$what"; fi
}

[ "$(id -u)" -eq 0 ] || leave_out "not root"
for program in podman runc mmdebstrap; do
  command -v "$program" > /dev/null || leave_out "no $program"
done
folder=$(mktemp -d)
if [ "$(df --output=avail -B 1G "$folder" | tail -n 1)" -lt 4 ]; then
  rmdir "$folder"
  leave_out "less than 4 GB for temporary files"
fi
stop() {
  podman rm --all --force > /dev/null 2>&1
  umount "$folder/store/overlay" 2> /dev/null
  rm -rf "$folder"
}
export CONTAINERS_STORAGE_CONF=$folder/storage.conf CONTAINERS_CONF=$folder/containers.conf
trap stop EXIT
printf '[storage]\ndriver = "overlay"\ngraphroot = "%s"\nrunroot = "%s"\n' "$folder/store" "$folder/run" > "$CONTAINERS_STORAGE_CONF"
# The machine's network, and limits that a root who may raise none has.
cat > "$CONTAINERS_CONF" << CONF
[containers]
netns = "host"
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
runtime = "runc"
tmp_dir = "$folder/tmp"
CONF

docker() { podman "$@"; }

# The stand-ins, which trust the registries that this machine trusts.
stand_ins() {
  local image stage dotnet context=$folder/context
  dotnet=$(dirname "$(readlink -f "$(command -v dotnet)")")
  mkdir "$context"
  mmdebstrap --variant=apt --include=ca-certificates,libicu72,libssl3,libstdc++6,tzdata bookworm "$context/debian.tar" \
    > "$folder/log" 2>&1 || leave_out "$(tail -n 1 "$folder/log")"
  cp "${SSL_CERT_FILE:-/etc/ssl/certs/ca-certificates.crt}" "$context/trusted.crt" || leave_out "no certificates"
  cat > "$context/Dockerfile" << DOCKERFILE
FROM scratch AS debian
ADD debian.tar /
COPY trusted.crt /etc/ssl/certs/ca-certificates.crt
ENV APP_UID=1654
RUN useradd --uid 1654 --create-home app && ln -s /usr/share/dotnet/dotnet /usr/bin/dotnet
FROM debian AS runtime
COPY --from=dotnet dotnet /usr/share/dotnet/
COPY --from=dotnet host /usr/share/dotnet/host
COPY --from=dotnet shared/Microsoft.NETCore.App /usr/share/dotnet/shared/Microsoft.NETCore.App
FROM debian AS sdk
ENV NUGET_CERT_REVOCATION_MODE=${NUGET_CERT_REVOCATION_MODE:-online}
COPY --from=dotnet . /usr/share/dotnet
DOCKERFILE
  { podman build --target debian -t stand-in "$context" && podman run --rm --cpus 1 --memory 64m stand-in true; } > "$folder/log" 2>&1 \
    || leave_out "no container can be started: $(grep -m 1 rror "$folder/log")"
  for stage in sdk runtime; do
    image=$(sed -n "s/^ARG ${stage^^}=//p" "$manifests/Dockerfile")
    podman build --target "$stage" -t "$image" --build-context "dotnet=$dotnet" "$context" > "$folder/log" 2>&1 \
      || { fault "the stand-in of $image"; return 1; }
  done
}

build() {
  local command
  command=$(grep '^docker build ' "$root/docs/clusters.md")
  (cd "$root" && eval "$command") > "$folder/log" 2>&1 && return
  # What the machine itself reaches, a container may not: then nothing is said of the Dockerfile.
  if grep -qE 'NU1301|Could not resolve|Failed to fetch|Unable to connect' "$folder/log"; then
    leave_out "a container reaches no registry: $(grep -m 1 -E 'NU1301|Could not resolve|Failed to fetch|Unable to connect' "$folder/log")"
  fi
  return 1
}

# The value of a manifest's field, the first of that name.
field() { sed -n "s/^[- ]*$2: *\([^#]*[^# ]\).*/\1/p" "$manifests/$1" | tr -d '"' | head -n 1; }

# A container with the volume of a manifest, whose group Kubernetes adds to those of its user, and more of the engine's options.
container() {
  podman run --rm --group-add "$(field "$1" fsGroup)" -v "$volume:$(field "$1" mountPath)" "${@:2}" 2>> "$folder/log"
}

learn=(learn icon.png --patch 8 --atoms 64 --samples 4000)
quietly() { "$@" --quiet > /dev/null; }
sparsecode() { container merge-job.yaml sparsecode "$@"; }
mpirun() { container merge-job.yaml --entrypoint mpirun sparsecode --oversubscribe -n 2 sparsecode "$@"; }

# A manifest's container with its limits, an index where $2 is one, and the tool's arguments.
limited() {
  local memory
  memory=$(field "$1" memory)
  container "$1" --cpus "$(field "$1" cpu)" --memory "${memory%i}" ${2:+-e JOB_COMPLETION_INDEX="$2"} "$(field "$1" image)" "${@:3}"
}

# A manifest's pod, of the number $2 where it has one.
pod() {
  local args
  IFS=', ' read -ra args <<< "$(field "$1" args | tr -d '[]')"
  limited "$1" "${2:-}" "${args[@]}" > /dev/null
}

pods() {
  local i pids=() bad=0
  for ((i = 0; i < $(field indexed-job.yaml completions); i++)); do
    pod indexed-job.yaml "$i" &
    pids+=($!)
  done
  for i in "${pids[@]}"; do wait "$i" || bad=1; done
  return "$bad"
}

run() {
  local group
  group=$(field merge-job.yaml fsGroup)
  volume=$folder/volume
  mkdir "$volume"
  cp "$root/docs/icon.png" "$volume"
  chgrp "$group" "$volume"
  chmod g+rwxs "$volume"
  printf 'sparsecode %s, %s\n' "$(sparsecode --version)" "$(podman run --rm --entrypoint mpirun sparsecode --version | head -n 1)"
  check "threads are those of the CPU limit" grep -qx 'cores *1' <<< "$(limited merge-job.yaml "" info --machine)"
  check "learning" quietly sparsecode "${learn[@]}" -o dictionary.safetensors
  check "signals, and one run" quietly sparsecode encode dictionary.safetensors icon.png --samples 16384 --signals signals.npy -o plain.npz
  check "the pods of indexed-job.yaml end well" pods
  check "there are eight shards" test "$(find "$volume" -name 'codes.npz.*-of-8.part.npz' | wc -l)" -eq 8
  check "the pod of merge-job.yaml ends well" pod merge-job.yaml
  check "the bytes are those of one run" cmp "$volume/codes.npz" "$volume/plain.npz"
  check "they are the image's own user's" test "$(stat -c %u "$volume/codes.npz")" -eq 1654
  check "two ranks learn" quietly mpirun "${learn[@]}" --mpi -o ranks.safetensors
  check "the bytes are those of one process" cmp "$volume/ranks.safetensors" "$volume/dictionary.safetensors"
  check "two ranks encode" quietly mpirun encode dictionary.safetensors signals.npy --mpi -o ranks.npz
  check "the bytes are those of one process" cmp "$volume/ranks.npz" "$volume/plain.npz"
}

if stand_ins; then
  printf '%s, %s\n' "$(podman --version)" "$(runc --version | head -n 1)"
  check "the printed command builds the image" build
  if [ "$faults" -eq 0 ]; then run; fi
fi
if [ "$faults" -gt 0 ]; then tail -n 20 "$folder/log" >&2; fi
printf 'image: %d checks, %d faults\n' "$checks" "$faults"
[ "$faults" -eq 0 ]
