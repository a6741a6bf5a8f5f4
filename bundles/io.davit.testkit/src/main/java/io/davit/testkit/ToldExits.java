package io.davit.testkit;

import io.davit.api.task.Exit;
import io.davit.api.task.OciBundle;
import io.davit.api.task.TypedValue;
import io.davit.spi.shim.ShimContext;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** The context of a task, which keeps the exits that are told to it. */
final class ToldExits implements ShimContext {
    /** One telling. */
    record Told(String execId, Exit exit) {}

    private final OciBundle bundle;
    private final String runtime;
    private final List<Told> told = new CopyOnWriteArrayList<>();

    ToldExits(OciBundle bundle, String runtime) {
        this.bundle = bundle;
        this.runtime = runtime;
    }

    /** The same task, for somebody who comes later. */
    ToldExits again() {
        return new ToldExits(bundle, runtime);
    }

    /** The different exits that were told of a process: one, if all is well. */
    List<Exit> of(String execId) {
        return told.stream()
                .filter(each -> each.execId().equals(execId))
                .map(Told::exit)
                .distinct()
                .toList();
    }

    @Override
    public OciBundle bundle() {
        return bundle;
    }

    @Override
    public String runtime() {
        return runtime;
    }

    @Override
    public Optional<TypedValue> options() {
        return Optional.empty();
    }

    @Override
    public Optional<String> sandbox() {
        return Optional.empty();
    }

    @Override
    public void exited(String execId, Exit exit) {
        told.add(new Told(execId, exit));
    }

    @Override
    public void outOfMemory() {
        // no contract test runs out of memory
    }

    @Override
    public void reachable(boolean reachable) {
        // asked by nobody
    }
}
