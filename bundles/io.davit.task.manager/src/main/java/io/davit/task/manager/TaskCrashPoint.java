package io.davit.task.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.journal.CrashPoint;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
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
    SHIM_DELETED,
    /** The mounts are undone, the bundle directory is there. */
    MOUNTS_UNDONE,
    /** Nothing is left but the record. */
    BUNDLE_REMOVED;

    /** Makes a call; in a process that is to be killed here, the call goes on meanwhile. */
    <T> T during(Supplier<T> call) throws DavitException {
        if (!armed()) {
            return call.get();
        }
        FutureTask<T> beside = new FutureTask<>(call::get);
        Thread caller = new Thread(beside, "davit-crash-" + name());
        caller.setDaemon(true);
        caller.start();
        hit();
        return answer(beside);
    }

    private <T> T answer(FutureTask<T> beside) throws DavitException {
        try {
            return beside.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DavitException failure) {
                throw failure;
            }
            throw new IllegalStateException("call failed: point=" + name(), e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DavitException(Kind.CANCELLED, "interrupted: point=" + name(), e);
        }
    }
}
