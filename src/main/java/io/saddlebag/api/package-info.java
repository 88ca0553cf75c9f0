/**
 * The HTTP API of runs, records, deletes, dead letters and pictures: reads requests, words answers.
 * May use {@code common}, {@code connect}, {@code database}, {@code http}, {@code images}, {@code kinds}, {@code organisations},
 * {@code livereload}, {@code problem}, {@code pull}, {@code push}, {@code registration}, {@code security}, {@code sink}, {@code webhook}, {@code zoho} and
 * {@code zoho.connection}.
 */
package io.saddlebag.api;
