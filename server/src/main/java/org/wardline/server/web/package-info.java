/**
 * What every page and answer shares: layout, security headers, problems, live events, static files.
 */
@org.jspecify.annotations.NullMarked
package org.wardline.server.web;
