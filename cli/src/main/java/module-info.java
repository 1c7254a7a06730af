/** The command {@code hadal}. */
@org.jspecify.annotations.NullMarked
module dev.hadal.cli {
    requires static org.jspecify;
    requires dev.hadal;
    requires dev.hadal.nano;
    // Resolved for the commands of the server only (see the launcher): its libraries would make every start slower.
    requires static dev.hadal.server;
    requires info.picocli;
    // Time that the compiler took, for bench.
    requires java.management;
    requires jdk.incubator.vector;
    // Signals, by reflection: without it SIGTERM would end the server at once.
    requires jdk.unsupported;
    requires tools.jackson.databind;

    // Options are set by reflection.
    opens dev.hadal.cli to
            info.picocli;
}
