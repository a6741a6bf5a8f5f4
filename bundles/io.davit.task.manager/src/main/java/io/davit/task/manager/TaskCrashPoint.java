package io.davit.task.manager;

import io.davit.journal.CrashPoint;

import java.util.function.Supplier;

/** The places at which tests kill the process, one for each step after which something is left. */
enum TaskCrashPoint implements CrashPoint {
    /** Before the intent is in the journal. */
    BEFORE_INTENT,
    /** After the intent, before the bundle directory. */
    AFTER_INTENT,
    /** The bundle directory is there, without its config.json. */
    BUNDLE_MADE,
    /** The mounts are active, no shim was started. */
    BEFORE_FORK,
    /** The shim answered, nothing was recorded about it. */
    ANSWERED,
    /** The shim is creating the task. */
    CREATE_SENT,
    /** The shim has created the task, and that was not recorded. */
    CREATED_UNRECORDED,
    /** The shim is starting the process. */
    START_SENT,
    /** The shim is sending the signal. */
    KILL_SENT,
    /** The shim has deleted the task, and that was not recorded. */
    SHIM_DELETED;

    /** Makes a call; in a process that is to be killed here, the call goes on meanwhile. */
    <T> T during(Supplier<T> call) {
        if (armed()) {
            Thread caller = new Thread(call::get, "davit-crash-" + name());
            caller.setDaemon(true);
            caller.start();
            hit();
        }
        return call.get();
    }
}
