// Does file operations named by its arguments, one after the other, and prints what came of each.
// probe OP ARG... [, OP ARG...]
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const char *name_of(int error) {
    switch (error) {
        case EACCES: return "EACCES";
        case EBADF: return "EBADF";
        case EBUSY: return "EBUSY";
        case EEXIST: return "EEXIST";
        case EINVAL: return "EINVAL";
        case EISDIR: return "EISDIR";
        case EILSEQ: return "EILSEQ";
        case ELOOP: return "ELOOP";
        case EMFILE: return "EMFILE";
        case ENAMETOOLONG: return "ENAMETOOLONG";
        case ENOENT: return "ENOENT";
        case ENOSPC: return "ENOSPC";
        case ENOTDIR: return "ENOTDIR";
        case ENOTEMPTY: return "ENOTEMPTY";
        case ENOTSUP: return "ENOTSUP";
        case EPERM: return "EPERM";
        case EROFS: return "EROFS";
        case ESPIPE: return "ESPIPE";
        case EXDEV: return "EXDEV";
        case ENOTCAPABLE: return "ENOTCAPABLE";
        default: return strerror(error);
    }
}

static void report(int result) {
    puts(result < 0 ? name_of(errno) : "ok");
}

static void show(const char *path) {
    char buffer[4096];
    int fd = open(path, O_RDONLY);
    if (fd < 0) {
        report(-1);
        return;
    }
    ssize_t count = read(fd, buffer, sizeof buffer - 1);
    if (count < 0) {
        report(-1);
    } else {
        buffer[count] = 0;
        printf("[%s]\n", buffer);
    }
    close(fd);
}

static void put(const char *path, const char *text, int flags) {
    int fd = open(path, flags, 0666);
    if (fd < 0) {
        report(-1);
        return;
    }
    size_t done = 0;
    for (ssize_t count = 0; count >= 0 && done < strlen(text); done += count > 0 ? count : 0) {
        count = write(fd, text + done, strlen(text + done));
    }
    report(done == strlen(text) ? 0 : -1);
    close(fd);
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list(const char *path) {
    DIR *dir = opendir(path);
    if (!dir) {
        report(-1);
        return;
    }
    char *names[4096];
    int count = 0;
    for (struct dirent *each; (each = readdir(dir)) && count < 4096;) {
        if (strcmp(each->d_name, ".") && strcmp(each->d_name, "..")) {
            char name[300];
            snprintf(name, sizeof name, "%s%s", each->d_name,
                     each->d_type == DT_DIR ? "/" : each->d_type == DT_LNK ? "@" : "");
            names[count++] = strdup(name);
        }
    }
    closedir(dir);
    qsort(names, count, sizeof *names, by_name);
    for (int i = 0; i < count; i++) {
        printf(i ? " %s" : "%s", names[i]);
    }
    puts(count ? "" : "(empty)");
}

static void count(const char *path) {
    DIR *dir = opendir(path);
    long sum = 0;
    if (!dir) {
        report(-1);
        return;
    }
    while (readdir(dir)) {
        sum++;
    }
    closedir(dir);
    printf("%ld\n", sum);
}

static void tell(const char *path, int follow) {
    struct stat found;
    if ((follow ? stat : lstat)(path, &found) < 0) {
        report(-1);
        return;
    }
    printf("%s size=%lld links=%d\n",
           S_ISDIR(found.st_mode) ? "dir" : S_ISREG(found.st_mode) ? "file"
               : S_ISLNK(found.st_mode) ? "link" : "other",
           S_ISDIR(found.st_mode) ? 0LL : (long long)found.st_size,
           S_ISDIR(found.st_mode) ? 0 : (int)found.st_nlink);
}

static void times(const char *path, long seconds) {
    struct timespec both[2] = {{seconds, 0}, {seconds, 0}};
    struct stat found;
    if (utimensat(AT_FDCWD, path, both, 0) < 0 || stat(path, &found) < 0) {
        report(-1);
        return;
    }
    printf("mtime=%lld\n", (long long)found.st_mtime);
}

static void follow(const char *path) {
    char text[4096];
    ssize_t count = readlink(path, text, sizeof text - 1);
    if (count < 0) {
        report(-1);
        return;
    }
    text[count] = 0;
    puts(text);
}

// Opens a directory and a name relative to it.
static void beneath(const char *path, const char *name) {
    int dir = open(path, O_RDONLY | O_DIRECTORY);
    int fd = dir < 0 ? -1 : openat(dir, name, O_RDONLY);
    report(fd);
}

static void run(char **a, int n) {
    if (!strcmp(a[0], "read")) show(a[1]);
    else if (!strcmp(a[0], "write")) put(a[1], a[2], O_WRONLY | O_CREAT | O_TRUNC);
    else if (!strcmp(a[0], "new")) put(a[1], a[2], O_WRONLY | O_CREAT | O_EXCL);
    else if (!strcmp(a[0], "append")) put(a[1], a[2], O_WRONLY | O_APPEND);
    else if (!strcmp(a[0], "over")) put(a[1], a[2], O_WRONLY);
    else if (!strcmp(a[0], "mkdir")) report(mkdir(a[1], 0777));
    else if (!strcmp(a[0], "rmdir")) report(rmdir(a[1]));
    else if (!strcmp(a[0], "unlink")) report(unlink(a[1]));
    else if (!strcmp(a[0], "rename")) report(rename(a[1], a[2]));
    else if (!strcmp(a[0], "link")) report(link(a[1], a[2]));
    else if (!strcmp(a[0], "symlink")) report(symlink(a[1], a[2]));
    else if (!strcmp(a[0], "readlink")) follow(a[1]);
    else if (!strcmp(a[0], "stat")) tell(a[1], 1);
    else if (!strcmp(a[0], "lstat")) tell(a[1], 0);
    else if (!strcmp(a[0], "list")) list(a[1]);
    else if (!strcmp(a[0], "count")) count(a[1]);
    else if (!strcmp(a[0], "truncate")) report(truncate(a[1], atoll(a[2])));
    else if (!strcmp(a[0], "times")) times(a[1], atol(a[2]));
    else if (!strcmp(a[0], "beneath")) beneath(a[1], a[2]);
    else printf("no such operation: %s\n", a[0]);
}

int main(int argc, char **argv) {
    for (int from = 1; from < argc;) {
        int to = from;
        while (to < argc && strcmp(argv[to], ",")) {
            to++;
        }
        run(argv + from, to - from);
        from = to + 1;
    }
    return 0;
}
