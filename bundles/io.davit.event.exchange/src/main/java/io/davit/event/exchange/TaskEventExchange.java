package io.davit.event.exchange;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.TaskEvent;
import io.davit.api.task.TaskEventBus;
import io.davit.api.task.TaskEventFilter;
import io.davit.api.task.TaskEventListener;
import io.davit.event.exchange.History.Entry;

import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/** The event exchange as a service. */
@Component(name = "io.davit.event.exchange", immediate = true)
@Designate(ocd = TaskEventExchange.Config.class)
public final class TaskEventExchange implements TaskEventBus {
    private static final Logger LOG = LoggerFactory.getLogger(TaskEventExchange.class);
    private static final Duration STOP = Duration.ofSeconds(2);

    private final int mostWaiting;
    private final History history;
    private final EventStore store;
    private final Dispatcher dispatcher;

    /** Guarded by this, which also orders what is appended to the history. */
    private final ToldOnce told = new ToldOnce();

    /** Guarded by this. */
    private boolean stopped;

    /** Configuration. */
    @ObjectClassDefinition(name = "Davit event exchange")
    public @interface Config {
        /** How many events are kept for those who ask later. */
        @AttributeDefinition(description = "events that are kept, 16 to 1000000")
        int kept_events() default 10_000;

        /** How many events may wait for one listener before it loses some. */
        @AttributeDefinition(description = "events that may wait for one listener")
        int queue_length() default 1024;

        /** Whether events survive a restart. */
        @AttributeDefinition(description = "whether events survive a restart")
        boolean durable() default true;

        /** The directory below which the events are kept. */
        @AttributeDefinition(
                description =
                        "absolute path; empty: the property davit.root.dir, else the bundle's")
        String root_dir() default "";
    }

    @Activate
    public TaskEventExchange(BundleContext context, Config config) {
        int kept = within(config.kept_events(), 16, 1_000_000, 10_000, "kept.events");
        this.mostWaiting = within(config.queue_length(), 1, kept, 1024, "queue.length");
        this.history = new History(kept, System.currentTimeMillis() * 1000);
        this.store =
                config.durable()
                        ? EventStore.open(directory(context, config), this::restore)
                        : EventStore.inMemory();
        this.dispatcher = new Dispatcher(history, store);
    }

    private static int within(int value, int least, int most, int otherwise, String key) {
        if (value >= least && value <= most) {
            return value;
        }
        LOG.error(
                "configuration refused: pid=io.davit.event.exchange {}={} used={}",
                key,
                value,
                otherwise);
        return otherwise;
    }

    private static Path directory(BundleContext context, Config config) {
        String root = config.root_dir();
        if (root.isEmpty()) {
            root = Objects.requireNonNullElse(context.getProperty("davit.root.dir"), "");
        }
        Path path =
                root.isEmpty() ? context.getDataFile("").toPath().toAbsolutePath() : Path.of(root);
        return path.resolve("events");
    }

    private synchronized void restore(Entry entry) {
        told.note(entry.event());
        forget(history.restore(entry.cursor(), entry.event()));
    }

    private void forget(Entry old) {
        if (old != null) {
            told.forget(old.event());
        }
    }

    @Activate
    void start() {
        dispatcher.start();
    }

    @Deactivate
    void stop() {
        synchronized (this) {
            stopped = true;
        }
        dispatcher.stop(STOP);
        store.close();
    }

    @Override
    public synchronized long publish(TaskEvent event) throws DavitException {
        if (stopped) {
            throw new DavitException(Kind.UNAVAILABLE, "event exchange has stopped");
        }
        if (told.note(Objects.requireNonNull(event, "event"))) {
            forget(history.append(event));
        }
        return history.last();
    }

    @Override
    public Subscription subscribe(TaskEventFilter filter, long after, TaskEventListener listener) {
        Objects.requireNonNull(filter, "filter");
        Objects.requireNonNull(listener, "listener");
        long last = history.last();
        long place = after == NOW || after > last ? last : Math.max(after, OLDEST);
        if (after == OLDEST) {
            place = history.forgotten();
        }
        EventSubscription subscription =
                new EventSubscription(
                        new EventSubscription.Terms(history, mostWaiting, dispatcher::remove),
                        filter,
                        place,
                        listener);
        dispatcher.add(subscription);
        return subscription;
    }
}
