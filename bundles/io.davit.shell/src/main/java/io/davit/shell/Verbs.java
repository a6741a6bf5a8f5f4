package io.davit.shell;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.names.Texts;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds the verb of a command line, runs it, and says what went wrong. */
final class Verbs {
    private static final Logger LOG = LoggerFactory.getLogger(Verbs.class);
    private static final int INTERRUPTED = 130;

    private final Map<String, Verb> verbs;
    private final Audit audit;

    /**
     * Takes the verbs.
     *
     * @param verbs by name; one of two words is {@code task kill}, for example
     * @param audit keeps the record
     */
    Verbs(Map<String, Verb> verbs, Audit audit) {
        this.verbs = Map.copyOf(verbs);
        this.audit = audit;
    }

    Set<String> names() {
        return verbs.keySet();
    }

    /**
     * Runs a command line.
     *
     * @return its status; a failure was told on standard error
     */
    int run(List<String> line, Session session) {
        String name = name(line);
        Verb verb = verbs.get(name);
        Notices notices = new Notices(session.err());
        Call call;
        try {
            Optional<String> help = Usage.asked(line);
            if (help.isPresent()) {
                return tell(help.get(), session);
            }
            if (verb == null) {
                throw new CommandFailure(CommandFailure.FAILED, unknown(line));
            }
            int words = name.indexOf(' ') < 0 ? 1 : 2;
            call = new Call(Words.read(verb.syntax(), line.subList(words, line.size())), session);
        } catch (CommandFailure e) {
            notices.say((verb == null ? "" : name + ": ") + e.getMessage());
            return e.status();
        }
        return run(name, verb, call);
    }

    private static int tell(String text, Session session) {
        try {
            session.out().write(text.getBytes(StandardCharsets.UTF_8));
            return 0;
        } catch (IOException e) {
            LOG.debug("caller has gone", e);
            return CommandFailure.FAILED;
        }
    }

    @SuppressWarnings("checkstyle:IllegalCatch") // a defect must not look like a task's status
    private int run(String name, Verb verb, Call call) {
        String failure = "";
        int status;
        try {
            status = verb.action().run(call);
        } catch (CommandFailure e) {
            failure = e.getMessage();
            status = e.status();
        } catch (DavitException e) {
            failure = e.getMessage();
            status = e.kind() == Kind.CANCELLED ? INTERRUPTED : CommandFailure.FAILED;
        } catch (InterruptedException e) {
            failure = "interrupted";
            status = INTERRUPTED;
        } catch (IOException e) {
            failure = "caller has gone: " + e.getMessage();
            status = CommandFailure.FAILED;
        } catch (RuntimeException e) {
            LOG.error("defect: verb={}", name, e);
            failure = "this is a defect of Davit: " + e;
            status = CommandFailure.FAILED;
        }
        Thread.interrupted(); // whoever asked for the end has it
        if (verb.recorded()) {
            audit.record(call.session().caller(), name, call.about(), status, failure);
        }
        if (!failure.isEmpty() && status != INTERRUPTED) {
            call.notices().say(failure);
        }
        return status;
    }

    private String name(List<String> line) {
        String first = line.isEmpty() ? "" : line.get(0);
        return verbs.containsKey(first) || line.size() < 2 ? first : first + " " + line.get(1);
    }

    private String unknown(List<String> line) {
        String first = line.isEmpty() ? "" : line.get(0);
        String seconds =
                verbs.keySet().stream()
                        .filter(name -> name.startsWith(first + " "))
                        .map(name -> name.substring(first.length() + 1))
                        .sorted()
                        .collect(Collectors.joining(", "));
        if (seconds.isEmpty()) {
            return "unknown command " + Texts.quote(first) + "; see: davit help";
        }
        return line.size() < 2
                ? first + " needs one of: " + seconds
                : "unknown command "
                        + Texts.quote(first + " " + line.get(1))
                        + "; there are: "
                        + seconds;
    }
}
