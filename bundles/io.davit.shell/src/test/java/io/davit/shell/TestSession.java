package io.davit.shell;

import io.davit.api.task.ConsoleSize;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;

/** A caller without input or terminal that keeps what it is told. */
final class TestSession implements Session {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    String outText() {
        return out.toString(StandardCharsets.UTF_8);
    }

    String errText() {
        return err.toString(StandardCharsets.UTF_8);
    }

    @Override
    public Path directory() {
        return Path.of("/");
    }

    @Override
    public String caller() {
        return "tester";
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
        return err;
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
        // Nobody cancels.
    }

    @Override
    public void patient() {
        // It always is.
    }
}
