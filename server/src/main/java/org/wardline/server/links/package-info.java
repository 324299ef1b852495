/** The links to carriers as operators see and steer them: console, REST and figures. */
@org.jspecify.annotations.NullMarked
package org.wardline.server.links;
