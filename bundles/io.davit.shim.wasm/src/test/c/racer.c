// Does every operation that changes something, beneath a directory that somebody else exchanges
// meanwhile, for some milliseconds. Prints how often something succeeded.
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000LL + time.tv_nsec / 1000000;
}

static int done;

static void count(int result) {
    if (result >= 0) {
        done++;
    }
}

int main(int argc, char **argv) {
    long long end = now() + atoi(argv[1]);
    while (now() < end) {
        int fd = open("/h/d/victim", O_WRONLY | O_CREAT | O_TRUNC, 0666);
        if (fd >= 0) {
            count(write(fd, "guest", 5));
            close(fd);
        }
        count(mkdir("/h/d/made", 0777));
        count(symlink("victim", "/h/d/link"));
        count(link("/h/d/victim", "/h/d/hard"));
        count(rename("/h/d/victim", "/h/d/moved"));
        count(rename("/h/own", "/h/d/own"));
        count(rename("/h/d/own", "/h/own"));
        struct timespec times[2] = {{1, 0}, {1, 0}};
        count(utimensat(AT_FDCWD, "/h/d/moved", times, 0));
        count(truncate("/h/d/moved", 1));
        count(unlink("/h/d/moved"));
        count(unlink("/h/d/hard"));
        count(unlink("/h/d/link"));
        count(rmdir("/h/d/made"));
        count(rmdir("/h/d/dir"));
        count(unlink("/h/d/secret"));
        DIR *dir = opendir("/h/d");
        if (dir) {
            for (struct dirent *each; (each = readdir(dir));) {
                if (each->d_name[0] == 's' || each->d_name[0] == 'd') {
                    puts("saw what is outside");
                    return 1;
                }
            }
            closedir(dir);
        }
    }
    printf("%s\n", done > 0 ? "worked" : "never got anything done");
    return 0;
}
