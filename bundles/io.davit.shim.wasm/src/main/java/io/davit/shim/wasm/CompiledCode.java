package io.davit.shim.wasm;

import run.endive.runtime.Instance;
import run.endive.runtime.Machine;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The functions of a module as Java classes, in a class loader of their own, which goes when the
 * last instance and the module's cache entry are gone.
 */
final class CompiledCode {
    private final String mainClass;
    private final Map<String, byte[]> classes;
    private final Set<Integer> interpreted;
    private final int imports;
    private final Loader loader;

    /** Made when the first instance needs it. */
    private volatile Constructor<?> constructor;

    /**
     * Takes classes over.
     *
     * @param mainClass the class that is a machine of the engine
     * @param classes class files by class name
     * @param interpreted the functions that are too large for a Java method
     * @param imports how many functions the module imports; they are counted first
     */
    CompiledCode(
            String mainClass, Map<String, byte[]> classes, Set<Integer> interpreted, int imports) {
        this.mainClass = mainClass;
        this.classes = Map.copyOf(classes);
        this.interpreted = Set.copyOf(interpreted);
        this.imports = imports;
        this.loader = new Loader(this.classes);
    }

    String mainClass() {
        return mainClass;
    }

    Map<String, byte[]> classes() {
        return classes;
    }

    Set<Integer> interpreted() {
        return interpreted;
    }

    int imports() {
        return imports;
    }

    /** Has the JVM verify every class; a class file it refuses is a {@link LinkageError}. */
    void verify() throws ClassNotFoundException {
        for (String each : classes.keySet()) {
            Class.forName(each, true, loader);
        }
    }

    /** Makes the machine of one instance. */
    Machine machine(Instance instance) {
        try {
            Constructor<?> make = constructor;
            if (make == null) {
                make = loader.loadClass(mainClass).getConstructor(Instance.class);
                constructor = make;
            }
            return (Machine) make.newInstance(instance);
        } catch (InvocationTargetException e) {
            throw new IllegalStateException("compiled code failed to start", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("compiled code is incomplete", e);
        }
    }

    /** Defines classes when they are first used. */
    private static final class Loader extends ClassLoader {
        static {
            registerAsParallelCapable();
        }

        private final Map<String, byte[]> pending;

        Loader(Map<String, byte[]> classes) {
            super(Machine.class.getClassLoader());
            this.pending = new ConcurrentHashMap<>(classes);
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            byte[] file = pending.remove(name);
            if (file == null) {
                throw new ClassNotFoundException(name);
            }
            return defineClass(name, file, 0, file.length);
        }
    }
}
