package io.davit.shim.wasm;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.mount.Mount;
import io.davit.api.task.OciBundle;
import io.davit.api.task.OciProcess;
import io.davit.api.task.OciResources;
import io.davit.oci.ProcessSpec;
import io.davit.oci.Resources;
import io.davit.oci.RuntimeSpec;
import io.davit.oci.SpecMount;
import io.davit.oci.SpecRoot;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Reads what a task's specification asks of this runtime, and refuses what it cannot give. */
final class SpecReader {
    private static final long LARGEST = 1 << 20;

    private SpecReader() {}

    /**
     * Reads the specification of a task.
     *
     * @throws DavitException {@code INVALID_ARGUMENT} if it is malformed; {@code NOT_IMPLEMENTED}
     *     naming the fields that ask for what this runtime cannot give
     */
    static GuestSpec read(OciBundle bundle) throws DavitException {
        RuntimeSpec spec = RuntimeSpec.parse(content(bundle.config()));
        new SpecRefusals(bundle.path()).check(spec);
        List<Mount> mounts = new ArrayList<>(spec.mounts().size());
        for (SpecMount each : spec.mounts()) {
            mounts.add(
                    new Mount(
                            each.type().orElse(""),
                            each.source().orElse(""),
                            each.destination(),
                            each.options()));
        }
        return new GuestSpec(
                program(spec.process()),
                bundle.path().resolve(spec.root().map(SpecRoot::path).orElse("rootfs")),
                spec.root().map(SpecRoot::readonly).orElse(false),
                mounts,
                spec.linux()
                        .flatMap(linux -> linux.resources())
                        .map(SpecReader::memory)
                        .orElse(-1L));
    }

    private static byte[] content(Path config) throws DavitException {
        try {
            if (Files.size(config) > LARGEST) {
                throw new DavitException(
                        Kind.INVALID_ARGUMENT, "specification is larger than 1 MiB: " + config);
            }
            return Files.readAllBytes(config);
        } catch (IOException e) {
            throw new DavitException(Kind.INTERNAL, "cannot read specification: " + config, e);
        }
    }

    /**
     * Reads the specification of a further process.
     *
     * @throws DavitException as {@link #read(OciBundle)}
     */
    static GuestProgram read(OciProcess process, Path bundle) throws DavitException {
        ProcessSpec spec = ProcessSpec.parse(process.json());
        new SpecRefusals(bundle).check(spec);
        return program(spec);
    }

    /**
     * Reads new limits: the most linear memory in bytes, or -1 if they do not say.
     *
     * @throws DavitException as {@link #read(OciBundle)}
     */
    static long memoryLimit(OciResources resources) throws DavitException {
        Resources read = Resources.parse(resources.json());
        SpecRefusals.check(read);
        return memory(read);
    }

    private static long memory(Resources resources) {
        OptionalLong limit = resources.memoryLimit();
        if (limit.isEmpty()) {
            return -1;
        }
        // Without a limit there is still the one that all processes share.
        return limit.getAsLong() < 0 ? Long.MAX_VALUE : limit.getAsLong();
    }

    private static GuestProgram program(ProcessSpec process) {
        List<String> environment = new ArrayList<>(process.env());
        boolean elsewhere = !process.cwd().equals("/");
        if (elsewhere && environment.stream().noneMatch(each -> each.startsWith("PWD="))) {
            environment.add("PWD=" + process.cwd());
        }
        return new GuestProgram(process.args(), environment, process.cwd());
    }
}
