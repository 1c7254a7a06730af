/** The command {@code hadal}. */
@org.jspecify.annotations.NullMarked
module dev.hadal.cli {
    requires static org.jspecify;
    requires dev.hadal;
    requires dev.hadal.nano;
    requires info.picocli;
    requires tools.jackson.databind;
}
