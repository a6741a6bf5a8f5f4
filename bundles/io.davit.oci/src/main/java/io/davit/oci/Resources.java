package io.davit.oci;

import io.davit.api.errors.DavitException;
import io.davit.api.names.Texts;

import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The limits of a task: the object {@code linux.resources} of a specification, and what an update
 * takes.
 *
 * @param memoryLimit bytes of memory, 1 MiB to 2^53; −1 for no limit; empty if not said
 * @param memoryReservation bytes under pressure; −1, or 0 to 2^53
 * @param memorySwap bytes of memory and swap together; −1, or 0 to 2^53
 * @param pids processes and threads, 1 to 4,194,304; −1 for no limit
 * @param cpuShares relative weight, 2 to 262,144; 0 for the kernel's own
 * @param cpuQuota microseconds in each period, from 1,000; −1 for no limit, 0 for the kernel's own
 * @param cpuPeriod microseconds, 1,000 to 1,000,000; 0 for the kernel's own
 * @param cpus the processors allowed, for example {@code 0-3,7}
 * @param mems the memory nodes allowed, likewise
 * @param blockIoWeight relative weight, 10 to 1,000; 0 for the kernel's own
 * @param unified files of cgroup v2 and what is written into them; copied
 * @param object the object as it was read, with fields not named here; not {@code null}
 * @since 1.0
 */
public record Resources(
        OptionalLong memoryLimit,
        OptionalLong memoryReservation,
        OptionalLong memorySwap,
        OptionalLong pids,
        OptionalLong cpuShares,
        OptionalLong cpuQuota,
        OptionalLong cpuPeriod,
        Optional<String> cpus,
        Optional<String> mems,
        OptionalLong blockIoWeight,
        Map<String, String> unified,
        JsonObject object) {
    private static final long LEAST_MEMORY = 1L << 20;
    private static final long MOST_PIDS = 4_194_304;
    private static final long LEAST_SHARES = 2;
    private static final long MOST_SHARES = 262_144;
    private static final long LEAST_PERIOD = 1_000;
    private static final long MOST_PERIOD = 1_000_000;
    private static final long LEAST_WEIGHT = 10;
    private static final long MOST_WEIGHT = 1_000;
    private static final long MOST_SWAPPINESS = 100;
    private static final int LONGEST_LIST = 1024;

    /** Copies the map. */
    public Resources {
        unified = Map.copyOf(unified);
        Objects.requireNonNull(object, "object");
    }

    /**
     * Reads limits that stand by themselves, as an update has them.
     *
     * @param json the object's text; not {@code null}
     * @return never {@code null}
     * @throws DavitException {@code INVALID_ARGUMENT} if it is malformed, naming the field
     */
    public static Resources parse(String json) throws DavitException {
        Object value = Json.parse("resources", json);
        SpecShapes.RESOURCES.require("resources", value);
        return read(JsonObject.of("resources", value));
    }

    static Resources read(JsonObject resources) {
        JsonObject memory = part(resources, "memory");
        JsonObject cpu = part(resources, "cpu");
        memory.integer("swappiness", 0, MOST_SWAPPINESS);
        return new Resources(
                orNone(memory, "limit", LEAST_MEMORY, SpecRules.MOST_SIZE),
                orNone(memory, "reservation", 0, SpecRules.MOST_SIZE),
                orNone(memory, "swap", 0, SpecRules.MOST_SIZE),
                orNone(part(resources, "pids"), "limit", 1, MOST_PIDS),
                orZero(cpu, "shares", LEAST_SHARES, MOST_SHARES),
                quota(cpu),
                orZero(cpu, "period", LEAST_PERIOD, MOST_PERIOD),
                list(cpu, "cpus"),
                list(cpu, "mems"),
                orZero(part(resources, "blockIO"), "weight", LEAST_WEIGHT, MOST_WEIGHT),
                unified(resources),
                resources);
    }

    private static JsonObject part(JsonObject resources, String name) {
        return resources
                .object(name, part -> part)
                .orElseGet(() -> JsonObject.of(JsonPath.field(resources.path(), name), Map.of()));
    }

    private static OptionalLong orNone(JsonObject object, String name, long least, long most) {
        return otherwise(object, name, -1, least, most);
    }

    private static OptionalLong orZero(JsonObject object, String name, long least, long most) {
        return otherwise(object, name, 0, least, most);
    }

    /** A range and one value outside it that has a meaning of its own. */
    private static OptionalLong otherwise(
            JsonObject object, String name, long special, long least, long most) {
        OptionalLong value = object.integer(name, Long.MIN_VALUE, Long.MAX_VALUE);
        if (value.isPresent()
                && value.getAsLong() != special
                && (value.getAsLong() < least || value.getAsLong() > most)) {
            throw object.invalid(
                    name,
                    value.getAsLong()
                            + " is neither "
                            + special
                            + " nor from "
                            + least
                            + " to "
                            + most);
        }
        return value;
    }

    private static OptionalLong quota(JsonObject cpu) {
        OptionalLong quota = cpu.integer("quota", Long.MIN_VALUE, Long.MAX_VALUE);
        return quota.isPresent() && quota.getAsLong() == 0
                ? quota
                : orNone(cpu, "quota", LEAST_PERIOD, SpecRules.MOST_SIZE);
    }

    private static Optional<String> list(JsonObject cpu, String name) {
        Optional<String> list = cpu.text(name).filter(text -> !text.isEmpty());
        list.ifPresent(
                text -> {
                    if (text.length() > LONGEST_LIST || !text.matches("[0-9][0-9,-]*")) {
                        throw cpu.invalid(name, Texts.quote(text) + " is no list of numbers");
                    }
                });
        return list;
    }

    /** Keys become names of files in the cgroup, values one line each. */
    private static Map<String, String> unified(JsonObject resources) {
        Map<String, String> unified = resources.textMap("unified");
        JsonObject object = part(resources, "unified");
        unified.forEach(
                (key, value) -> {
                    if (!key.matches("[a-z0-9_]{1,32}(\\.[A-Za-z0-9_]{1,32}){1,4}")) {
                        throw object.invalid(key, "is no file of a cgroup");
                    }
                    SpecRules.requireText(object, key, value);
                });
        return unified;
    }

    /** Limits hold no secrets. */
    @Override
    public String toString() {
        return "Resources" + Json.write(object.tree());
    }
}
