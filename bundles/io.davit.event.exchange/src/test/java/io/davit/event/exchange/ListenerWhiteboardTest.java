package io.davit.event.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.davit.api.task.TaskEvent;
import io.davit.api.task.TaskEventListener;
import io.davit.api.task.TaskId;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Listeners that are services are told what they want, from when they come until they go. */
class ListenerWhiteboardTest {
    private static final TaskId TASK = TaskId.of("t1");
    @TempDir Path directory;
    private final ListenerWhiteboard whiteboard = new ListenerWhiteboard();
    private final BlockingQueue<TaskEvent> told = new LinkedBlockingQueue<>();
    private final TaskEventListener listener = (cursor, event) -> told.add(event);
    private TaskEventExchange exchange;

    @BeforeEach
    void start() {
        exchange = TaskEventExchangeTest.exchange(directory, Map.of());
        whiteboard.bindEvents(exchange);
    }

    @AfterEach
    void stop() {
        exchange.stop();
    }

    private static Map<String, Object> wanting(Object topics) {
        return Map.of("service.id", 7L, ListeningService.TOPICS, topics);
    }

    private static TaskEvent paused(int second) {
        return new TaskEvent.Paused(TASK, Instant.ofEpochSecond(second));
    }

    private static TaskEvent resumed(int second) {
        return new TaskEvent.Resumed(TASK, Instant.ofEpochSecond(second));
    }

    private TaskEvent next() throws InterruptedException {
        TaskEvent event = told.poll(20, TimeUnit.SECONDS);
        assertNotNull(event, "no event in time");
        return event;
    }

    @Test
    void a_listener_is_told_the_topics_it_wants_from_when_it_comes() throws Exception {
        exchange.publish(resumed(1));
        whiteboard.addListener(listener, wanting(new String[] {"/tasks/resumed"}));
        exchange.publish(paused(2));
        exchange.publish(resumed(3));
        assertEquals(resumed(3), next());
        whiteboard.updatedListener(listener, wanting(List.of("/tasks/paused")));
        exchange.publish(resumed(4));
        exchange.publish(paused(5));
        assertEquals(paused(5), next());
    }

    @Test
    void a_star_stands_for_all_topics() throws Exception {
        whiteboard.addListener(listener, wanting("*"));
        exchange.publish(paused(1));
        exchange.publish(resumed(2));
        assertEquals(paused(1), next());
        assertEquals(resumed(2), next());
    }

    @Test
    void a_listener_that_goes_is_told_nothing_more() throws Exception {
        whiteboard.addListener(listener, wanting("*"));
        exchange.publish(paused(1));
        assertEquals(paused(1), next());
        whiteboard.removeListener(listener, wanting("*"));
        BlockingQueue<TaskEvent> others = new LinkedBlockingQueue<>();
        whiteboard.addListener((cursor, event) -> others.add(event), wanting("*"));
        exchange.publish(paused(2));
        assertEquals(paused(2), others.poll(20, TimeUnit.SECONDS));
        assertNull(told.poll());
    }

    @Test
    void nothing_is_missed_or_told_twice_while_the_bus_is_replaced() throws Exception {
        whiteboard.addListener(listener, wanting("*"));
        exchange.publish(paused(1));
        assertEquals(paused(1), next());
        whiteboard.unbindEvents(exchange);
        exchange.publish(paused(2));
        exchange.stop();
        exchange = TaskEventExchangeTest.exchange(directory, Map.of());
        exchange.publish(paused(3));
        whiteboard.bindEvents(exchange);
        assertEquals(paused(2), next());
        assertEquals(paused(3), next());
        exchange.publish(paused(4));
        assertEquals(paused(4), next());
    }
}
