package io.davit.shell;

import io.davit.oci.Json;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One use of a verb: its words, its caller, and what the record shall say it was about. Confined to
 * the thread that runs the verb.
 */
final class Call {
    private final Words words;
    private final Session session;
    private final Notices notices;
    private final Map<String, Object> about = new LinkedHashMap<>();

    Call(Words words, Session session) {
        this.words = words;
        this.session = session;
        this.notices = new Notices(session.err());
    }

    Words words() {
        return words;
    }

    Session session() {
        return session;
    }

    Notices notices() {
        return notices;
    }

    /** Notes for the record what the verb is about; never a secret. */
    void about(String key, Object value) {
        about.put(key, value.toString());
    }

    Map<String, Object> about() {
        return about;
    }

    void print(String text) throws IOException {
        session.out().write(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Prints a value as JSON on a line of its own. */
    void printJson(Object value) throws IOException {
        print(Json.write(value) + "\n");
    }
}
