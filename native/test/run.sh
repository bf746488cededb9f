#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Runs the built unit tests and the shell tests, prints each by name, and ends with 1 if one failed.
# It builds nothing: `make test` does that first. A test that cannot run here ends with 77.
build=$1 unit_tests=$2 shell_tests=$3
here=$(dirname "$0")
failed=0 passed=0 skipped=0

run_one() {
    name=$1
    shift
    echo "== $name"
    "$@"
    case $? in
    0) passed=$((passed + 1)) ;;
    77) skipped=$((skipped + 1)) && echo "  cannot run here: skipped" ;;
    *) failed=$((failed + 1)) && echo "  FAILED: $name" ;;
    esac
}

for name in $unit_tests; do
    run_one "$name" "$build/sanitized/$name"
done
for name in $shell_tests; do
    run_one "$name" sh "$here/$name" "$build"
done
echo "native: $passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
