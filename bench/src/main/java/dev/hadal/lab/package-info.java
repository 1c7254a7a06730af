/**
 * Experiments on single kernels: {@link dev.hadal.lab.Laboratory} times whole products by processor time, the classes
 * under src/jmh run kernels on JMH. How to run either is said at the head of bench/RESULTS.md.
 */
package dev.hadal.lab;
