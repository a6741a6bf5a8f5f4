// Calls WASI itself, for what the C library hides. Prints what does not hold.
#include <stdio.h>
#include <string.h>
#include <wasi/api.h>

static int failures;

static void check(const char *what, __wasi_errno_t found, __wasi_errno_t expected) {
    if (found != expected) {
        printf("%s: %d instead of %d\n", what, found, expected);
        failures++;
    }
}

static void hold(const char *what, int holds) {
    if (!holds) {
        printf("%s does not hold\n", what);
        failures++;
    }
}

#define ALL ((__wasi_rights_t)-1)
#define ROOT 3

static __wasi_fd_t make(const char *name) {
    __wasi_fd_t fd = -1;
    check(name, __wasi_path_open(ROOT, 0, name, __WASI_OFLAGS_CREAT, ALL, ALL, 0, &fd), 0);
    return fd;
}

static void descriptors(void) {
    __wasi_fdstat_t stat;
    __wasi_fd_t fd = make("f"), other = make("g");
    check("fdstat", __wasi_fd_fdstat_get(fd, &stat), 0);
    hold("a file is one", stat.fs_filetype == __WASI_FILETYPE_REGULAR_FILE);
    check("more rights", __wasi_fd_fdstat_set_rights(fd, ALL, 0), __WASI_ERRNO_NOTCAPABLE);
    check("fewer rights",
          __wasi_fd_fdstat_set_rights(fd, __WASI_RIGHTS_FD_SEEK | __WASI_RIGHTS_FD_TELL, 0), 0);
    __wasi_size_t size;
    __wasi_ciovec_t out = {(const uint8_t *)"hello", 5};
    check("write without the right", __wasi_fd_write(fd, &out, 1, &size), __WASI_ERRNO_BADF);
    check("sync without the right", __wasi_fd_sync(fd), __WASI_ERRNO_NOTCAPABLE);
    check("write", __wasi_fd_write(other, &out, 1, &size), 0);
    hold("all is written", size == 5);
    check("renumber", __wasi_fd_renumber(other, fd), 0);
    check("the old number", __wasi_fd_close(other), __WASI_ERRNO_BADF);
    check("renumber to nothing", __wasi_fd_renumber(fd, 99), __WASI_ERRNO_BADF);
    __wasi_filesize_t at;
    check("tell", __wasi_fd_tell(fd, &at), 0);
    hold("the position moved along", at == 5);
    check("before the start", __wasi_fd_seek(fd, -6, __WASI_WHENCE_CUR, &at), __WASI_ERRNO_INVAL);
    check("beyond the end", __wasi_fd_seek(fd, 100, __WASI_WHENCE_END, &at), 0);
    hold("beyond the end", at == 105);
    check("seek a stream", __wasi_fd_seek(1, 0, __WASI_WHENCE_CUR, &at), __WASI_ERRNO_SPIPE);
    check("seek a directory", __wasi_fd_seek(ROOT, 0, __WASI_WHENCE_CUR, &at), __WASI_ERRNO_BADF);
    check("read a directory", __wasi_fd_read(ROOT, (__wasi_iovec_t *)&out, 1, &size),
          __WASI_ERRNO_BADF);
    check("allocate", __wasi_fd_allocate(fd, 0, 200), 0);
    __wasi_filestat_t file;
    check("filestat", __wasi_fd_filestat_get(fd, &file), 0);
    hold("the allocated size", file.size == 200);
    check("advise", __wasi_fd_advise(fd, 0, 0, __WASI_ADVICE_SEQUENTIAL), 0);
    check("advise a directory", __wasi_fd_advise(ROOT, 0, 0, 0), __WASI_ERRNO_BADF);
    check("close", __wasi_fd_close(fd), 0);
    check("close again", __wasi_fd_close(fd), __WASI_ERRNO_BADF);
    check("close a wild one", __wasi_fd_close(-1), __WASI_ERRNO_BADF);
}

static void times(void) {
    __wasi_filestat_t before, after;
    __wasi_fd_t fd = make("t");
    check("filestat", __wasi_fd_filestat_get(fd, &before), 0);
    check("exact times",
          __wasi_fd_filestat_set_times(fd, 0, before.mtim - 101, __WASI_FSTFLAGS_MTIM), 0);
    check("filestat", __wasi_path_filestat_get(ROOT, 0, "t", &after), 0);
    hold("times are exact", after.mtim == before.mtim - 101);
    check("both times",
          __wasi_path_filestat_set_times(ROOT, 0, "t", 0, 0,
                                         __WASI_FSTFLAGS_MTIM | __WASI_FSTFLAGS_MTIM_NOW),
          __WASI_ERRNO_INVAL);
    check("close", __wasi_fd_close(fd), 0);
}

