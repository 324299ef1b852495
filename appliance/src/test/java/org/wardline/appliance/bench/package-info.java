/** Tests and measurements of the whole. */
@org.jspecify.annotations.NullMarked
package org.wardline.appliance.bench;
