package io.davit.shim.wasm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A guest cannot leave its files while somebody exchanges its directories either. */
class RaceTest {
    @TempDir Path directory;
    private Sandbox sandbox;
    private Path host;
    private Path outside;
    private Map<String, String> before;

    @BeforeEach
    void open() throws IOException {
        sandbox = new Sandbox(directory).with("racer");
        host = Files.createDirectories(directory.resolve("host"));
        outside = Files.createDirectories(directory.resolve("outside"));
        Files.writeString(outside.resolve("secret"), "secret");
        Files.createDirectories(outside.resolve("dir"));
        Files.createDirectories(host.resolve("deep/er"));
        Files.writeString(host.resolve("own"), "own");
        before = snapshot();
        sandbox.bind(host, "/h");
    }

    @AfterEach
    void nothing_outside_has_changed() throws IOException {
        sandbox.close();
        try (var files = Files.walk(directory)) {
            for (Path each : files.filter(Files::isSymbolicLink).toList()) {
                Files.delete(each);
            }
        }
        assertEquals(before, snapshot());
    }

    private Map<String, String> snapshot() throws IOException {
        Map<String, String> all = new TreeMap<>();
        try (var files = Files.walk(outside)) {
            for (Path each : files.toList()) {
                Map<String, Object> known =
                        Files.readAttributes(
                                each,
                                "unix:size,mode,nlink,lastModifiedTime,ctime,ino",
                                LinkOption.NOFOLLOW_LINKS);
                all.put(outside.relativize(each).toString(), new TreeMap<>(known).toString());
            }
        }
        return all;
    }

    /** Exchanges a directory and a link that leads out as fast as it can. */
    private void exchange(AtomicBoolean stop, boolean absolute) throws IOException {
        Path target = absolute ? outside : Path.of("../outside");
        Path d = host.resolve("d");
        Path real = directory.resolve("real");
        Path link = directory.resolve("exchange");
        Files.createDirectories(real);
        Files.createSymbolicLink(link, target);
        while (!stop.get()) {
            Files.move(real, d, StandardCopyOption.ATOMIC_MOVE);
            Thread.onSpinWait();
            Files.move(d, real, StandardCopyOption.ATOMIC_MOVE);
            Files.move(link, d, StandardCopyOption.ATOMIC_MOVE);
            Thread.onSpinWait();
            Files.move(d, link, StandardCopyOption.ATOMIC_MOVE);
        }
    }

    private void race(boolean absolute) throws Exception {
        AtomicBoolean stop = new AtomicBoolean();
        Throwable[] failure = new Throwable[1];
        Thread swapper =
                new Thread(
                        () -> {
                            try {
                                exchange(stop, absolute);
                            } catch (IOException e) {
                                failure[0] = e;
                            }
                        });
        swapper.start();
        Sandbox.Result result;
        try {
            result = sandbox.run("/racer.wasm", "1500");
        } finally {
            stop.set(true);
            swapper.join(TimeUnit.SECONDS.toMillis(20));
        }
        assertEquals(null, failure[0]);
        assertEquals("worked\n", result.out());
        assertTrue(
                Files.exists(host.resolve("own")) || Files.exists(directory.resolve("real/own")));
    }

    @Test
    void exchanging_a_directory_for_an_absolute_link_at_any_moment_leads_nowhere()
            throws Exception {
        race(true);
    }

    @Test
    void exchanging_a_directory_for_a_relative_link_at_any_moment_leads_nowhere() throws Exception {
        race(false);
    }
}
