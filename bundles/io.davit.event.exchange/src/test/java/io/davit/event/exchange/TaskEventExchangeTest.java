package io.davit.event.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.Exit;
import io.davit.api.task.TaskEvent;
import io.davit.api.task.TaskEventBus;
import io.davit.api.task.TaskEventFilter;
import io.davit.api.task.TaskEventListener;
import io.davit.api.task.TaskId;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;
import org.osgi.util.converter.Converters;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Events are told in order, from any cursor on, once, and never hold up who publishes. */
class TaskEventExchangeTest {
    private static final TaskId TASK = TaskId.of("t1");
    @TempDir Path directory;

    private TaskEventExchange exchange(Map<String, Object> config) {
        return exchange(directory, config);
    }

    /** An exchange that has begun, without a framework. */
    static TaskEventExchange exchange(Path directory, Map<String, Object> config) {
        BundleContext context =
                (BundleContext)
                        Proxy.newProxyInstance(
                                TaskEventExchangeTest.class.getClassLoader(),
                                new Class<?>[] {BundleContext.class},
                                (proxy, method, args) ->
                                        method.getName().equals("getDataFile")
                                                ? directory.toFile()
                                                : null);
        TaskEventExchange exchange =
                new TaskEventExchange(
                        context,
                        Converters.standardConverter()
                                .convert(config)
                                .to(TaskEventExchange.Config.class));
        exchange.start();
        return exchange;
    }

    private static TaskEvent paused(int second) {
        return new TaskEvent.Paused(TASK, Instant.ofEpochSecond(second));
    }

    private static TaskEvent take(BlockingQueue<TaskEvent> told) throws InterruptedException {
        TaskEvent event = told.poll(20, TimeUnit.SECONDS);
        assertTrue(event != null, "no event in time");
        return event;
    }

    @Test
    @SuppressWarnings("try") // the subscription is only closed
    void events_are_told_in_order_to_who_subscribed() throws Exception {
        TaskEventExchange exchange = exchange(Map.of("durable", false));
        BlockingQueue<TaskEvent> told = new LinkedBlockingQueue<>();
        try (TaskEventBus.Subscription open =
                exchange.subscribe(
                        TaskEventFilter.ALL,
                        TaskEventBus.NOW,
                        (cursor, event) -> told.add(event))) {
            for (int i = 0; i < 100; i++) {
                exchange.publish(paused(i));
            }
            for (int i = 0; i < 100; i++) {
                assertEquals(paused(i), take(told));
            }
        } finally {
            exchange.stop();
        }
    }

    @Test
    void a_cursor_leads_to_what_came_after_it() throws Exception {
        TaskEventExchange exchange = exchange(Map.of("durable", false));
        try {
            exchange.publish(paused(1));
            long cursor = exchange.publish(paused(2));
            exchange.publish(paused(3));
            BlockingQueue<TaskEvent> told = new LinkedBlockingQueue<>();
            exchange.subscribe(TaskEventFilter.ALL, cursor, (c, event) -> told.add(event));
            assertEquals(paused(3), take(told));
        } finally {
            exchange.stop();
        }
    }

    @Test
    void a_filter_keeps_other_tasks_away() throws Exception {
        TaskEventExchange exchange = exchange(Map.of("durable", false));
        try {
            BlockingQueue<TaskEvent> told = new LinkedBlockingQueue<>();
            exchange.subscribe(
                    TaskEventFilter.of(TASK), TaskEventBus.NOW, (c, event) -> told.add(event));
            exchange.publish(new TaskEvent.Paused(TaskId.of("other"), Instant.EPOCH));
            exchange.publish(paused(1));
            assertEquals(paused(1), take(told));
        } finally {
            exchange.stop();
        }
    }

