package io.davit.shim.containerd;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;

import io.davit.api.errors.DavitException;
import io.davit.api.task.CheckpointTask;
import io.davit.api.task.Exit;
import io.davit.api.task.OciProcess;
import io.davit.api.task.ProcessInfo;
import io.davit.api.task.ProcessStatus;
import io.davit.api.task.TaskId;
import io.davit.api.task.TaskState;
import io.davit.api.task.TypedValue;
import io.davit.api.task.UpdateTask;
import io.davit.shim.containerd.wire.Runc.CheckpointOptions;
import io.davit.shim.containerd.wire.Runc.ProcessDetails;
import io.davit.shim.containerd.wire.Task.CheckpointTaskRequest;
import io.davit.shim.containerd.wire.Task.PidsResponse;
import io.davit.shim.containerd.wire.Task.StateResponse;
import io.davit.shim.containerd.wire.Task.UpdateTaskRequest;
import io.davit.shim.containerd.wire.Types.Mount;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Davit's values in the shim's messages, and back. Types of values keep their bare names. */
final class Values {
    private static final String OCI = "types.containerd.io/opencontainers/runtime-spec/1/";
    private static final String DETAILS = "containerd.runc.v1.ProcessDetails";
    private static final String CHECKPOINT = "containerd.runc.v1.CheckpointOptions";

    private Values() {}

    static Any json(String type, String json) {
        return Any.newBuilder()
                .setTypeUrl(OCI + type)
                .setValue(ByteString.copyFrom(json, StandardCharsets.UTF_8))
                .build();
    }

    static Any process(OciProcess process) {
        return json("Process", process.json());
    }

    static Mount mount(io.davit.api.mount.Mount mount) {
        return Mount.newBuilder()
                .setType(mount.type())
                .setSource(mount.source())
                .setTarget(mount.target())
                .addAllOptions(mount.options())
                .build();
    }

    static UpdateTaskRequest update(TaskId task, UpdateTask request) {
        return UpdateTaskRequest.newBuilder()
                .setId(task.id())
                .setResources(json("LinuxResources", request.resources().json()))
                .putAllAnnotations(request.annotations())
                .build();
    }

    /** Options of the caller stand as they are; otherwise the stock ones say whether to exit. */
    static CheckpointTaskRequest checkpoint(TaskId task, CheckpointTask request) {
        TypedValue options =
                request.options()
                        .orElseGet(
                                () ->
                                        new TypedValue(
                                                CHECKPOINT,
                                                CheckpointOptions.newBuilder()
                                                        .setExit(request.exit())
                                                        .build()
                                                        .toByteArray()));
        return CheckpointTaskRequest.newBuilder()
                .setId(task.id())
                .setPath(request.image().toString())
                .setOptions(StartInput.any(options))
                .build();
    }

    static ProcessStatus status(String execId, StateResponse answer) throws DavitException {
        long pid = Integer.toUnsignedLong(answer.getPid());
        TaskState state =
                switch (answer.getStatus()) {
                    case CREATED -> TaskState.CREATED;
                    case RUNNING -> TaskState.RUNNING;
                    case STOPPED -> TaskState.STOPPED;
                    case PAUSED -> TaskState.PAUSED;
                    case PAUSING -> TaskState.PAUSING;
                    default ->
                            throw Failures.protocol(
                                    "shim told no state: status=" + answer.getStatusValue());
                };
        Optional<Exit> exit =
                state == TaskState.STOPPED
                        ? Optional.of(
                                Exit.of(
                                        pid,
                                        answer.getExitStatus(),
                                        TaskProcess.time(answer.getExitedAt())))
                        : Optional.empty();
        return new ProcessStatus(execId, pid, state, exit);
    }

    static List<ProcessInfo> processes(PidsResponse answer) {
        return answer.getProcessesList().stream()
                .map(p -> new ProcessInfo(Integer.toUnsignedLong(p.getPid()), execId(p.getInfo())))
                .toList();
    }

    private static String execId(Any details) {
        if (!details.getTypeUrl().equals(DETAILS)) {
            return "";
        }
        try {
            return ProcessDetails.parseFrom(details.getValue()).getExecId();
        } catch (InvalidProtocolBufferException e) {
            return "";
        }
    }
}
