/** The only importer of jSMPP: links to an SMSC, and an SMSC's side of a link. */
@org.jspecify.annotations.NullMarked
package org.wardline.gateway.smpp;
