package io.davit.ttrpc;

import com.google.protobuf.BytesValue;
import com.google.protobuf.StringValue;

import java.nio.file.Path;

/** Methods the tests offer and call. */
final class Echo {
    static final String SERVICE = "davit.test.Echo";

    static final TtrpcMethod<StringValue, StringValue> SAY = method("Say");
    static final TtrpcMethod<StringValue, StringValue> BLOCK = method("Block");
    static final TtrpcMethod<BytesValue, BytesValue> BYTES =
            TtrpcMethod.unary(
                    SERVICE,
                    "Bytes",
                    BytesValue.getDefaultInstance(),
                    BytesValue.getDefaultInstance());
    static final TtrpcMethod<StringValue, StringValue> SPLIT =
            method("Split").shaped(TtrpcMethod.Shape.SERVER_STREAM);
    static final TtrpcMethod<StringValue, StringValue> JOIN =
            method("Join").shaped(TtrpcMethod.Shape.CLIENT_STREAM);
    static final TtrpcMethod<StringValue, StringValue> CHAT =
            method("Chat").shaped(TtrpcMethod.Shape.BIDIRECTIONAL);

    private Echo() {}

    static TtrpcMethod<StringValue, StringValue> method(String name) {
        return TtrpcMethod.unary(
                SERVICE, name, StringValue.getDefaultInstance(), StringValue.getDefaultInstance());
    }

    static StringValue text(String value) {
        return StringValue.of(value);
    }

    /** Says what it is told. */
    static TtrpcServer.Builder server() {
        return TtrpcServer.builder().unary(SAY, (request, context) -> request);
    }

    static Path socket(Path directory) {
        return directory.resolve("s");
    }
}
