# Short names for the verbs of xtask; `cargo xtask` lists them all.

# format, clippy with and without the page, docs
check:
    cargo xtask check

# everything, the browser too
test:
    cargo xtask test

# accept the output of this run as the expected output, then read the diff
bless:
    UPDATE_EXPECT=1 cargo test
    git diff --stat

# the page on http://127.0.0.1:8080
serve:
    cargo xtask serve
