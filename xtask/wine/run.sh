#!/bin/sh
# Runs a program for Windows under Wine: for `cargo xtask windows`, which says where Wine's drive is and where the
# libraries lie that the program wants.

export WINEPREFIX="$GLOWJAR_WINE_PREFIX"
export WINEPATH="Z:$(echo "$GLOWJAR_WINE_LIBRARIES" | tr / '\\')"
export WINEDEBUG="${WINEDEBUG:--all}"
# Ours, which Wine lacks.
lacking="bcryptprimitives=n"
# No .NET, no page of HTML, no entries in the menus of the person who runs this.
export WINEDLLOVERRIDES="$lacking;mscoree=;mshtml=;winemenubuilder.exe="
exec wine "$@"
