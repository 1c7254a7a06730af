/**
 * Experiments on single kernels: {@link dev.hadal.lab.Laboratory} times whole products by processor time, the classes
 * with {@code @Benchmark} methods run on JMH. How to run them is said at the head of bench/RESULTS.md.
 */
package dev.hadal.lab;
