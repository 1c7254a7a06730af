package dev.hadal.cli;

import java.nio.file.Path;

/** Where usage is recorded unless told otherwise. */
final class LedgerPlace {
    private LedgerPlace() {}

    static Path standard() {
        String state = System.getenv("XDG_STATE_HOME");
        Path folder = state == null || state.isBlank()
                ? Path.of(System.getProperty("user.home", "."), ".local", "state")
                : Path.of(state);
        return folder.resolve("hadal").resolve("usage.db");
    }
}
