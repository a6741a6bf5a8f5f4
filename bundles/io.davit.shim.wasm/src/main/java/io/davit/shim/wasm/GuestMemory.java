package io.davit.shim.wasm;

import run.endive.runtime.ConstantEvaluators;
import run.endive.runtime.Instance;
import run.endive.runtime.Memory;
import run.endive.runtime.WasmRuntimeException;
import run.endive.wasm.UninstantiableException;
import run.endive.wasm.types.ActiveDataSegment;
import run.endive.wasm.types.DataSegment;
import run.endive.wasm.types.PassiveDataSegment;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The linear memory of one guest: one array, which the compiler of the JVM turns into plain loads
 * and stores with a bounds check. Grows by doubling, up to its cap and as far as the budget goes.
 *
 * <p>Confined to the guest's thread, but for {@link #pages} and {@link #close}.
 */
final class GuestMemory implements Memory, AutoCloseable {
    private static final VarHandle SHORT = view(short[].class);
    private static final VarHandle INT = view(int[].class);
    private static final VarHandle LONG = view(long[].class);
    private static final VarHandle FLOAT = view(float[].class);
    private static final VarHandle DOUBLE = view(double[].class);
    private static final byte[] NOTHING = {};

    private final int initial;
    private final int maximum;
    private final MemoryBudget budget;

    private byte[] bytes;
    private int limit;
    private DataSegment[] segments;

    /**
     * Makes a memory.
     *
     * @param initial its first size, in pages
     * @param maximum its cap, in pages; at least the first size
     * @param budget what it takes its bytes from
     * @throws OutOfMemoryError if the budget has no room for the first size
     */
    GuestMemory(int initial, int maximum, MemoryBudget budget) {
        this.initial = initial;
        this.maximum = Math.min(maximum, RUNTIME_MAX_PAGES);
        this.budget = budget;
        int size = initial * PAGE_SIZE;
        if (!budget.take(size)) {
            throw new OutOfMemoryError("memory of all guests is used up");
        }
        this.bytes = new byte[size];
        this.limit = size;
    }

