/**
 * Settings that cannot work stop the start; the command and the address {@code check} try the connection to Zoho step by step.
 * May use {@code alerts}, {@code common}, {@code connect}, {@code database}, {@code http}, {@code images}, {@code kinds}, {@code organisations},
 * {@code problem}, {@code pull}, {@code push}, {@code registration}, {@code security}, {@code sink}, {@code webhook}, {@code zoho} and
 * {@code zoho.connection}.
 */
package io.saddlebag.check;
