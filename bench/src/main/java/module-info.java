/** Experiments on single kernels. */
@org.jspecify.annotations.NullMarked
module dev.hadal.lab {
    requires dev.hadal;
    requires java.management;
    requires jdk.incubator.vector;
    requires jmh.core;
    requires static org.jspecify;
}
