package io.davit.mount.linux;

import io.davit.linux.Errno;
import io.davit.linux.LinuxException;
import io.davit.linux.MountFlags;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Records the calls of one mount, and answers as a vector says. */
final class FakeKernel implements MountKernel {
    private static final int LONG_DATA = 600;
    private static final int SHOWN_DATA = 40;

    final List<Object> calls = new ArrayList<>();
    final List<String> undone = new ArrayList<>();
    private final Map<String, Object> in;
    private final List<Object> helperResults;
    private final List<Object> mountIds;
    private long failing;
    private long layers = 1;

    FakeKernel(Map<String, Object> in) {
        this.in = in;
        this.failing = number("failCall", 0);
        this.helperResults = list("helperResults");
        this.mountIds = list("mountIds");
    }

    private long number(String key, long otherwise) {
        return in.containsKey(key) ? (Long) in.get(key) : otherwise;
    }

    private List<Object> list(String key) {
        return in.containsKey(key) ? new ArrayList<>((List<?>) in.get(key)) : new ArrayList<>();
    }

    private Map<String, Object> call(String op) {
        Map<String, Object> call = new LinkedHashMap<>();
        call.put("op", op);
        calls.add(call);
        return call;
    }

    private void maybeFail() throws LinuxException {
        if (--failing == 0) {
            throw new LinuxException(Errno.EIO, "fake", "", "asked to fail");
        }
    }

    @Override
    public void mount(MountPlace at, Call mount) throws IOException {
        Map<String, Object> call = call("mount");
        call.put("source", mount.source());
        call.put("target", at.text());
        call.put("fstype", mount.type());
        call.put("flags", mount.flags());
        boolean isLong = mount.data().length() > LONG_DATA;
        call.put("data", isLong ? mount.data().substring(0, SHOWN_DATA) : mount.data());
        if (isLong) {
            call.put("dataLength", (long) mount.data().length());
        }
        if (!mount.workingDirectory().isEmpty()) {
            call.put("chdir", mount.workingDirectory());
        }
        maybeFail();
        layers += (mount.flags() & MountFlags.REMOUNT) == 0 ? 1 : 0;
    }

    @Override
    public void undo(MountPlace at) {
        undone.add(at.text());
        if (in.containsKey("helperResults")) {
            Map<String, Object> call = call("unmount");
            call.put("target", at.text());
            call.put("flags", 0L);
        }
    }

    @Override
    public Held loop(String file, boolean readOnly, boolean direct) throws IOException {
        Map<String, Object> call = call("loop");
        call.put("file", file);
        call.put("readonly", readOnly);
        call.put("autoclear", true);
        call.put("direct", direct);
        maybeFail();
        return held("/dev/loop7", () -> {});
    }

    private static Held held(String path, Runnable release) {
        return new Held() {
            @Override
            public String path() {
                return path;
            }

            @Override
            public void close() {
                release.run();
            }
        };
    }

    @Override
    public Closeable userNamespace(List<IdMapping> uids, List<IdMapping> gids) {
        Map<String, Object> call = call("userns");
        call.put("uidmap", text(uids));
        call.put("gidmap", text(gids));
        return () -> {};
    }

    private static String text(List<IdMapping> map) {
        return IdMapping.render(map).trim().replace(' ', ':').replace('\n', ',');
    }

    @Override
    public void mapOwners(Closeable namespace, MountPlace at) throws IOException {
        Map<String, Object> call = call("idmap");
        call.put("source", at.text());
        call.put("target", at.text());
        maybeFail();
    }

    @Override
    public Held mapLayers(Closeable namespace, String common) {
        Map<String, Object> call = call("idmap-lowers");
        call.put("common", common);
        Map<String, Object> mount = Vectors.object(in.get("mount"));
        String lower =
                Vectors.texts(mount.get("options")).stream()
                        .filter(o -> o.startsWith("lowerdir="))
                        .findFirst()
                        .orElseThrow();
        call.put("count", (long) lower.split(":").length);
        return held("/tmp/ovl-idmapped1", () -> call("idmap-lowers-cleanup"));
    }

    @Override
    public boolean takesLayersSingly() {
        return false;
    }

    @Override
    public void mountOverlay(MountPlace at, String source, long flags, List<String> data) {
        throw new AssertionError("this kernel takes no layers singly");
    }

    @Override
    public long lockedFlags(MountPlace at) {
        return Boolean.TRUE.equals(in.get("inUserNS")) ? number("lockedFlags", 0) : 0;
    }

    @Override
    public long mountId(MountPlace at) {
        return mountIds.isEmpty() ? layers : (Long) mountIds.remove(0);
    }

    @Override
    public HelperEnd runHelper(String program, String source, MountPlace at, List<String> arguments)
            throws IOException {
        List<String> argv = new ArrayList<>(List.of(program, source, at.text()));
        argv.addAll(arguments);
        call("exec").put("argv", argv);
        Object result = helperResults.isEmpty() ? "OK" : helperResults.remove(0);
        if (result.equals("ECHILD")) {
            return HelperEnd.LOST;
        }
        if (!result.equals("OK")) {
            throw new IOException("helper failed: " + result);
        }
        return HelperEnd.DONE;
    }

    @Override
    public int pageSize() {
        return (int) number("pageSize", 4096);
    }
}
