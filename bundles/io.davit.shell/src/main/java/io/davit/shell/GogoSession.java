package io.davit.shell;

import io.davit.api.task.ConsoleSize;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** A caller at a Gogo shell: no input, no terminal, one stream for what is said. */
final class GogoSession implements Session {
    private final SessionOutput out;
    private final Cancellation cancellation = new Cancellation();

    GogoSession(SessionOutput out) {
        this.out = out;
    }

    Cancellation cancellation() {
        return cancellation;
    }

    @Override
    public Path directory() {
        return Path.of("").toAbsolutePath();
    }

    @Override
    public String caller() {
        return "gogo";
    }

    @Override
    public InputStream in() {
        return InputStream.nullInputStream();
    }

    @Override
    public OutputStream out() {
        return out;
    }

    @Override
    public OutputStream err() {
        return out;
    }

    @Override
    public Optional<ConsoleSize> lendTerminal() {
        return Optional.empty();
    }

    @Override
    public void returnTerminal() {
        // There is none.
    }

    @Override
    public void onResize(Consumer<ConsoleSize> listener) {
        // There is nothing to resize.
    }

    @Override
    public void onCancel(Runnable end) {
        cancellation.onCancel(end);
    }

    @Override
    public void patient() {
        // It always is.
    }
}
