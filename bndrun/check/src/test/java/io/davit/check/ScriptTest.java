package io.davit.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The script {@code davit} in a checkout whose path has a space and whose product is built. */
class ScriptTest {
    @TempDir Path directory;
    private Path script;

    @BeforeEach
    void make_a_checkout() throws Exception {
        Path bndrun = directory.resolve("a checkout/bndrun");
        copy(Path.of(System.getProperty("davit.product")), bndrun.resolve(".cache/product"));
        Files.createDirectories(bndrun.resolve("examples"));
        Files.copy(OneShot.example("hello.wasm"), bndrun.resolve("examples/hello.wasm"));
        Files.createDirectory(directory.resolve("a checkout/bundles"));
        Files.createFile(directory.resolve("a checkout/pom.xml"));
        Files.createFile(bndrun.resolve(".cache/product/stamp"));
        script = Files.copy(Path.of(System.getProperty("davit.script")), bndrun.resolve("davit"));
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.walkFileTree(
                from,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(Path d, BasicFileAttributes a)
                            throws IOException {
                        Files.createDirectories(to.resolve(from.relativize(d)));
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path f, BasicFileAttributes a)
                            throws IOException {
                        Files.copy(f, to.resolve(from.relativize(f)));
                        return FileVisitResult.CONTINUE;
                    }
                });
    }

    private Davit.Said run(Path program, Map<String, String> environment, String... args)
            throws Exception {
        List<String> command = new ArrayList<>(List.of("/bin/sh", program.toString()));
        command.addAll(List.of(args));
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().put("XDG_RUNTIME_DIR", directory.toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        return Davit.finish(process, new byte[0]);
    }

    @Test
    void it_runs_through_links_and_archives_classes_once() throws Exception {
        Path link =
                Files.createSymbolicLink(
                        directory.resolve("link"), Path.of("a checkout/bndrun/davit"));
        Path again = Files.createSymbolicLink(directory.resolve("again"), link);
        Davit.Said first =
                run(again, Map.of(), "run", OneShot.example("hello.wasm").toString(), "a b");
        assertEquals("Hello from a WebAssembly task.\nargument 1: a b\n", first.text());
        assertTrue(first.err().contains("preparing the class-data archive"), first.err());
        Davit.Said second = run(again, Map.of(), "run", OneShot.example("hello.wasm").toString());
        assertEquals(0, second.status());
        assertEquals("", second.err());
    }

    @Test
    void a_missing_or_old_java_is_said() throws Exception {
        Davit.Said missing = run(script, Map.of("JAVA_HOME", "/nosuch"), "help");
        assertEquals(125, missing.status());
        assertEquals("davit: JAVA_HOME has no bin/java: JAVA_HOME=/nosuch\n", missing.err());
        Path old = Files.createDirectories(directory.resolve("old/bin")).getParent();
        program(old.resolve("bin/java"), "exit 1");
        Files.writeString(old.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");
        Davit.Said refused = run(script, Map.of("JAVA_HOME", old.toString()), "help");
        assertEquals(125, refused.status());
        assertEquals(
                "davit: Java is too old: need 17 or newer, found 11.0.2 in " + old + "\n",
                refused.err());
    }

    @Test
    void words_are_the_same_bytes_in_the_c_locale() throws Exception {
        Path caller = directory.resolve("caller");
        program(caller, "exec sh '" + script + "' run \"$1\" \"$(printf '\\303\\251')\"");
        String module = OneShot.example("hello.wasm").toString();
        Davit.Said said = run(caller, Map.of("LC_ALL", "C"), module);
        assertTrue(said.text().endsWith("argument 1: \u00e9\n"), said.text());
    }

    @Test
    void without_a_verb_it_explains_itself() throws Exception {
        assertTrue(run(script, Map.of()).text().startsWith("usage: davit run"));
    }

    @Test
    void a_changed_source_needs_a_build_and_a_build_needs_maven() throws Exception {
        Path source = directory.resolve("a checkout/bundles/x/src/main/java");
        Files.createDirectories(source);
        Files.setLastModifiedTime(
                directory.resolve("a checkout/bndrun/.cache/product/stamp"),
                FileTime.fromMillis(0));
        Davit.Said ended = run(script, Map.of("PATH", path()), "help");
        assertEquals(125, ended.status());
        assertTrue(ended.err().contains("no mvn on the PATH"), ended.err());
    }

    /** A path with what the script needs, but no Maven. */
    private String path() throws IOException {
        Path bin = Files.createDirectory(directory.resolve("bin"));
        for (String each : List.of("dirname", "readlink", "find", "head", "mkdir", "rm", "cat")) {
            Path real = Path.of("/bin", each);
            Path tool = Files.exists(real) ? real : Path.of("/usr/bin", each);
            program(bin.resolve(each), "exec " + tool + " \"$@\"");
        }
        return bin.toString();
    }

    private static void program(Path file, String line) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + line + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }
}
