package io.davit.shim.containerd;

import com.google.protobuf.MessageLite;

import io.davit.api.errors.DavitException;
import io.davit.api.errors.Kind;
import io.davit.api.task.CreateShimTask;
import io.davit.api.task.Deadline;
import io.davit.api.task.ExecTask;
import io.davit.api.task.ShimTask;
import io.davit.api.task.Stdio;
import io.davit.api.task.TypedValue;
import io.davit.linux.LinuxException;
import io.davit.shim.containerd.wire.Task.CreateTaskRequest;
import io.davit.shim.containerd.wire.Task.DeleteRequest;
import io.davit.shim.containerd.wire.Task.ExecProcessRequest;
import io.davit.shim.containerd.wire.Task.StateRequest;
import io.davit.shim.containerd.wire.Task.StateResponse;
import io.davit.ttrpc.TtrpcMethod;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import java.time.Duration;
import java.util.Optional;

/** Makes the task, and further processes of it, in its shim. */
final class TaskMaking {
    private static final Logger LOG = LoggerFactory.getLogger(TaskMaking.class);
    private static final Duration UNDO = Duration.ofSeconds(2);

    private final ShimState state;

    TaskMaking(ShimState state) {
        this.state = state;
    }

    /** Makes the task; returns its process id. */
    long create(CreateShimTask request, Deadline deadline) throws DavitException {
        String what = "create: task=" + state.id();
        if (state.has(ShimTask.INIT)) {
            throw new DavitException(Kind.ALREADY_EXISTS, what + ": it was created");
        }
        try (Step step = new Step(ShimTask.INIT, what)) {
            ProcessStreams streams = step.streams(request.stdio());
            state.record().phase(ShimRecord.Phase.CREATED);
            step.write();
            int pid =
                    step.ask("create", TaskService.CREATE, message(request, streams), deadline)
                            .getPid();
            requireOurs(deadline);
            TaskProcess init = step.made();
            init.pid(Integer.toUnsignedLong(pid));
            rememberInit(init);
            state.watch(init);
            state.begin(init);
            return init.pid();
        } catch (LinuxException e) {
            throw Failures.of(what, e);
        }
    }

    /** Adds a process. */
    void exec(ExecTask request, Deadline deadline) throws DavitException {
        String execId = request.execId();
        String what = "exec: task=" + state.id() + " exec=" + execId;
        if (state.has(execId)) {
            throw new DavitException(Kind.ALREADY_EXISTS, what + ": it exists");
        }
        try (Step step = new Step(execId, what)) {
            ProcessStreams streams = step.streams(request.stdio());
            step.write();
            ExecProcessRequest message =
                    ExecProcessRequest.newBuilder()
                            .setId(state.id().id())
                            .setExecId(execId)
                            .setTerminal(streams.isTerminal())
                            .setStdin(streams.told(ProcessStreams.Pipe.IN))
                            .setStdout(streams.told(ProcessStreams.Pipe.OUT))
                            .setStderr(streams.told(ProcessStreams.Pipe.ERR))
                            .setSpec(Values.process(request.process()))
                            .build();
            step.ask("exec", TaskService.EXEC, message, deadline);
            step.made();
        } catch (LinuxException e) {
            throw Failures.of(what, e);
        }
    }

    private CreateTaskRequest message(CreateShimTask request, ProcessStreams streams)
            throws LinuxException {
        CreateTaskRequest.Builder message =
                CreateTaskRequest.newBuilder()
                        .setId(state.id().id())
                        .setBundle(state.place().bundle().path().toString())
                        .setTerminal(streams.isTerminal())
                        .setStdin(streams.told(ProcessStreams.Pipe.IN))
                        .setStdout(streams.told(ProcessStreams.Pipe.OUT))
                        .setStderr(streams.told(ProcessStreams.Pipe.ERR));
        request.rootfs().forEach(mount -> message.addRootfs(Values.mount(mount)));
        request.checkpoint().ifPresent(image -> message.setCheckpoint(image.toString()));
        Optional<TypedValue> given = request.options().or(state.place().context()::options);
        RuncOptions.complete(state.place(), given)
                .ifPresent(options -> message.setOptions(StartInput.any(options)));
        return message.build();
    }

    /** A shim must have made this very task; some do not say so. */
    private void requireOurs(Deadline deadline) throws DavitException {
        StateRequest request = StateRequest.newBuilder().setId(state.id().id()).build();
        StateResponse answer;
        try {
            answer =
                    state.session()
                            .call("ask state", TaskService.STATE, request, deadline.remaining());
        } catch (DavitException e) {
            if (e.kind() == Kind.NOT_IMPLEMENTED) {
                return;
            }
            throw e;
        }
        String bundle = state.place().bundle().path().toString();
        if (!says(answer.getId(), state.id().id()) || !says(answer.getBundle(), bundle)) {
            throw Failures.protocol(
                    "shim made another task: task="
                            + state.id()
                            + " told="
                            + Failures.quote(answer.getId()));
        }
    }

    private static boolean says(String told, String expected) {
        return told.isEmpty() || told.equals(expected);
    }

    /** A process that is older than its shim is not of this task, and never signalled by us. */
    private void rememberInit(TaskProcess init) throws LinuxException {
        Optional<HostProcess> process = HostProcess.of(init.pid());
        Optional<HostProcess> shim = state.record().shim();
        boolean plausible =
                process.isPresent()
                        && shim.isPresent()
                        && process.get().startTime() >= shim.get().startTime();
        if (plausible) {
            state.record().init(process.get());
            state.record().write();
        }
    }

    /** The making of one process, undone unless it was made. */
    private final class Step implements AutoCloseable {
        private final String execId;
        private final String what;
        private ProcessStreams streams;
        private boolean written;
        private boolean asked;
        private boolean made;

        private Step(String execId, String what) {
            this.execId = execId;
            this.what = what;
        }

        private ProcessStreams streams(Stdio stdio) throws LinuxException, DavitException {
            TaskPlace place = state.place();
            streams = ProcessStreams.make(place.host(), place.files(), execId, stdio);
            return streams;
        }

        /** Notes the process before the shim is asked for it. */
        private void write() throws LinuxException {
            state.record().process(execId, streams.recorded());
            state.record().write();
            written = true;
        }

        private <Q extends MessageLite, A extends MessageLite> A ask(
                String step, TtrpcMethod<Q, A> method, Q request, Deadline deadline)
                throws DavitException {
            asked = true;
            try {
                return state.session().call(step, method, request, deadline.remaining());
            } catch (DavitException e) {
                asked = e.kind() != Kind.ALREADY_EXISTS; // what exists was made by somebody else
                throw e;
            }
        }

        private TaskProcess made() {
            made = true;
            return state.add(execId, streams);
        }

        @Override
        public void close() throws LinuxException {
            if (made || streams == null) {
                return;
            }
            if (asked) {
                undoAtShim();
            }
            if (written) {
                state.record().forget(execId);
                state.record().write();
            }
            streams.remove();
        }

        /** A call that failed may have had its effect. */
        private void undoAtShim() {
            DeleteRequest request =
                    DeleteRequest.newBuilder().setId(state.id().id()).setExecId(execId).build();
            try {
                state.session().call("undo", TaskService.DELETE, request, UNDO);
            } catch (DavitException e) {
                LOG.debug("nothing undone at shim: {}", what, e);
            }
        }
    }
}
