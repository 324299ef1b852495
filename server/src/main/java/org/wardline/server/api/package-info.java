/** The REST contract. */
@org.jspecify.annotations.NullMarked
package org.wardline.server.api;
