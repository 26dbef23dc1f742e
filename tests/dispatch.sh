#!/bin/sh
# Checks in a program's machine code that the interpreter's threaded back end goes from operation to operation by
# jumps: a handler that calls the next one would use native stack for every operation that a guest runs.
# usage: [OBJDUMP=COMMAND] dispatch.sh PROGRAM
set -eu

program=$1
objdump=${OBJDUMP:-objdump}
code=$(mktemp)
trap 'rm -f "$code"' EXIT
"$objdump" -d --no-show-raw-insn "$program" |
    awk '/^[0-9a-f]+ <.*exec8dispatch.*>:$/ { inside = 1 } /^$/ { inside = 0 } inside' >"$code"

handlers=$(grep -cE '^[0-9a-f]* <.*(7handler|14taking_handler|15escaped_handler|12rare_handler|12pair_handler)' "$code" || true)
jumps=$(grep -cE 'jmp +\*|br\s+x[0-9]+' "$code" || true)
# A call through the table of handlers, or of one of them; other functions may be called on the way to a jump.
calls=$(grep -E 'call +\*(%|\(|0x[0-9a-f]+\(%r[^i])|blr\s|(call|bl)\s.*exec8dispatch(7handler|14taking_handler|15escaped_handler|12rare_handler|12pair_handler|6missed|14missed_escaped|6escape|4rare|7stopped)' "$code" || true)

if [ "$handlers" -lt 200 ] || [ "$jumps" -lt "$handlers" ]; then
    echo "dispatch: $handlers handlers with $jumps jumps in $program: is it built with the threaded back end?" >&2
    exit 1
fi
if [ -n "$calls" ]; then
    echo "dispatch: handlers go on by calls in $program:" >&2
    echo "$calls" | head -20 >&2
    exit 1
fi
echo "dispatch: $handlers handlers go on by $jumps jumps"
