package io.davit.shim.containerd;

import com.google.protobuf.Empty;
import com.google.protobuf.MessageLite;

import io.davit.shim.containerd.wire.Task.CheckpointTaskRequest;
import io.davit.shim.containerd.wire.Task.CloseIORequest;
import io.davit.shim.containerd.wire.Task.ConnectRequest;
import io.davit.shim.containerd.wire.Task.ConnectResponse;
import io.davit.shim.containerd.wire.Task.CreateTaskRequest;
import io.davit.shim.containerd.wire.Task.CreateTaskResponse;
import io.davit.shim.containerd.wire.Task.DeleteRequest;
import io.davit.shim.containerd.wire.Task.DeleteResponse;
import io.davit.shim.containerd.wire.Task.ExecProcessRequest;
import io.davit.shim.containerd.wire.Task.KillRequest;
import io.davit.shim.containerd.wire.Task.PauseRequest;
import io.davit.shim.containerd.wire.Task.PidsRequest;
import io.davit.shim.containerd.wire.Task.PidsResponse;
import io.davit.shim.containerd.wire.Task.ResizePtyRequest;
import io.davit.shim.containerd.wire.Task.ResumeRequest;
import io.davit.shim.containerd.wire.Task.ShutdownRequest;
import io.davit.shim.containerd.wire.Task.StartRequest;
import io.davit.shim.containerd.wire.Task.StartResponse;
import io.davit.shim.containerd.wire.Task.StateRequest;
import io.davit.shim.containerd.wire.Task.StateResponse;
import io.davit.shim.containerd.wire.Task.StatsRequest;
import io.davit.shim.containerd.wire.Task.StatsResponse;
import io.davit.shim.containerd.wire.Task.UpdateTaskRequest;
import io.davit.shim.containerd.wire.Task.WaitRequest;
import io.davit.shim.containerd.wire.Task.WaitResponse;
import io.davit.ttrpc.TtrpcMethod;

/**
 * The methods of the task service. Its two versions have the same messages; the methods here are
 * those of version 3.
 */
final class TaskService {
    static final int OLDEST = 2;
    static final int NEWEST = 3;

    static final TtrpcMethod<ConnectRequest, ConnectResponse> CONNECT =
            method(
                    "Connect",
                    ConnectRequest.getDefaultInstance(),
                    ConnectResponse.getDefaultInstance());
    static final TtrpcMethod<CreateTaskRequest, CreateTaskResponse> CREATE =
            method(
                    "Create",
                    CreateTaskRequest.getDefaultInstance(),
                    CreateTaskResponse.getDefaultInstance());
    static final TtrpcMethod<StartRequest, StartResponse> START =
            method("Start", StartRequest.getDefaultInstance(), StartResponse.getDefaultInstance());
    static final TtrpcMethod<StateRequest, StateResponse> STATE =
            method("State", StateRequest.getDefaultInstance(), StateResponse.getDefaultInstance());
    static final TtrpcMethod<DeleteRequest, DeleteResponse> DELETE =
            method(
                    "Delete",
                    DeleteRequest.getDefaultInstance(),
                    DeleteResponse.getDefaultInstance());
    static final TtrpcMethod<PidsRequest, PidsResponse> PIDS =
            method("Pids", PidsRequest.getDefaultInstance(), PidsResponse.getDefaultInstance());
    static final TtrpcMethod<PauseRequest, Empty> PAUSE =
            method("Pause", PauseRequest.getDefaultInstance(), Empty.getDefaultInstance());
    static final TtrpcMethod<ResumeRequest, Empty> RESUME =
            method("Resume", ResumeRequest.getDefaultInstance(), Empty.getDefaultInstance());
    static final TtrpcMethod<CheckpointTaskRequest, Empty> CHECKPOINT =
            method(
                    "Checkpoint",
                    CheckpointTaskRequest.getDefaultInstance(),
                    Empty.getDefaultInstance());
    static final TtrpcMethod<KillRequest, Empty> KILL =
            method("Kill", KillRequest.getDefaultInstance(), Empty.getDefaultInstance());
    static final TtrpcMethod<ExecProcessRequest, Empty> EXEC =
            method("Exec", ExecProcessRequest.getDefaultInstance(), Empty.getDefaultInstance());
    static final TtrpcMethod<ResizePtyRequest, Empty> RESIZE_PTY =
            method("ResizePty", ResizePtyRequest.getDefaultInstance(), Empty.getDefaultInstance());
    static final TtrpcMethod<CloseIORequest, Empty> CLOSE_IO =
            method("CloseIO", CloseIORequest.getDefaultInstance(), Empty.getDefaultInstance());
    static final TtrpcMethod<UpdateTaskRequest, Empty> UPDATE =
            method("Update", UpdateTaskRequest.getDefaultInstance(), Empty.getDefaultInstance());
    static final TtrpcMethod<WaitRequest, WaitResponse> WAIT =
            method("Wait", WaitRequest.getDefaultInstance(), WaitResponse.getDefaultInstance());
    static final TtrpcMethod<StatsRequest, StatsResponse> STATS =
            method("Stats", StatsRequest.getDefaultInstance(), StatsResponse.getDefaultInstance());
    static final TtrpcMethod<ShutdownRequest, Empty> SHUTDOWN =
            method("Shutdown", ShutdownRequest.getDefaultInstance(), Empty.getDefaultInstance());

    private TaskService() {}

    /** The name of the service in a version. */
    static String name(int version) {
        return "containerd.task.v" + version + ".Task";
    }

    private static <Q extends MessageLite, A extends MessageLite> TtrpcMethod<Q, A> method(
            String name, Q request, A answer) {
        return TtrpcMethod.unary(name(NEWEST), name, request, answer);
    }
}
