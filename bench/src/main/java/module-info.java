/** Experiments on single kernels. */
@org.jspecify.annotations.NullMarked
module dev.hadal.lab {
    requires dev.hadal;
    requires java.management;
    requires static org.jspecify;
}
