package io.davit.journal;

import org.osgi.annotation.versioning.ProviderType;

/**
 * A place in the order of a journal's records, see {@link Journal#mark}.
 *
 * @since 1.0
 */
@ProviderType
public interface Mark {}
