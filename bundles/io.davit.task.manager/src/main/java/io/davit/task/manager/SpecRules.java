package io.davit.task.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.shim.ShimInfo;
import io.davit.api.task.CreateTask;
import io.davit.api.task.ExecTask;
import io.davit.api.task.UpdateTask;
import io.davit.oci.IdMapping;
import io.davit.oci.LinuxSpec;
import io.davit.oci.ProcessSpec;
import io.davit.oci.Resources;
import io.davit.oci.RuntimeSpec;
import io.davit.oci.SpecMount;
import io.davit.oci.SpecPolicy;

import java.util.Optional;

/** What a request may ask for, checked before anything is done. */
final class SpecRules {
    private final SpecPolicy policy;
    private final StdioRules stdio;

    SpecRules(SpecPolicy policy, StdioRules stdio) {
        this.policy = policy;
        this.stdio = stdio;
    }

    /**
     * What the steps need to know of a specification.
     *
     * @param group the group of the host that the user namespace's root group is; negative if none
     * @param idmappedMounts whether a mount is to be idmapped
     */
    record Facts(long group, boolean idmappedMounts) {}

    /** Checks structure before policy: what is malformed and forbidden is malformed. */
    Facts require(CreateTask request) throws DavitException {
        RuntimeSpec spec = RuntimeSpec.parse(request.spec().json());
        policy.require(spec);
        stdio.require(request.stdio());
        return new Facts(
                group(spec.linux()), spec.mounts().stream().anyMatch(SpecRules::isIdmapped));
    }

    /** Source: containerd's permissions of a bundle with a user namespace. */
    private static long group(Optional<LinuxSpec> linux) {
        return linux.stream()
                .flatMap(l -> l.gidMappings().stream())
                .filter(mapping -> mapping.containerId() == 0)
                .mapToLong(IdMapping::hostId)
                .filter(host -> host > 0 && host <= Integer.MAX_VALUE)
                .findFirst()
                .orElse(-1);
    }

    private static boolean isIdmapped(SpecMount mount) {
        return !mount.uidMappings().isEmpty()
                || !mount.gidMappings().isEmpty()
                || mount.options().contains("idmap")
                || mount.options().contains("ridmap");
    }

    /** Checks what the runtime has to be able to do. */
    void requireFeatures(Facts facts, ShimInfo info) throws DavitException {
        if (facts.idmappedMounts() && !info.features().contains(ShimInfo.IDMAPPED_MOUNTS)) {
            throw new DavitException(
                    Kind.NOT_IMPLEMENTED,
                    "runtime cannot make idmapped mounts: runtime=" + info.runtime());
        }
    }

    void require(ExecTask request) throws DavitException {
        ProcessSpec.parse(request.process().json());
        stdio.require(request.stdio());
    }

    void require(UpdateTask request) throws DavitException {
        policy.require(Resources.parse(request.resources().json()));
    }
}
