/** Consent: what was said, what follows from it, and the words patients use. */
@org.jspecify.annotations.NullMarked
package org.wardline.server.consent;
