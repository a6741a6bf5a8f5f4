/**
 * The ttrpc protocol over Unix domain sockets: what containerd and its shims speak.
 *
 * <p>Say what a method is with {@link io.davit.ttrpc.TtrpcMethod}. Call it through {@link
 * io.davit.ttrpc.TtrpcClient}, blocking or with a future, or as a {@link
 * io.davit.ttrpc.ClientStream}; offer it through {@link io.davit.ttrpc.TtrpcServer}. {@link
 * io.davit.ttrpc.TtrpcLoop} carries the connections of any number of clients and servers on few
 * threads. {@link io.davit.ttrpc.PeerPolicy} says whom to talk to, {@link
 * io.davit.ttrpc.TtrpcException} how a call failed. Messages are those of protobuf-java.
 *
 * <p>Imports nothing of Davit. Source of the rules: containerd's ttrpc repository, version 1.2.9.
 *
 * <p>Versions: a new method on a handler interface or a removed anything is a major change, an
 * added one a minor one.
 */
@Export
@Version("1.0.0")
package io.davit.ttrpc;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