    private static VarHandle view(Class<?> array) {
        return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.LITTLE_ENDIAN);
    }

    /** The array behind the memory, valid until it grows. */
    byte[] bytes() {
        return bytes;
    }

    /** Fails with {@code FAULT} unless a range lies inside. */
    void requireRange(int address, long length) throws ErrnoException {
        if (address < 0 || length < 0 || address > limit - length) {
            throw new ErrnoException(Errno.FAULT);
        }
    }

    @Override
    public int pages() {
        return limit / PAGE_SIZE;
    }

    @Override
    public int grow(int more) {
        int before = pages();
        if (more < 0 || more > maximum - before) {
            return -1;
        }
        int wanted = (before + more) * PAGE_SIZE;
        if (wanted > bytes.length && !enlarge(wanted)) {
            return -1;
        }
        limit = wanted;
        return before;
    }

    private boolean enlarge(int wanted) {
        long generous = Math.min((long) maximum * PAGE_SIZE, Math.max(wanted, 2L * bytes.length));
        int size = budget.take(generous - bytes.length) ? (int) generous : wanted;
        if (size == wanted && size != generous && !budget.take(wanted - bytes.length)) {
            return false;
        }
        byte[] larger = null;
        try {
            larger = Arrays.copyOf(bytes, size);
        } finally {
            if (larger == null) {
                budget.give(size - bytes.length);
            }
        }
        bytes = larger;
        return true;
    }

    /** Gives the memory back. */
    @Override
    public void close() {
        budget.give(bytes.length);
        bytes = NOTHING;
        limit = 0;
    }

    @Override
    public int initialPages() {
        return initial;
    }

    @Override
    public int maximumPages() {
        return maximum;
    }

    @Override
    public boolean shared() {
        return false;
    }

    @Override
    public void initialize(Instance instance, DataSegment[] data) {
        initialize(instance, data, 0);
    }

    @Override
    public void initialize(Instance instance, DataSegment[] data, int memory) {
        segments = data;
        for (DataSegment each : data) {
            if (each instanceof ActiveDataSegment active && active.index() == memory) {
                int offset =
                        (int)
                                ConstantEvaluators.computeConstantValue(
                                        instance, active.offsetInstructions())[0];
                byte[] content = active.data();
                if (offset < 0 || offset > limit - content.length) {
                    throw new UninstantiableException("out of bounds memory access");
                }
                System.arraycopy(content, 0, bytes, offset, content.length);
            }
        }
    }

    @Override
    public void initPassiveSegment(int segment, int target, int offset, int size) {
        write(target, segments[segment].data(), offset, size);
    }

    @Override
    public void drop(int segment) {
        segments[segment] = PassiveDataSegment.EMPTY;
    }

    private static WasmRuntimeException outOfBounds() {
        return new WasmRuntimeException("out of bounds memory access");
    }

    private void check(int address, int size) {
        if (address < 0 || size < 0 || address > limit - size) {
            throw outOfBounds();
        }
    }

    @Override
    public void write(int address, byte[] data, int offset, int size) {
        check(address, size);
        if (offset < 0 || offset > data.length - size) {
            throw outOfBounds();
        }
        System.arraycopy(data, offset, bytes, address, size);
    }

    @Override
    public byte[] readBytes(int address, int size) {
        check(address, size);
        return Arrays.copyOfRange(bytes, address, address + size);
    }

    @Override
    public void zero() {
        // New arrays are.
    }

    @Override
    public void fill(byte value, int from, int to) {
        check(from, to - from);
        Arrays.fill(bytes, from, to, value);
    }

    @Override
    public void copy(int target, int source, int size) {
        check(target, size);
        check(source, size);
        System.arraycopy(bytes, source, bytes, target, size);
    }

    @Override
    public byte read(int address) {
        if (address < 0 || address >= limit) {
            throw outOfBounds();
        }
        return bytes[address];
    }

    @Override
    public void writeByte(int address, byte value) {
        if (address < 0 || address >= limit) {
            throw outOfBounds();
        }
        bytes[address] = value;
    }

    @Override
    public short readShort(int address) {
        if (address < 0 || address > limit - 2) {
            throw outOfBounds();
        }
        return (short) SHORT.get(bytes, address);
    }

    @Override
    public void writeShort(int address, short value) {
        if (address < 0 || address > limit - 2) {
            throw outOfBounds();
        }
        SHORT.set(bytes, address, value);
    }

    @Override
    public long readU16(int address) {
        return readShort(address) & 0xffffL;
    }

    @Override
    public int readInt(int address) {
        if (address < 0 || address > limit - 4) {
            throw outOfBounds();
        }
        return (int) INT.get(bytes, address);
    }

    @Override
    public void writeI32(int address, int value) {
        if (address < 0 || address > limit - 4) {
            throw outOfBounds();
        }
        INT.set(bytes, address, value);
    }

    @Override
    public long readLong(int address) {
        if (address < 0 || address > limit - 8) {
            throw outOfBounds();
        }
        return (long) LONG.get(bytes, address);
    }

    @Override
    public void writeLong(int address, long value) {
        if (address < 0 || address > limit - 8) {
            throw outOfBounds();
        }
        LONG.set(bytes, address, value);
    }

    @Override
    public long readF32(int address) {
        return readInt(address);
    }

    @Override
    public float readFloat(int address) {
        if (address < 0 || address > limit - 4) {
            throw outOfBounds();
        }
        return (float) FLOAT.get(bytes, address);
    }

    @Override
    public void writeF32(int address, float value) {
        if (address < 0 || address > limit - 4) {
            throw outOfBounds();
        }
        FLOAT.set(bytes, address, value);
    }

    @Override
    public long readF64(int address) {
        return readLong(address);
    }

    @Override
    public double readDouble(int address) {
        if (address < 0 || address > limit - 8) {
            throw outOfBounds();
        }
        return (double) DOUBLE.get(bytes, address);
    }

    @Override
    public void writeF64(int address, double value) {
        if (address < 0 || address > limit - 8) {
            throw outOfBounds();
        }
        DOUBLE.set(bytes, address, value);
    }

    /** One guest, one thread: nothing to lock. Atomic operations fall back on this. */
    @Override
    @Deprecated
    @SuppressWarnings("removal")
    public Object lock(int address) {
        return this;
    }

    @Override
    @Deprecated
    @SuppressWarnings("removal")
    public int waitOn(int address, int expected, long timeout) {
        throw new WasmRuntimeException("wait on a memory that is not shared");
    }

    @Override
    @Deprecated
    @SuppressWarnings("removal")
    public int waitOn(int address, long expected, long timeout) {
        throw new WasmRuntimeException("wait on a memory that is not shared");
    }

    @Override
    @Deprecated
    @SuppressWarnings("removal")
    public int notify(int address, int threads) {
        return 0;
    }
}
