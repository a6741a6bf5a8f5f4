package io.davit.shim.wasm;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256, which every JDK has. */
final class Digests {
    private Digests() {}

    static byte[] sha256(byte[] bytes, int length) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes, 0, length);
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("no SHA-256 in this JDK", e);
        }
    }

    /** The digest in hexadecimal. */
    static String hex(byte[] bytes) {
        byte[] digest = sha256(bytes, bytes.length);
        StringBuilder text = new StringBuilder(2 * digest.length);
        for (byte each : digest) {
            text.append(Character.forDigit(each >> 4 & 15, 16))
                    .append(Character.forDigit(each & 15, 16));
        }
        return text.toString();
    }
}
