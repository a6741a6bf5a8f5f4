/*
 * Greets, says what it was given, copies its input for the argument -, and leaves with the status that exit=N asks for.
 * hello.wasm beside this file was made with Debian's clang, lld, wasi-libc and libclang-rt-14-dev-wasm32:
 *   clang --target=wasm32-wasi --sysroot=/usr -Oz -s -o hello.wasm hello.c
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern char **environ;

static void copy_input(void) {
    char line[256];
    while (fgets(line, sizeof line, stdin) != NULL) {
        printf("input: %s", line);
    }
}

int main(int argc, char **argv) {
    int status = 0;
    printf("Hello from a WebAssembly task.\n");
    for (int i = 1; i < argc; i++) {
        if (strncmp(argv[i], "exit=", 5) == 0) {
            status = atoi(argv[i] + 5);
        } else if (strcmp(argv[i], "-") == 0) {
            copy_input();
        } else {
            printf("argument %d: %s\n", i, argv[i]);
        }
    }
    for (char **variable = environ; *variable != NULL; variable++) {
        printf("environment: %s\n", *variable);
    }
    return status;
}
