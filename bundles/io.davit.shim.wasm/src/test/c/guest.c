// Acts as the contract tests of plugins ask: the act, and its number.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void copy(void) {
    char buffer[65536];
    for (ssize_t count; (count = read(0, buffer, sizeof buffer)) > 0;) {
        for (ssize_t done = 0, written; done < count; done += written) {
            written = write(1, buffer + done, count - done);
            if (written < 0) {
                exit(1);
            }
        }
    }
}

int main(int argc, char **argv) {
    const char *act = argc > 1 ? argv[1] : "";
    long number = argc > 2 ? atol(argv[2]) : 0;
    if (!strcmp(act, "EXIT")) {
        return (int)number;
    } else if (!strcmp(act, "WAIT")) {
        puts("ready");
        fflush(stdout);
        for (;;) {
            sleep(3600);
        }
    } else if (!strcmp(act, "CAT")) {
        copy();
    } else if (!strcmp(act, "SPEAK")) {
        puts("out");
        fputs("err\n", stderr);
    } else if (!strcmp(act, "TICK")) {
        for (;;) {
            puts("x");
        }
    } else if (!strcmp(act, "FLOOD")) {
        static char zeros[65536];
        for (long left = number; left > 0; left -= sizeof zeros) {
            fwrite(zeros, 1, left < (long)sizeof zeros ? left : (long)sizeof zeros, stdout);
        }
    } else {
        return 99;
    }
    return 0;
}
