/*
 * Writes x for ever, whatever becomes of it. Made without a libc:
 *   clang --target=wasm32-wasi -nostdlib -Oz -s -o flood.wasm flood.c
 */
#define WASI(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(name)))

struct part {
    const void *at;
    unsigned size;
};

WASI("fd_write") int fd_write(int fd, const struct part *parts, int count, unsigned *done);

void _start(void) {
    unsigned done;
    struct part text = {"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 64};
    for (;;) {
        fd_write(1, &text, 1, &done);
    }
}