static void opening(void) {
    __wasi_fd_t fd;
    check("mkdir", __wasi_path_create_directory(ROOT, "dir"), 0);
    check("a directory to write",
          __wasi_path_open(ROOT, 0, "dir", __WASI_OFLAGS_DIRECTORY,
                           __WASI_RIGHTS_FD_READ | __WASI_RIGHTS_FD_WRITE, 0, 0, &fd),
          __WASI_ERRNO_ISDIR);
    check("a file as directory",
          __wasi_path_open(ROOT, 0, "t", __WASI_OFLAGS_DIRECTORY, 0, 0, 0, &fd),
          __WASI_ERRNO_NOTDIR);
    check("create and directory",
          __wasi_path_open(ROOT, 0, "x", __WASI_OFLAGS_DIRECTORY | __WASI_OFLAGS_CREAT, 0, 0, 0,
                           &fd),
          __WASI_ERRNO_INVAL);
    check("beneath a file", __wasi_path_open(make("t"), 0, "x", 0, 0, 0, 0, &fd),
          __WASI_ERRNO_NOTDIR);
    check("an absolute path", __wasi_path_open(ROOT, 0, "/t", 0, 0, 0, 0, &fd),
          __WASI_ERRNO_NOTCAPABLE);
    check("an empty path", __wasi_path_open(ROOT, 0, "", 0, 0, 0, 0, &fd), __WASI_ERRNO_NOENT);
    check("dots inside", __wasi_path_open(ROOT, 0, "dir/.././/dir/../t", 0, 0, 0, 0, &fd), 0);
    check("dots outside", __wasi_path_open(ROOT, 0, "dir/../../t", 0, 0, 0, 0, &fd),
          __WASI_ERRNO_NOTCAPABLE);
    check("symlink", __wasi_path_symlink("t", ROOT, "s"), 0);
    check("a link not followed", __wasi_path_open(ROOT, 0, "s", 0, 0, 0, 0, &fd),
          __WASI_ERRNO_LOOP);
    check("a link followed", __wasi_path_open(ROOT, 1, "s", 0, 0, 0, 0, &fd), 0);
    check("exclusive through a link",
          __wasi_path_open(ROOT, 1, "s", __WASI_OFLAGS_CREAT | __WASI_OFLAGS_EXCL, 0, 0, 0, &fd),
          __WASI_ERRNO_EXIST);
    check("a directory to open files in",
          __wasi_path_open(ROOT, 0, "dir", __WASI_OFLAGS_DIRECTORY, __WASI_RIGHTS_PATH_OPEN, 0, 0,
                           &fd), 0);
    check("no right to make files", __wasi_path_open(fd, 0, "n", __WASI_OFLAGS_CREAT, 0, 0, 0, &fd),
          __WASI_ERRNO_NOTCAPABLE);
}

static void reading(void) {
    uint8_t buffer[64];
    __wasi_size_t used;
    __wasi_fd_t fd, file;
    check("a directory of one",
          __wasi_path_open(ROOT, 0, "dir", __WASI_OFLAGS_DIRECTORY, ALL & ~__WASI_RIGHTS_FD_WRITE,
                           ALL, 0, &fd), 0);
    check("a name", __wasi_path_open(fd, 0, "a-name", __WASI_OFLAGS_CREAT, ALL, ALL, 0, &file), 0);
    check("readdir", __wasi_fd_readdir(fd, buffer, sizeof buffer, 0, &used), 0);
    hold("a full buffer", used == sizeof buffer);
    hold("the first is a dot", buffer[16] == 1 && buffer[24] == '.');
    check("from the second on", __wasi_fd_readdir(fd, buffer, sizeof buffer, 2, &used), 0);
    hold("the last one", used == 24 + 6 && !memcmp(buffer + 24, "a-name", 6));
    check("again", __wasi_fd_readdir(fd, buffer, sizeof buffer, 1, &used), 0);
    hold("the middle", used == 24 + 2 + 24 + 6);
    check("behind the end", __wasi_fd_readdir(fd, buffer, sizeof buffer, 100, &used), 0);
    hold("nothing", used == 0);
    check("outside the memory", __wasi_fd_readdir(fd, (uint8_t *)0x7fffff00, 4096, 0, &used),
          __WASI_ERRNO_FAULT);
}

static uint8_t random_bytes[300000];

static void rest(void) {
    __wasi_size_t size;
    __wasi_timestamp_t time;
    check("random", __wasi_random_get(random_bytes, sizeof random_bytes), 0);
    int zeros = 0;
    for (size_t i = 0; i < sizeof random_bytes; i++) {
        zeros += random_bytes[i] == 0;
    }
    hold("randomness", zeros > 500 && zeros < 2500);
    check("a wild pointer", __wasi_random_get((uint8_t *)0xfffffff0, 100), __WASI_ERRNO_FAULT);
    check("a wild clock", __wasi_clock_time_get(7, 0, &time), __WASI_ERRNO_INVAL);
    check("cpu time", __wasi_clock_time_get(__WASI_CLOCKID_PROCESS_CPUTIME_ID, 0, &time), 0);
    check("yield", __wasi_sched_yield(), 0);
    check("poll nothing", __wasi_poll_oneoff(0, 0, 0, &size), __WASI_ERRNO_INVAL);
    check("shutdown", __wasi_sock_shutdown(1, 1), __WASI_ERRNO_NOTSUP);
    check("a directory name too small", __wasi_fd_prestat_dir_name(ROOT, random_bytes, 0),
          __WASI_ERRNO_NAMETOOLONG);
}

int main(void) {
    descriptors();
    times();
    opening();
    reading();
    rest();
    return failures;
}