    @Test
    void an_exit_is_told_once() throws Exception {
        TaskEventExchange exchange = exchange(Map.of("durable", false));
        try {
            BlockingQueue<TaskEvent> told = new LinkedBlockingQueue<>();
            exchange.subscribe(
                    TaskEventFilter.ALL, TaskEventBus.NOW, (c, event) -> told.add(event));
            TaskEvent exit = new TaskEvent.Exited(TASK, "", Exit.of(1, 7, Instant.EPOCH));
            exchange.publish(exit);
            exchange.publish(exit);
            exchange.publish(paused(1));
            assertEquals(exit, take(told));
            assertEquals(paused(1), take(told));
        } finally {
            exchange.stop();
        }
    }

    /** Reaches the present, then holds up until it may go on. */
    private static final class SlowListener implements TaskEventListener {
        private final CountDownLatch present = new CountDownLatch(1);
        private final CountDownLatch go = new CountDownLatch(1);
        private final CountDownLatch lost = new CountDownLatch(1);

        @Override
        public void onTaskEvent(long cursor, TaskEvent event) {
            if (present.getCount() > 0) {
                present.countDown();
                return;
            }
            try {
                go.await(20, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void onTaskEventsLost(long from, long to) {
            lost.countDown();
        }
    }

    /** Takes part until it was told of a cursor, so that all before it may be told to others. */
    private static void awaitTold(TaskEventExchange exchange, long last) throws Exception {
        BlockingQueue<Long> told = new LinkedBlockingQueue<>();
        exchange.subscribe(
                TaskEventFilter.ALL, TaskEventBus.OLDEST, (cursor, event) -> told.add(cursor));
        Long cursor = told.poll(20, TimeUnit.SECONDS);
        while (cursor != null && cursor < last) {
            cursor = told.poll(20, TimeUnit.SECONDS);
        }
        assertEquals(last, cursor);
    }

    @Test
    void a_listener_that_is_too_slow_is_told_what_it_lost() throws Exception {
        TaskEventExchange exchange = exchange(Map.of("durable", false, "queue.length", 16));
        SlowListener slow = new SlowListener();
        try {
            exchange.subscribe(TaskEventFilter.ALL, TaskEventBus.NOW, slow);
            // who has not reached the present yet is told all that is kept
            exchange.publish(paused(1000));
            assertTrue(slow.present.await(20, TimeUnit.SECONDS));
            long last = 0;
            for (int i = 0; i < 100; i++) {
                last = exchange.publish(paused(i));
            }
            awaitTold(exchange, last);
            slow.go.countDown();
            assertTrue(slow.lost.await(20, TimeUnit.SECONDS));
        } finally {
            slow.go.countDown();
            exchange.stop();
        }
    }

    @Test
    void a_listener_that_throws_is_told_the_next_event() throws Exception {
        TaskEventExchange exchange = exchange(Map.of("durable", false));
        try {
            BlockingQueue<TaskEvent> told = new LinkedBlockingQueue<>();
            exchange.subscribe(
                    TaskEventFilter.ALL,
                    TaskEventBus.NOW,
                    (c, event) -> {
                        told.add(event);
                        throw new IllegalStateException("listener is broken");
                    });
            exchange.publish(paused(1));
            exchange.publish(paused(2));
            assertEquals(List.of(paused(1), paused(2)), List.of(take(told), take(told)));
        } finally {
            exchange.stop();
        }
    }

    @Test
    void durable_events_are_told_after_a_restart() throws Exception {
        Map<String, Object> config = Map.of("root.dir", directory.toString());
        TaskEventExchange before = exchange(config);
        BlockingQueue<TaskEvent> told = new LinkedBlockingQueue<>();
        before.subscribe(TaskEventFilter.ALL, TaskEventBus.NOW, (c, event) -> told.add(event));
        before.publish(paused(1));
        assertEquals(paused(1), take(told));
        before.stop();
        assertEquals(
                Kind.UNAVAILABLE,
                assertThrows(DavitException.class, () -> before.publish(paused(2))).kind());
        TaskEventExchange after = exchange(config);
        try {
            after.subscribe(
                    TaskEventFilter.ALL, TaskEventBus.OLDEST, (c, event) -> told.add(event));
            assertEquals(paused(1), take(told));
        } finally {
            after.stop();
        }
    }
}
