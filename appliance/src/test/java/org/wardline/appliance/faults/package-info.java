/** {@code ./dev faults}: breaks a running Wardline in every way we know and counts what is left. */
@org.jspecify.annotations.NullMarked
package org.wardline.appliance.faults;
