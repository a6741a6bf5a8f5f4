package io.davit.shim.containerd;

/** What every plugin owes, by a newer shim, which speaks version 3. */
class NewerContractTest extends ContainerdContract {
    NewerContractTest() {
        super(Generation.FORKY);
    }
}
