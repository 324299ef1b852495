package org.wardline.config;

/** One thing wrong with the file. The text never repeats a value that may be a secret. */
record ConfigProblem(int line, String text) {}
