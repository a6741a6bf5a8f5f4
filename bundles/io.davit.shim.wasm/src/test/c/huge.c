// Has one function that is too large for a Java method, and calls it from small ones, which it calls.
#include <stdio.h>

static unsigned cells[64];

__attribute__((noinline)) static unsigned small(unsigned n) {
    return n * 2654435761u + (n >> 7);
}

#define ONE cells[__COUNTER__ % 63] += small(cells[__COUNTER__ % 61] ^ __COUNTER__);
#define TEN ONE ONE ONE ONE ONE ONE ONE ONE ONE ONE
#define HUNDRED TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN
#define THOUSAND \
    HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED HUNDRED

__attribute__((noinline)) static unsigned huge(unsigned n) {
    cells[0] = n;
    THOUSAND THOUSAND THOUSAND THOUSAND THOUSAND
    return cells[1] ^ cells[2] ^ cells[40];
}

__attribute__((noinline)) static unsigned middle(unsigned n) {
    return huge(n) + 1;
}

int main(void) {
    unsigned sum = 0;
    for (unsigned i = 0; i < 100; i++) {
        sum = sum * 31 + middle(i);
    }
    printf("%u\n", sum);
    return 0;
}
