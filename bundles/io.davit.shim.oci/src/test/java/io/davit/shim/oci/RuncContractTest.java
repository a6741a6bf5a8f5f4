package io.davit.shim.oci;

/** What every plugin owes, by runc. */
class RuncContractTest extends OciContract {
    @Override
    protected String runtime() {
        return OciPlugin.RUNC;
    }
}
