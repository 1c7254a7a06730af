/** The embedded demonstration model. */
@org.jspecify.annotations.NullMarked
module dev.hadal.nano {
    requires static org.jspecify;
    requires transitive dev.hadal;

    exports dev.hadal.nano;
}
