package io.davit.shim.containerd;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;

import io.davit.api.task.Stdio;
import io.davit.shim.containerd.wire.Events.TaskNamed;
import io.davit.shim.containerd.wire.Forwarding.ForwardRequest;
import io.davit.shim.containerd.wire.Types.Envelope;
import io.davit.ttrpc.CallOptions;
import io.davit.ttrpc.TtrpcClient;
import io.davit.ttrpc.TtrpcMethod;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Events from peers that are not to be trusted. */
@Timeout(300)
class EventServiceTest {
    private static final TtrpcMethod<ForwardRequest, Empty> FORWARD =
            TtrpcMethod.unary(
                    "containerd.services.events.ttrpc.v1.Events",
                    "Forward",
                    ForwardRequest.getDefaultInstance(),
                    Empty.getDefaultInstance());

    private World world;
    private TestContext context;
    private TestContext other;
    private TtrpcClient client;
    private long acceptedBefore;
    private long droppedBefore;

    @BeforeEach
    void open() throws Exception {
        world = new World(Generation.INSTALLED.directory());
        context = world.bundle("t1", Spec.of("/bin/sleep", "1000"));
        other = world.bundle("t2", Spec.of("/bin/sleep", "1000"));
        world.run(context, Stdio.NONE);
        world.run(other, Stdio.NONE);
        Await.until(() -> world.host.events().accepted() == 4); // created and started, of both
        client = TtrpcClient.connect(world.settings.events());
        acceptedBefore = world.host.events().accepted();
        droppedBefore = world.host.events().dropped();
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        world.close();
    }

    @Test
    void out_of_memory_is_told_to_its_task_alone() throws Exception {
        send("/tasks/oom", "TaskOOM", world.namespace.name(), "t1");
        assertEquals(1, context.outOfMemory.get());
        assertEquals(0, other.outOfMemory.get());
        assertCounts(1, 0);
    }

    @Test
    void what_is_not_of_a_task_or_not_of_its_topic_is_dropped_and_answered() throws Exception {
        send("/tasks/oom", "TaskOOM", world.namespace.name(), "nobody");
        send("/tasks/oom", "TaskOOM", "elsewhere", "t1");
        send("/tasks/oom", "TaskOOM", "../x", "t1");
        send("/tasks/oom", "TaskOOM", world.namespace.name(), "../t1");
        send("/tasks/oom", "TaskExit", world.namespace.name(), "t1");
        send("/tasks/../x", "TaskOOM", world.namespace.name(), "t1");
        send("/tasks/?", "TaskOOM", world.namespace.name(), "t1");
        send("", "", "", "");
        assertEquals(0, context.outOfMemory.get());
        assertCounts(0, 8);
    }

    @Test
    void a_connection_speaks_for_one_shim() throws Exception {
        send("/tasks/oom", "TaskOOM", world.namespace.name(), "t1");
        send("/tasks/oom", "TaskOOM", world.namespace.name(), "t2");
        assertEquals(0, other.outOfMemory.get());
        assertCounts(1, 1);
    }

    @Test
    void a_large_event_is_dropped() throws Exception {
        TaskNamed named = TaskNamed.newBuilder().setContainerId("t1").build();
        ByteString value = named.toByteString().concat(ByteString.copyFrom(new byte[2 << 16]));
        forward(envelope("/tasks/oom", "TaskOOM", world.namespace.name(), value)).get();
        assertCounts(0, 1);
    }

    @Test
    void ten_thousand_events_are_taken_and_no_exit_is_believed() throws Exception {
        List<CompletableFuture<Empty>> sent = new ArrayList<>();
        TaskNamed named = TaskNamed.newBuilder().setContainerId("t1").build();
        Envelope exit =
                envelope("/tasks/exit", "TaskExit", world.namespace.name(), named.toByteString());
        for (int i = 0; i < 10_000; i++) {
            sent.add(forward(exit));
            if (sent.size() == 500) {
                for (CompletableFuture<Empty> each : sent) {
                    each.get();
                }
                sent.clear();
            }
        }
        assertEquals(List.of(), context.exits);
        assertCounts(10_000, 0);
    }

    private void assertCounts(long accepted, long dropped) {
        assertEquals(accepted, world.host.events().accepted() - acceptedBefore);
        assertEquals(dropped, world.host.events().dropped() - droppedBefore);
    }

    private void send(String topic, String type, String namespace, String task) throws Exception {
        TaskNamed named = TaskNamed.newBuilder().setContainerId(task).build();
        forward(envelope(topic, type, namespace, named.toByteString())).get();
    }

    private CompletableFuture<Empty> forward(Envelope envelope) {
        return client.callAsync(
                FORWARD,
                ForwardRequest.newBuilder().setEnvelope(envelope).build(),
                CallOptions.within(Duration.ofSeconds(60)));
    }

    private static Envelope envelope(
            String topic, String type, String namespace, ByteString value) {
        return Envelope.newBuilder()
                .setTopic(topic)
                .setNamespace(namespace)
                .setEvent(Any.newBuilder().setTypeUrl("containerd.events." + type).setValue(value))
                .build();
    }
}
