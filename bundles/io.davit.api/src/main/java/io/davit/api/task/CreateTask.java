package io.davit.api.task;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.Mount;
import io.davit.api.names.Identifiers;
import io.davit.api.names.Labels;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What to create. Made with {@link #builder}.
 *
 * @param id the key; not {@code null}
 * @param runtime the name of the runtime, for example {@code io.davit.wasm.v1}; not empty
 * @param spec the OCI specification; not {@code null}
 * @param rootfs the mounts that make up the root filesystem, at most {@link #MOST_MOUNTS}; empty
 *     when the specification's {@code root.path} is used as it is; copied
 * @param stdio the standard streams of the init process; not {@code null}
 * @param labels labels, see {@link Labels}; copied
 * @param options the runtime's options; not {@code null}
 * @param checkpoint the directory of an image to restore from; not {@code null}
 * @param sandbox the id of a task whose shim this one joins; not {@code null}
 * @since 1.0
 */
public record CreateTask(
        TaskId id,
        String runtime,
        OciSpec spec,
        List<Mount> rootfs,
        Stdio stdio,
        Map<String, String> labels,
        Optional<TypedValue> options,
        Optional<Path> checkpoint,
        Optional<String> sandbox) {
    /** The most mounts of a root filesystem. */
    public static final int MOST_MOUNTS = 100;

    /**
     * Checks and copies.
     *
     * @throws DavitException {@code INVALID_ARGUMENT} if the runtime is missing, there are too many
     *     mounts, or a label or the sandbox's id is malformed; {@code PERMISSION_DENIED} for a
     *     label nobody may set
     */
    public CreateTask {
        Objects.requireNonNull(id, "id");
        if (runtime == null || runtime.isEmpty()) {
            throw new DavitException(Kind.INVALID_ARGUMENT, "no runtime name: task=" + id);
        }
        Objects.requireNonNull(spec, "spec");
        if (rootfs.size() > MOST_MOUNTS) {
            throw new DavitException(
                    Kind.INVALID_ARGUMENT,
                    rootfs.size() + " mounts are more than " + MOST_MOUNTS + ": task=" + id);
        }
        rootfs = List.copyOf(rootfs);
        Objects.requireNonNull(stdio, "stdio");
        labels = Labels.require(labels);
        Objects.requireNonNull(options, "options");
        Objects.requireNonNull(checkpoint, "checkpoint");
        sandbox.ifPresent(s -> Identifiers.require("sandbox id", s));
    }

    /**
     * Begins a request with the three things every task needs.
     *
     * @param id the key
     * @param runtime the name of the runtime
     * @param spec the OCI specification
     * @return a builder; never {@code null}
     */
    public static Builder builder(TaskId id, String runtime, OciSpec spec) {
        return new Builder(id, runtime, spec);
    }

    /** Collects what a task may have besides. Confined to one thread. */
    public static final class Builder {
        private final TaskId id;
        private final String runtime;
        private final OciSpec spec;
        private List<Mount> rootfs = List.of();
        private Stdio stdio = Stdio.NONE;
        private Map<String, String> labels = Map.of();
        private Optional<TypedValue> options = Optional.empty();
        private Optional<Path> checkpoint = Optional.empty();
        private Optional<String> sandbox = Optional.empty();

        private Builder(TaskId id, String runtime, OciSpec spec) {
            this.id = id;
            this.runtime = runtime;
            this.spec = spec;
        }

        /**
         * Sets the mounts that make up the root filesystem.
         *
         * @param mounts the mounts, in order
         * @return this
         */
        public Builder rootfs(List<Mount> mounts) {
            this.rootfs = mounts;
            return this;
        }

        /**
         * Sets the standard streams.
         *
         * @param stdio the streams
         * @return this
         */
        public Builder stdio(Stdio stdio) {
            this.stdio = stdio;
            return this;
        }

        /**
         * Sets the labels.
         *
         * @param labels the labels
         * @return this
         */
        public Builder labels(Map<String, String> labels) {
            this.labels = labels;
            return this;
        }

        /**
         * Sets the runtime's options.
         *
         * @param options the options
         * @return this
         */
        public Builder options(TypedValue options) {
            this.options = Optional.of(options);
            return this;
        }

        /**
         * Restores from an image instead of starting anew.
         *
         * @param image the image's directory
         * @return this
         */
        public Builder checkpoint(Path image) {
            this.checkpoint = Optional.of(image);
            return this;
        }

        /**
         * Joins the shim of another task.
         *
         * @param id that task's id
         * @return this
         */
        public Builder sandbox(String id) {
            this.sandbox = Optional.of(id);
            return this;
        }

        /**
         * Makes the request.
         *
         * @return the request; never {@code null}
         * @throws DavitException as {@link CreateTask}'s constructor
         */
        public CreateTask build() {
            return new CreateTask(
                    id, runtime, spec, rootfs, stdio, labels, options, checkpoint, sandbox);
        }
    }
}
