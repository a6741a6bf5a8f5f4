package io.davit.mount.manager;

import io.davit.journal.CrashPoint;

/** The places at which tests kill a process that activates or deactivates mounts. */
enum MountCrashPoint implements CrashPoint {
    /** A number is taken, nothing is recorded. */
    MOUNT_BEFORE_INTENT,
    /** The intent is written, nothing is done. */
    MOUNT_AFTER_INTENT,
    /** The activation has its directory. */
    MOUNT_DIRECTORY_MADE,
    /** What a transformer is about to make is noted durably; hit once a note. */
    MOUNT_NOTED,
    /** The transformers of a mount have done their work; hit once a mount. */
    MOUNT_TRANSFORMED,
    /** The type of a mount is written beside its mount point; hit once a mount. */
    MOUNT_TYPE_WRITTEN,
    /** A mount is made and not yet confirmed; hit once a mount. */
    MOUNTED,
    /** A mount is confirmed, maybe not durably; hit once a mount. */
    MOUNT_CONFIRMED,
    /** Everything is mounted and transformed. */
    MOUNT_BEFORE_COMPLETE,
    /** The activation is durable, the caller does not know. */
    MOUNT_COMPLETE,
    /** A deactivation was asked for, nothing is recorded. */
    UNMOUNT_BEFORE_INTENT,
    /** It is written that the name is given up, nothing is unmounted. */
    UNMOUNT_AFTER_INTENT,
    /** A mount is gone and not yet recorded so; hit once a mount. */
    UNMOUNTED,
    /** What a transformer made is taken back and not yet recorded so; hit once a note. */
    UNMOUNT_TAKEN_BACK,
    /** All mounts are gone, the directory is there. */
    UNMOUNT_BEFORE_DIRECTORY,
    /** The directory is gone, the record is there. */
    UNMOUNT_BEFORE_FORGOTTEN,
    /** The record is gone, maybe not durably. */
    UNMOUNT_FORGOTTEN
}
