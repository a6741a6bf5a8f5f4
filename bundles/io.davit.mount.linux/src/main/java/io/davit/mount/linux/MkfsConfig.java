package io.davit.mount.linux;

import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Configuration of the transformer that formats image files. */
@ObjectClassDefinition(name = "Davit image formatting")
public @interface MkfsConfig {
    /** The most bytes of an image. */
    @AttributeDefinition(description = "the most bytes of an image that is made")
    long mkfs_max_bytes() default 1L << 40;

    /** Milliseconds the formatting program may take. */
    @AttributeDefinition(description = "milliseconds the formatting program may take")
    long mkfs_timeout_millis() default 60_000;
}
