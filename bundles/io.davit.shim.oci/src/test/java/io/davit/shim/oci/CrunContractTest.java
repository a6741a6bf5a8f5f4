package io.davit.shim.oci;

/** What every plugin owes, by crun. */
class CrunContractTest extends OciContract {
    @Override
    protected String runtime() {
        return OciPlugin.CRUN;
    }
}
