# shellcheck shell=sh
# Shared by the scripts in this folder; read with `.`, never run. The caller has set `root` to the top of the repository.

say() { printf '%s\n' "$*" >&2; }

die() {
    say "$*"
    exit 1
}

# Finds a Swift toolchain of 6.2 or newer (PATH first, then /opt/swift) and puts it on PATH.
need_swift() {
    if ! command -v swift >/dev/null 2>&1 && [ -x /opt/swift/usr/bin/swift ]; then
        PATH="/opt/swift/usr/bin:$PATH"
        export PATH
    fi
    command -v swift >/dev/null 2>&1 ||
        die "Roost needs Swift 6.2 or newer, and no 'swift' was found on PATH or in /opt/swift/usr/bin. Install it from https://www.swift.org/install/ and try again."
    swift_version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9]*\.[0-9][0-9]*\).*/\1/p' | head -n 1)
    [ -n "$swift_version" ] || die "Roost needs Swift 6.2 or newer, and '$(command -v swift) --version' does not say which version it is."
    swift_major=${swift_version%%.*}
    swift_minor=${swift_version#*.}
    if [ "$swift_major" -lt 6 ] || { [ "$swift_major" -eq 6 ] && [ "$swift_minor" -lt 2 ]; }; then
        die "Roost needs Swift 6.2 or newer; '$(command -v swift)' is $swift_version. Install a newer one from https://www.swift.org/install/ and try again."
    fi
}

# Prints the folder that holds PostgreSQL's server programs (initdb, pg_ctl); the newest version wins. Fails when there is none.
postgres_programs() {
    found=
    for folder in /usr/lib/postgresql/*/bin /opt/homebrew/opt/postgresql@*/bin /usr/local/opt/postgresql@*/bin; do
        if [ -x "$folder/initdb" ] && [ -x "$folder/pg_ctl" ]; then found=$folder; fi
    done
    if [ -z "$found" ] && command -v initdb >/dev/null 2>&1 && command -v pg_ctl >/dev/null 2>&1; then
        found=$(dirname "$(command -v initdb)")
    fi
    [ -n "$found" ] || return 1
    printf '%s\n' "$found"
}
