package io.davit.ttrpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;

import io.davit.ttrpc.wire.Response;
import io.davit.ttrpc.wire.Status;

/** A call of a client whose answer has not come. The methods run on the loop's thread. */
abstract class PendingCall {
    /** Set just before the request is queued. */
    private volatile int id;

    void numbered(int given) {
        id = given;
    }

    int id() {
        return id;
    }

    /** The data of the one response frame. */
    abstract void answered(byte[] response);

    /** No answer will come. May also run on the thread that closed the connection. */
    abstract void failed(TtrpcException why);

    /** Whether data frames may come for it. */
    boolean isStream() {
        return false;
    }

    /** Reads a response: the status before the payload, so that the one does not mask the other. */
    static ByteString payload(byte[] response) throws TtrpcException {
        Response parsed;
        try {
            parsed = Response.parseFrom(response);
        } catch (InvalidProtocolBufferException e) {
            throw undecodable(e);
        }
        Status status = parsed.getStatus();
        if (status.getCode() != 0) {
            throw new TtrpcException(
                    TtrpcException.Origin.PEER,
                    StatusCode.of(status.getCode()),
                    status.getMessage(),
                    status.getDetailsList(),
                    null);
        }
        return parsed.getPayload();
    }

    /** Reads a message of the type of an empty one. */
    @SuppressWarnings("unchecked") // a message's parser makes messages of its own type
    static <M extends MessageLite> M message(M empty, ByteString bytes) throws TtrpcException {
        try {
            return (M) empty.getParserForType().parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw undecodable(e);
        }
    }

    private static TtrpcException undecodable(InvalidProtocolBufferException cause) {
        return TtrpcException.local(
                StatusCode.INTERNAL, "cannot decode the answer: " + cause.getMessage(), cause);
    }
}
