package io.davit.shim.containerd;

/** What every plugin owes, by the installed shim, which speaks version 2. */
class InstalledContractTest extends ContainerdContract {
    InstalledContractTest() {
        super(Generation.INSTALLED);
    }
}
