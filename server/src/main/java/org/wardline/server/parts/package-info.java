/** What every feature is made of; holds nothing of its own. */
@org.jspecify.annotations.NullMarked
package org.wardline.server.parts;
