/**
 * The state of the copy: the health answers, the problems with cause and remedy, gauges and MBeans.
 * May use {@code common}, {@code connect}, {@code database}, {@code http}, {@code images}, {@code kinds}, {@code organisations},
 * {@code problem}, {@code pull}, {@code registration}, {@code security}, {@code sink}, {@code webhook}, {@code zoho} and
 * {@code zoho.connection}.
 */
package io.saddlebag.health;
