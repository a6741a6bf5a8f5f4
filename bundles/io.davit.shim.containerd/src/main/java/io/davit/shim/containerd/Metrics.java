package io.davit.shim.containerd;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;

import io.davit.api.errors.DavitException;
import io.davit.api.names.Texts;
import io.davit.api.task.TaskMetrics;
import io.davit.api.task.TypedValue;
import io.davit.shim.containerd.wire.CgroupsV1;
import io.davit.shim.containerd.wire.CgroupsV2;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Reads what a shim measured. What is not known by name is carried as it came. */
final class Metrics {
    private static final long UNKNOWN = -1;
    private static final long NANOS_PER_MICRO = 1000;

    /** Above this a limit means there is none. */
    private static final long UNLIMITED = 1L << 60;

    private Metrics() {}

    static TaskMetrics of(Any stats) throws DavitException {
        TypedValue raw = new TypedValue(stats.getTypeUrl(), stats.getValue().toByteArray());
        try {
            return switch (stats.getTypeUrl()) {
                case "io.containerd.cgroups.v1.Metrics" ->
                        of(CgroupsV1.Metrics.parseFrom(stats.getValue()), raw);
                case "io.containerd.cgroups.v2.Metrics" ->
                        of(CgroupsV2.Metrics.parseFrom(stats.getValue()), raw);
                default -> unknown(raw);
            };
        } catch (InvalidProtocolBufferException e) {
            throw Failures.protocol(
                    "shim's measurement is malformed: type=" + Texts.quote(stats.getTypeUrl()));
        }
    }

    /** Reads how often the kernel has killed for memory; 0 when that is not known. */
    static long oomKills(Any stats) {
        try {
            return Math.max(0, of(stats).oomKills());
        } catch (DavitException e) {
            return 0;
        }
    }

    private static TaskMetrics unknown(TypedValue raw) {
        return new TaskMetrics(
                Instant.now(),
                UNKNOWN,
                UNKNOWN,
                UNKNOWN,
                UNKNOWN,
                UNKNOWN,
                Map.of(),
                Optional.of(raw));
    }

    private static TaskMetrics of(CgroupsV1.Metrics from, TypedValue raw) {
        CgroupsV1.MemoryStat memory = from.getMemory();
        Map<String, Long> values = new HashMap<>();
        values.put("cpu.user.nanos", from.getCpu().getUsage().getUser());
        values.put("cpu.system.nanos", from.getCpu().getUsage().getKernel());
        values.put("cpu.throttled.nanos", from.getCpu().getThrottling().getThrottledTime());
        values.put("memory.max.bytes", memory.getUsage().getMax());
        values.put("memory.swap.bytes", memory.getSwap().getUsage());
        return new TaskMetrics(
                Instant.now(),
                from.hasMemory() ? memory.getUsage().getUsage() : UNKNOWN,
                limit(memory.getUsage().getLimit()),
                from.hasCpu() ? from.getCpu().getUsage().getTotal() : UNKNOWN,
                from.hasPids() ? from.getPids().getCurrent() : UNKNOWN,
                from.hasMemoryOomControl() ? from.getMemoryOomControl().getOomKill() : UNKNOWN,
                values,
                Optional.of(raw));
    }

    private static TaskMetrics of(CgroupsV2.Metrics from, TypedValue raw) {
        CgroupsV2.MemoryStat memory = from.getMemory();
        CgroupsV2.CPUStat cpu = from.getCpu();
        Map<String, Long> values = new HashMap<>();
        values.put("cpu.user.nanos", cpu.getUserUsec() * NANOS_PER_MICRO);
        values.put("cpu.system.nanos", cpu.getSystemUsec() * NANOS_PER_MICRO);
        values.put("cpu.throttled.nanos", cpu.getThrottledUsec() * NANOS_PER_MICRO);
        values.put("memory.max.bytes", memory.getMaxUsage());
        values.put("memory.swap.bytes", memory.getSwapUsage());
        for (CgroupsV2.IOEntry entry : from.getIo().getUsageList()) {
            values.merge("io.read.bytes", entry.getRbytes(), Long::sum);
            values.merge("io.write.bytes", entry.getWbytes(), Long::sum);
        }
        return new TaskMetrics(
                Instant.now(),
                from.hasMemory() ? memory.getUsage() : UNKNOWN,
                limit(memory.getUsageLimit()),
                from.hasCpu() ? cpu.getUsageUsec() * NANOS_PER_MICRO : UNKNOWN,
                from.hasPids() ? from.getPids().getCurrent() : UNKNOWN,
                from.hasMemoryEvents() ? from.getMemoryEvents().getOomKill() : UNKNOWN,
                values,
                Optional.of(raw));
    }

    private static long limit(long limit) {
        return limit <= 0 || limit > UNLIMITED ? UNKNOWN : limit;
    }
}
