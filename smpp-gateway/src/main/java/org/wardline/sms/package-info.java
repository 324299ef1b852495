/** What the server may know of texting: numbers, encodings and the queue to the gateway. */
@org.jspecify.annotations.NullMarked
package org.wardline.sms;
