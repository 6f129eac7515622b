#!/bin/sh
# The linker for xtask on Linux: `cc`, and nothing else wherever there is one.
#
# A fresh Debian with Rust from rustup has no C compiler, and without one rustc cannot even link the program that
# would say so. So this says it, and gets one the way `cargo xtask setup` gets everything else: it asks, unless
# `--yes` was given, CI is set or nobody could answer.

if command -v cc >/dev/null 2>&1; then
    exec cc "$@"
fi

# rustc keeps a linker's output to itself: what a person should read goes to cargo's own standard error.
cargo=$PPID
while [ "$cargo" -gt 1 ] && [ "$(cat "/proc/$cargo/comm")" != cargo ]; do
    cargo=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$cargo/status")
done
say() {
    { echo "$@" >>"/proc/$cargo/fd/2"; } 2>/dev/null || echo "$@" >&2
}
stop() {
    say "$@"
    exit 1
}

wanted='gcc libc6-dev'
as_root=
[ "$(id -u)" = 0 ] || as_root=sudo
command -v apt-get >/dev/null 2>&1 || stop "A C compiler is needed to build anything: please install one (gcc or clang), then try again."
if [ -n "$as_root" ] && ! command -v sudo >/dev/null 2>&1; then
    stop "A C compiler is needed, and there is no sudo to get it with. As root: apt-get install $wanted"
fi

say "A C compiler is needed to build anything. To be installed first: $wanted"
case " $(tr '\0' ' ' <"/proc/$cargo/cmdline") " in
*' --yes '*) asks=no ;;
*) if [ -z "$CI" ] && [ -t 0 ] <"/proc/$cargo/fd/0" 2>/dev/null; then asks=yes; else asks=no; fi ;;
esac
if [ "$asks" = yes ]; then
    printf 'Install them? [Y/n] ' >/dev/tty
    read -r answer </dev/tty || answer=n
    case "$answer" in
    '' | y | Y | yes | Yes) ;;
    *) stop "Nothing was installed. By hand: $as_root apt-get install $wanted" ;;
    esac
else
    # Nobody is there to type a password either.
    [ -z "$as_root" ] || as_root='sudo -n'
fi

log=$(mktemp)
if $as_root apt-get update -qq >"$log" 2>&1 &&
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $wanted >>"$log" 2>&1; then
    rm -f "$log"
    say "  installed."
    exec cc "$@"
fi
say "$(tail -n 15 "$log")"
stop "apt-get could not install $wanted. The whole of what it said: $log"
