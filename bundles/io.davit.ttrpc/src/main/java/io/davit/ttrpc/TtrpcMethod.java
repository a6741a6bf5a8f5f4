package io.davit.ttrpc;

import com.google.protobuf.MessageLite;

import java.util.Objects;

/**
 * A method of a service: its names and the types of its messages.
 *
 * @param service the full name of the service, for example {@code containerd.task.v2.Task}
 * @param name the bare name of the method, for example {@code Create}
 * @param shape how many messages go each way
 * @param request an empty request
 * @param answer an empty answer
 * @param <Q> the type of the requests
 * @param <A> the type of the answers
 * @since 1.0
 */
public record TtrpcMethod<Q extends MessageLite, A extends MessageLite>(
        String service, String name, Shape shape, Q request, A answer) {
    /** How many messages go each way. */
    public enum Shape {
        /** One request, one answer. */
        UNARY,
        /** One request, any number of answers. */
        SERVER_STREAM,
        /** Any number of requests, one answer. */
        CLIENT_STREAM,
        /** Any number each way. */
        BIDIRECTIONAL;

        boolean streamsRequests() {
            return this == CLIENT_STREAM || this == BIDIRECTIONAL;
        }

        boolean streamsAnswers() {
            return this == SERVER_STREAM || this == BIDIRECTIONAL;
        }
    }

    /** Checks presence. */
    public TtrpcMethod {
        Objects.requireNonNull(service, "service");
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(shape, "shape");
        Objects.requireNonNull(request, "request");
        Objects.requireNonNull(answer, "answer");
    }

    /**
     * Makes a unary method.
     *
     * @param service the full name of the service
     * @param name the bare name of the method
     * @param request an empty request
     * @param answer an empty answer
     * @param <Q> the type of the requests
     * @param <A> the type of the answers
     * @return the method; never {@code null}
     */
    public static <Q extends MessageLite, A extends MessageLite> TtrpcMethod<Q, A> unary(
            String service, String name, Q request, A answer) {
        return new TtrpcMethod<>(service, name, Shape.UNARY, request, answer);
    }

    /**
     * Makes the same method with another shape.
     *
     * @param other the shape
     * @return the method; never {@code null}
     */
    public TtrpcMethod<Q, A> shaped(Shape other) {
        return new TtrpcMethod<>(service, name, other, request, answer);
    }

    /**
     * Makes the same method of another service, for services with several versions.
     *
     * @param other the full name of the service
     * @return the method; never {@code null}
     */
    public TtrpcMethod<Q, A> in(String other) {
        return new TtrpcMethod<>(other, name, shape, request, answer);
    }

    @Override
    public String toString() {
        return service + "/" + name;
    }
}
