#!/bin/sh
# A C compiler for macOS on Linux, out of zig's: for `cargo xtask macos`, which says where zig is and what to compile for.
#
# zig brings the C headers of macOS and none of its frameworks. So an Objective-C file becomes an empty object, which is
# enough where nothing is linked.

target=$GLOWJAR_ZIG_TARGET
objective=
output=
count=$#
while [ "$count" -gt 0 ]; do
    argument=$1
    shift
    count=$((count - 1))
    case $argument in
    # zig has its own words for these.
    --target=* | -mmacosx-version-min=* | -mmacos-version-min=*) continue ;;
    -arch | -isysroot | -target)
        shift
        count=$((count - 1))
        continue
        ;;
    -o)
        output=$1
        ;;
    *.m | *.mm) objective=yes ;;
    esac
    set -- "$@" "$argument"
done

if [ -n "$objective" ]; then
    exec "$GLOWJAR_ZIG_PYTHON" -m ziglang cc -target "$target" -c -x c /dev/null -o "$output"
fi
exec "$GLOWJAR_ZIG_PYTHON" -m ziglang cc -target "$target" "$@"
