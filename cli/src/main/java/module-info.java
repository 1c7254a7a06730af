/** The command {@code hadal}. */
@org.jspecify.annotations.NullMarked
module dev.hadal.cli {
    requires static org.jspecify;
    requires dev.hadal;
    requires dev.hadal.nano;
    requires info.picocli;
    requires jdk.incubator.vector;
    requires tools.jackson.databind;

    // Options are set by reflection.
    opens dev.hadal.cli to
            info.picocli;
}
