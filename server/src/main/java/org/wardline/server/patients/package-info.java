/** Patients and their phones. */
@org.jspecify.annotations.NullMarked
package org.wardline.server.patients;
