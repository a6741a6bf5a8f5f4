package io.davit.mount.manager;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of the mount manager, PID {@code io.davit.mount.manager}. */
@ObjectClassDefinition(
        name = "Davit mount manager",
        description = "Where mounts are recorded and made, and how long to wait for them.")
public @interface MountManagerConfig {
    /**
     * The directory that holds {@code mounts/journal} and {@code mounts/t}.
     *
     * @return an absolute path; empty for {@code davit.state.dir}, else the bundle's own files
     */
    @AttributeDefinition(
            name = "State directory",
            description =
                    "Absolute path; records and mount points lie below it. Empty: the property"
                            + " davit.state.dir, else the bundle's own files.")
    String state_dir() default "";

    /**
     * The directory below which transformers may create something.
     *
     * @return an absolute path; empty for {@code davit.root.dir}, else none
     */
    @AttributeDefinition(
            name = "Root directory",
            description =
                    "Absolute path below which transformers may create something. Empty: the"
                            + " property davit.root.dir, else none.")
    String root_dir() default "";

    /**
     * Further directories below which transformers may create something.
     *
     * @return absolute paths
     */
    @AttributeDefinition(
            name = "Allowed roots",
            description = "More absolute paths below which transformers may create something.")
    String[] allowed_roots() default {};

    /**
     * Directories below which handlers may put mounts, besides the manager's own.
     *
     * @return absolute paths
     */
    @AttributeDefinition(
            name = "Mount roots",
            description =
                    "Absolute paths below which handlers may put mounts, besides the manager's own"
                            + " directory. Records that name other places are put aside.")
    String[] mount_roots() default {};

    /**
     * The longest wait for another call on the same name.
     *
     * @return milliseconds
     */
    @AttributeDefinition(
            name = "Name wait",
            description = "Longest wait for another call on the same name, in milliseconds.")
    long name_wait_millis() default 120_000;

    /**
     * The longest wait for mounts to be undone; the undoing goes on after it.
     *
     * @return milliseconds
     */
    @AttributeDefinition(
            name = "Undo wait",
            description =
                    "Longest wait for mounts to be undone, in milliseconds; the undoing goes on"
                            + " after it.")
    long undo_wait_millis() default 60_000;

    /**
     * Whether a mount that stays busy is detached.
     *
     * @return {@code false} to fail instead
     */
    @AttributeDefinition(
            name = "Detach busy mounts",
            description = "Whether a mount that stays busy is taken out of the tree.")
    boolean lazy_detach() default true;
}
