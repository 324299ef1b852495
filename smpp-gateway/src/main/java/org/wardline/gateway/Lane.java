package org.wardline.gateway;

/** Texts that routing treats alike: those of one line whose numbers are filed under one prefix. */
record Lane(String line, String prefix) {}
