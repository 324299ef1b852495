/** A carrier for measurements and fault tests, written on plain sockets. */
@org.jspecify.annotations.NullMarked
package org.wardline.appliance.carrier;
