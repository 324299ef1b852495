/** The SMSC simulator for tests, the quick start and demos. */
@org.jspecify.annotations.NullMarked
package org.wardline.smsc;
