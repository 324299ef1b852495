/** The server: patients, conversations, consent, audit and the console. */
@org.jspecify.annotations.NullMarked
package org.wardline.server;
