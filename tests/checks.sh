# What kill.sh and slurm.sh share; they source it.
faults=0
where=""        # of what a fault is, for its line

fault() {
  faults=$((faults + 1))
  printf 'FAULT%s: %s\n' "${where:+ $where}" "$*"
}

# What work that has ended leaves nowhere under the folder $1.
strays() { find "$1" -name '.partial*' -o -name '*.tmp'; }

# Twelve pictures of 64×64 pixels in the folder photos: rectangles over each other, as text that every version of awk writes alike.
pictures() {
  mkdir photos
  for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
    awk -v s="$i" 'function next_below(n) { s = (s * 16807) % 2147483647; return s % n }
      BEGIN {
        for (k = 0; k < 60; k++) {
          x0 = next_below(60); y0 = next_below(60); w = 3 + next_below(25); h = 3 + next_below(25); v = next_below(256)
          for (y = y0; y < y0 + h && y < 64; y++) for (x = x0; x < x0 + w && x < 64; x++) p[y * 64 + x] = v
        }
        print "P2 64 64 255"
        for (k = 0; k < 4096; k++) print p[k] + 0
      }' > "photos/$i.pgm"
  done
}
