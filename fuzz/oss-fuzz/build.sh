#!/bin/bash -eu
# Builds the targets into $OUT, each with the dictionary and its seeds. OSS-Fuzz and ClusterFuzzLite both run this file.
cd "$SRC/clearjwt"

# The tool that unpacks seeds is no target: without the flags of the fuzzing build.
env -u RUSTFLAGS -u CFLAGS -u CXXFLAGS cargo run --manifest-path fuzz/Cargo.toml --target-dir fuzz/target/seeds --example seeds -- unpack

cargo fuzz build -O --debug-assertions
release=fuzz/target/x86_64-unknown-linux-gnu/release
for target in $(cargo fuzz list); do
    cp "$release/$target" "$OUT/"
    cp fuzz/clearjwt.dict "$OUT/$target.dict"
    zip -q -j -r "$OUT/${target}_seed_corpus.zip" "fuzz/corpus/$target"
done
