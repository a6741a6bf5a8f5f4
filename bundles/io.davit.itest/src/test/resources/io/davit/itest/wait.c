/*
 * Says "ready", reads its input to the end and leaves with status 3. Made without a libc:
 *   clang --target=wasm32-wasi -nostdlib -Oz -s -o wait.wasm wait.c
 */
#define WASI(name) __attribute__((import_module("wasi_snapshot_preview1"), import_name(name)))

struct part {
    const void *at;
    unsigned size;
};

WASI("fd_read") int fd_read(int fd, const struct part *parts, int count, unsigned *done);
WASI("fd_write") int fd_write(int fd, const struct part *parts, int count, unsigned *done);
WASI("proc_exit") _Noreturn void proc_exit(int status);

static char buffer[64];

void _start(void) {
    unsigned done;
    struct part ready = {"ready\n", 6};
    fd_write(1, &ready, 1, &done);
    struct part input = {buffer, sizeof buffer};
    while (fd_read(0, &input, 1, &done) == 0 && done > 0) {
    }
    proc_exit(3);
}
