package io.davit.shim.wasm;

import run.endive.wasm.types.FunctionType;
import run.endive.wasm.types.ValType;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The functions of WASI preview 1: the name of a constant in lower case is the function's name. The
 * signature is a letter a parameter, {@code i} for 32 bits and {@code j} for 64; the result is an
 * error number, but for {@link #PROC_EXIT}.
 */
enum WasiFunction {
    ARGS_GET("ii", WasiGroup.PROCESS),
    ARGS_SIZES_GET("ii", WasiGroup.PROCESS),
    ENVIRON_GET("ii", WasiGroup.PROCESS),
    ENVIRON_SIZES_GET("ii", WasiGroup.PROCESS),
    CLOCK_RES_GET("ii", WasiGroup.PROCESS),
    CLOCK_TIME_GET("iji", WasiGroup.PROCESS),
    FD_ADVISE("ijji", WasiGroup.FD),
    FD_ALLOCATE("ijj", WasiGroup.FD),
    FD_CLOSE("i", WasiGroup.FD),
    FD_DATASYNC("i", WasiGroup.FD),
    FD_FDSTAT_GET("ii", WasiGroup.FD),
    FD_FDSTAT_SET_FLAGS("ii", WasiGroup.FD),
    FD_FDSTAT_SET_RIGHTS("ijj", WasiGroup.FD),
    FD_FILESTAT_GET("ii", WasiGroup.FD),
    FD_FILESTAT_SET_SIZE("ij", WasiGroup.FD),
    FD_FILESTAT_SET_TIMES("ijji", WasiGroup.FD),
    FD_PREAD("iiiji", WasiGroup.TRANSFER),
    FD_PRESTAT_GET("ii", WasiGroup.FD),
    FD_PRESTAT_DIR_NAME("iii", WasiGroup.FD),
    FD_PWRITE("iiiji", WasiGroup.TRANSFER),
    FD_READ("iiii", WasiGroup.TRANSFER),
    FD_READDIR("iiiji", WasiGroup.TRANSFER),
    FD_RENUMBER("ii", WasiGroup.FD),
    FD_SEEK("ijii", WasiGroup.TRANSFER),
    FD_SYNC("i", WasiGroup.FD),
    FD_TELL("ii", WasiGroup.TRANSFER),
    FD_WRITE("iiii", WasiGroup.TRANSFER),
    PATH_CREATE_DIRECTORY("iii", WasiGroup.PATH),
    PATH_FILESTAT_GET("iiiii", WasiGroup.PATH),
    PATH_FILESTAT_SET_TIMES("iiiijji", WasiGroup.PATH),
    PATH_LINK("iiiiiii", WasiGroup.PATH),
    PATH_OPEN("iiiiijjii", WasiGroup.PATH),
    PATH_READLINK("iiiiii", WasiGroup.PATH),
    PATH_REMOVE_DIRECTORY("iii", WasiGroup.PATH),
    PATH_RENAME("iiiiii", WasiGroup.PATH),
    PATH_SYMLINK("iiiii", WasiGroup.PATH),
    PATH_UNLINK_FILE("iii", WasiGroup.PATH),
    POLL_ONEOFF("iiii", WasiGroup.PROCESS),
    PROC_EXIT("i", WasiGroup.PROCESS),
    PROC_RAISE("i", WasiGroup.PROCESS),
    SCHED_YIELD("", WasiGroup.PROCESS),
    RANDOM_GET("ii", WasiGroup.PROCESS),
    SOCK_ACCEPT("iii", WasiGroup.SOCKET),
    SOCK_RECV("iiiiii", WasiGroup.SOCKET),
    SOCK_SEND("iiiii", WasiGroup.SOCKET),
    SOCK_SHUTDOWN("ii", WasiGroup.SOCKET);

    /** The module they are imported from. */
    static final String MODULE = "wasi_snapshot_preview1";

    private final String signature;
    private final WasiGroup group;

    WasiFunction(String signature, WasiGroup group) {
        this.signature = signature;
        this.group = group;
    }

    WasiGroup group() {
        return group;
    }

    /** Finds a function by its name in a module, or returns {@code null}. */
    static WasiFunction named(String name) {
        for (WasiFunction each : values()) {
            if (each.name().length() == name.length()
                    && each.name().toLowerCase(Locale.ROOT).equals(name)) {
                return each;
            }
        }
        return null;
    }

    FunctionType type() {
        List<ValType> parameters = new ArrayList<>();
        for (int i = 0; i < signature.length(); i++) {
            parameters.add(signature.charAt(i) == 'i' ? ValType.I32 : ValType.I64);
        }
        return FunctionType.of(parameters, this == PROC_EXIT ? List.of() : List.of(ValType.I32));
    }
}
