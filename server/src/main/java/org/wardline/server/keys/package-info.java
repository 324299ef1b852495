/** The root key and what it wraps: patients' data keys, system keys and blind indexes. */
@org.jspecify.annotations.NullMarked
package org.wardline.server.keys;
