/** DeepSeek-V4 in process: checkpoint, model, tokenizer, conversation format. */
@org.jspecify.annotations.NullMarked
module dev.hadal {
    requires static transitive org.jspecify;
    requires jdk.incubator.vector;
    requires jdk.jfr;
    requires tools.jackson.databind;

    exports dev.hadal;
    exports dev.hadal.cache;
    exports dev.hadal.chat;
    exports dev.hadal.checkpoint;
    exports dev.hadal.engine;
    exports dev.hadal.kernel;
    exports dev.hadal.model;
    exports dev.hadal.model.v4;
    exports dev.hadal.sample;
    exports dev.hadal.tensor;
    exports dev.hadal.tokenizer;
}
