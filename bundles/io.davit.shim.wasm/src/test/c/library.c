// Uses much of the C library; what it prints is the same on every machine.
#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

static int descending(const void *a, const void *b) {
    return (*(const int *)b > *(const int *)a) - (*(const int *)b < *(const int *)a);
}

static int sum(int count, ...) {
    va_list list;
    va_start(list, count);
    int total = 0;
    while (count-- > 0) {
        total += va_arg(list, int);
    }
    va_end(list);
    return total;
}

static void numbers(void) {
    printf("%d %5d|%-5d|%05d %x %X %o %u\n", -7, 42, 42, 42, 255, 255, 8, 4000000000u);
    printf("%lld %llu %" PRId64 "\n", LLONG_MIN, ULLONG_MAX, (int64_t)1 << 40);
    printf("%f %.3f %e %g %g %a\n", 3.14159265358979, 2.0 / 3, 12345.678, 1e-10, 1e20, 1.0);
    printf("%f %f %f\n", INFINITY, -INFINITY, DBL_MAX / 1e300);
    printf("%.17g %.9g\n", 0.1, 0.1f);
    printf("%.6f %.6f %.6f %.6f\n", sin(1), exp(1), pow(2, 0.5), atan2(1, -1));
    printf("%ld %.10g %llu\n", strtol("  -0x1f", NULL, 16), strtod("1.5e3x", NULL),
           strtoull("18446744073709551615", NULL, 10));
    printf("%d %d %d\n", (int)floor(-2.5), (int)ceil(-2.5), (int)lround(2.5));
    unsigned long long mixed = 0x9e3779b97f4a7c15ull;
    for (int i = 0; i < 1000; i++) {
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ull + (mixed << 7 | mixed >> 57);
    }
    printf("%016llx %d\n", mixed, __builtin_popcountll(mixed));
}

static void texts(void) {
    char buffer[64];
    printf("%d [%s]\n", snprintf(buffer, 8, "%s", "longer than eight"), buffer);
    char list[] = "a,b,,c";
    for (char *part = strtok(list, ","); part; part = strtok(NULL, ",")) {
        printf("<%s>", part);
    }
    puts("");
    printf("%s %zu %d %s\n", strstr("haystack", "st"), strspn("aabbc", "ab"), strcmp("a", "b") < 0,
           strrchr("/usr/lib", '/'));
    memmove(strcpy(buffer, "0123456789") + 2, buffer, 8);
    printf("%.10s %d %d\n", buffer, toupper('x'), isspace('\t') != 0);
    setlocale(LC_ALL, "C.UTF-8");
    wchar_t wide[8];
    printf("%zu\n", mbstowcs(wide, "h\xc3\xa4", 8));
    int a, count;
    char word[16];
    float f;
    count = sscanf("12 words 3.5", "%d %15s %f", &a, word, &f);
    printf("%d %d %s %.1f\n", count, a, word, f);
}

static void memory(void) {
    int values[1000];
    unsigned seed = 1;
    for (int i = 0; i < 1000; i++) {
        seed = seed * 1103515245u + 12345u;
        values[i] = (int)(seed >> 8) % 10000;
    }
    qsort(values, 1000, sizeof *values, descending);
    int ordered = 1;
    for (int i = 1; i < 1000; i++) {
        ordered &= values[i - 1] >= values[i];
    }
    int key = values[500];
    printf("%d %d %d\n", ordered, bsearch(&key, values, 1000, sizeof *values, descending) != NULL,
           sum(3, 1, 2, 3));
    size_t total = 0;
    char *blocks[200];
    for (int i = 0; i < 200; i++) {
        blocks[i] = malloc(i * 1000 + 1);
        memset(blocks[i], i, i * 1000 + 1);
        if (i % 3 == 0) {
            blocks[i] = realloc(blocks[i], i * 2000 + 1);
        }
    }
    for (int i = 0; i < 200; i++) {
        total += (unsigned char)blocks[i][i * 1000];
        free(blocks[i]);
    }
    printf("%zu\n", total);
}

static void files(void) {
    FILE *file = fopen("/data", "w+");
    for (int i = 0; i < 10000; i++) {
        fprintf(file, "line %d\n", i);
    }
    printf("%ld\n", ftell(file));
    fseek(file, -5, SEEK_END);
    char line[64];
    printf("%s", fgets(line, sizeof line, file));
    rewind(file);
    int lines = 0;
    while (fgets(line, sizeof line, file)) {
        lines++;
    }
    printf("%d %d\n", lines, feof(file) != 0);
    fseek(file, 5, SEEK_SET);
    fputs("X", file);
    fflush(file);
    fseek(file, 0, SEEK_SET);
    printf("%s", fgets(line, sizeof line, file));
    ungetc('Z', file);
    int first = fgetc(file);
    printf("%c%c\n", first, fgetc(file));
    fclose(file);
    file = fopen("/data", "a+");
    fputs("end", file);
    fseek(file, -3, SEEK_END);
    size_t got = fread(line, 1, 10, file);
    printf("%zu %.3s\n", got, line);
    fclose(file);
    printf("%d\n", truncate("/data", 3000000000LL));
    struct stat found;
    stat("/data", &found);
    printf("%lld\n", (long long)found.st_size);
    int fd = fileno(file = fopen("/data", "r"));
    long long at = lseek(fd, 2999999999LL, SEEK_SET);
    printf("%lld %d\n", at, (int)read(fd, line, 10));
    fclose(file);
    int removed = remove("/data");
    printf("%d %d\n", removed, access("/data", F_OK));
    file = fopen("/none/x", "r");
    printf("%d %s\n", file == NULL, strerror(errno));
}

static void dates(void) {
    time_t moment = 1234567890;
    char text[64];
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S %a %j", gmtime(&moment));
    puts(text);
    struct tm parts = {.tm_year = 100, .tm_mon = 1, .tm_mday = 30};
    printf("%lld\n", (long long)mktime(&parts));
}

static void bye(void) {
    puts("at exit");
}

int main(void) {
    atexit(bye);
    numbers();
    texts();
    memory();
    files();
    dates();
    printf("%s\n", getenv("NONE") ? "some" : "none");
    return 0;
}
