// Behaves as its first argument says.
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

__attribute__((export_name("add"))) int add(int a, int b) {
    return a + b;
}

__attribute__((export_name("half"))) double half(double a) {
    return a / 2;
}

__attribute__((noinline)) static int deep(int n) {
    volatile char space[16];
    space[n & 15] = (char)n;
    return deep(n + 1) + space[n & 15];
}

__attribute__((noinline)) static unsigned fib(unsigned n) {
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

static volatile int one = 1;
static char *volatile last;

static int grow(void) {
    long blocks = 0;
    for (char *block; (block = malloc(1 << 20)); blocks++) {
        memset(block, 1, 1 << 20);
        last = block;
    }
    printf("%ld MiB\n", blocks);
    return 7;
}

static void cat(void) {
    char buffer[65536];
    for (ssize_t count; (count = read(0, buffer, sizeof buffer)) > 0;) {
        for (ssize_t done = 0; done < count;) {
            ssize_t written = write(1, buffer + done, count - done);
            if (written < 0) {
                perror("write");
                exit(1);
            }
            done += written;
        }
    }
}

static void await_input(int millis) {
    struct pollfd input = {0, POLLIN, 0};
    int ready = poll(&input, 1, millis);
    printf("%s\n", ready > 0 ? "ready" : "nothing");
}

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    int number = argc > 2 ? atoi(argv[2]) : 0;
    if (!strcmp(what, "exit")) {
        return number;
    } else if (!strcmp(what, "_exit")) {
        _exit(number);
    } else if (!strcmp(what, "abort")) {
        abort();
    } else if (!strcmp(what, "divide")) {
        printf("%d\n", one / number);
    } else if (!strcmp(what, "outside")) {
        printf("%d\n", *(volatile int *)0x7ffffff0);
    } else if (!strcmp(what, "recurse")) {
        return deep(0);
    } else if (!strcmp(what, "spin")) {
        puts("spinning");
        fflush(stdout);
        for (volatile unsigned i = 0;; i++) {
        }
    } else if (!strcmp(what, "grow")) {
        return grow();
    } else if (!strcmp(what, "args")) {
        for (int i = 0; i < argc; i++) {
            printf("[%s]\n", argv[i]);
        }
    } else if (!strcmp(what, "env")) {
        for (char **each = environ; *each; each++) {
            puts(*each);
        }
    } else if (!strcmp(what, "cat")) {
        cat();
    } else if (!strcmp(what, "flood")) {
        for (;;) {
            if (puts("flood") < 0 || fflush(stdout)) {
                return 9;
            }
        }
    } else if (!strcmp(what, "sleep")) {
        puts("sleeping");
        fflush(stdout);
        usleep(number * 1000);
        puts("slept");
    } else if (!strcmp(what, "poll")) {
        await_input(number);
    } else if (!strcmp(what, "error")) {
        fputs("to stderr\n", stderr);
        puts("to stdout");
    } else if (!strcmp(what, "clock")) {
        struct timespec a, b;
        clock_gettime(CLOCK_MONOTONIC, &a);
        usleep(20000);
        clock_gettime(CLOCK_MONOTONIC, &b);
        long long nanos = (b.tv_sec - a.tv_sec) * 1000000000LL + b.tv_nsec - a.tv_nsec;
        printf("%s %s\n", nanos >= 20000000 ? "waited" : "too short",
               time(NULL) > 1700000000 ? "now" : "long ago");
    } else if (!strcmp(what, "loop")) {
        // All in one function, so that only a second instance can be faster.
        puts("begin");
        fflush(stdout);
        unsigned x = 1;
        for (int round = 0; round < number; round++) {
            for (unsigned i = 0; i < 1000000; i++) {
                x = x * 1664525u + 1013904223u + (x >> 16);
            }
        }
        printf("%u\n", x);
    } else if (!strcmp(what, "fib")) {
        printf("%u\n", fib(number));
    } else {
        printf("hello %s\n", argc > 1 ? what : "world");
    }
    return 0;
}
