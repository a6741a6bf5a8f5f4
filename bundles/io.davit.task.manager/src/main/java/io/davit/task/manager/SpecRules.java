package io.davit.task.manager;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.shim.ShimInfo;
import io.davit.api.task.CreateTask;
import io.davit.api.task.ExecTask;
import io.davit.api.task.UpdateTask;

/** What a request may ask for, checked before anything is done. */
final class SpecRules {
    private final StdioRules stdio;

    SpecRules(StdioRules stdio) {
        this.stdio = stdio;
    }

    /**
     * What the steps need to know of a specification.
     *
     * @param group the group of the host that the user namespace's root group is; negative if none
     * @param idmappedMounts whether a mount is to be idmapped
     */
    record Facts(long group, boolean idmappedMounts) {}

    Facts require(CreateTask request) throws DavitException {
        stdio.require(request.stdio());
        return new Facts(-1, false);
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
        stdio.require(request.stdio());
    }

    void require(UpdateTask request) throws DavitException {
        // limits are checked with the specification
    }
}
