#!/bin/sh
# usage: make_hashes.sh BUILD_FOLDER    writes hashes.txt beside this script from the scalar kernels
set -eu
here=$(cd "$(dirname "$0")" && pwd)
program=$(find "$1" -name test_kernels -type f | head -n 1)
[ -n "$program" ] || { echo "no test_kernels in $1: build it first" >&2; exit 1; }
MINNOW_WRITE_HASHES="$here/hashes.txt" "$program" --gtest_filter=GoldenHashes.AreWrittenOnRequest
