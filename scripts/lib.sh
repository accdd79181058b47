# What the scripts share: paths, required packages, the built binary. Sourced, not run.

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$root"

say() { printf '%s\n' "$*" >&2; }

die() {
  say "$*"
  exit 1
}

# Runs a command as root, by sudo where this account is not root.
as_root() {
  if [ "$(id -u)" -eq 0 ]; then "$@"; else sudo "$@"; fi
}

# Installs missing Debian packages, and leaves no system PostgreSQL cluster running that was not there before.
need_packages() {
  local missing=() package
  for package in "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  command -v apt-get >/dev/null || die "Missing packages: ${missing[*]}. Install them with this system's package manager."
  say "Installing: ${missing[*]}"
  # Debian's postgresql creates and starts a cluster unless this file says no; Inflow does not use it.
  if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
    as_root mkdir -p /etc/postgresql-common
    printf 'create_main_cluster = false\nstart_conf = manual\n' | as_root tee /etc/postgresql-common/createcluster.conf >/dev/null
  fi
  local before
  before="$(clusters)"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  # Where that file existed already, a cluster may have been created all the same: stop it, and keep it stopped.
  comm -13 <(printf '%s\n' "$before") <(clusters) | while read -r cluster; do
    [ -n "$cluster" ] || continue
    as_root pg_ctlcluster "${cluster%%/*}" "${cluster##*/}" stop 2>/dev/null || true
    echo manual | as_root tee "/etc/postgresql/$cluster/start.conf" >/dev/null
  done
}

# Debian's system clusters, one "version/name" a line, sorted.
clusters() { { find /etc/postgresql -mindepth 2 -maxdepth 2 -type d -printf '%P\n' 2>/dev/null || true; } | sort; }

# Checks for Swift and installs the libraries that a build of Inflow needs; swift-crypto brings C++ (libstdc++).
need_build() {
  command -v swift >/dev/null || die "Swift 6.3 is needed and was not found. Get it from https://www.swift.org/install/ and run this again."
  need_packages pkg-config g++ libpq-dev libcurl4-openssl-dev libxml2-dev zlib1g-dev libzstd-dev libxlsxwriter-dev ca-certificates
}

# axe-core, which finds what keeps people out of a page: its script lies in a Python package. Sets INFLOW_AXE.
need_axe() {
  local folder="${XDG_CACHE_HOME:-$HOME/.cache}/inflow-axe"
  export INFLOW_AXE="$folder/axe_playwright_python/axe.min.js"
  [ -s "$INFLOW_AXE" ] && return
  command -v pip3 >/dev/null || need_packages python3-pip
  mkdir -p "$folder"
  pip3 download --quiet --no-deps --dest "$folder" 'axe-playwright-python==0.1.8' >/dev/null || die "pip did not fetch axe-playwright-python."
  python3 -m zipfile -e "$folder"/axe_playwright_python-*.whl "$folder"
  [ -s "$INFLOW_AXE" ] || die "The package axe-playwright-python has no axe.min.js."
}

# The tests start a PgBouncer of their own; Debian's package starts one as a service, which is stopped again.
need_pgbouncer() {
  [ -x /usr/sbin/pgbouncer ] && return
  need_packages pgbouncer
  if command -v systemctl >/dev/null; then as_root systemctl disable --now pgbouncer >/dev/null 2>&1 || true; fi
  if command -v service >/dev/null; then as_root service pgbouncer stop >/dev/null 2>&1 || true; fi
}

need_postgres() {
  need_packages postgresql postgresql-client
}

# Builds the release binary and sets `inflow` to its path. It needs the Swift runtime of this machine.
build_release() {
  say "Building (the first time takes some minutes) …"
  swift build -c release --product inflow >&2
  inflow="$root/.build/release/inflow"
}

# The same with the Swift runtime inside, for other machines; a build with other options begins again.
build_standalone() {
  say "Building with the Swift runtime inside (takes some minutes) …"
  swift build -c release --product inflow --static-swift-stdlib >&2
  inflow="$root/.build/release/inflow"
}

# Writes the completions of the shells and the man page into a folder such as /usr/share; the second argument is the day of
# the man page, yyyy-MM-dd, the third the folder of zsh's functions. Both come from the argument parser's own tools.
make_texts() {
  local share="$1" day="$2" zsh="$3" pages
  mkdir -p "$share/bash-completion/completions" "$share/zsh/$zsh" "$share/fish/vendor_completions.d" "$share/man/man1"
  "$inflow" --generate-completion-script bash >"$share/bash-completion/completions/inflow"
  "$inflow" --generate-completion-script zsh >"$share/zsh/$zsh/_inflow"
  "$inflow" --generate-completion-script fish >"$share/fish/vendor_completions.d/inflow.fish"
  swift build --package-path .build/checkouts/swift-argument-parser --scratch-path .build-tools \
    --product generate-manual >&2
  pages="$(mktemp -d)"
  .build-tools/debug/generate-manual "$inflow" --date "$day" --output-directory "$pages"
  gzip -9n <"$pages/inflow.1" >"$share/man/man1/inflow.1.gz"
  rm -rf "$pages"
}
