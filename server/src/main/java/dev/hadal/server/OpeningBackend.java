package dev.hadal.server;

import dev.hadal.AdmissionRefusedException;
import dev.hadal.BackendInfo;
import dev.hadal.BackendStatus;
import dev.hadal.ChatBackend;
import dev.hadal.ChatCall;
import dev.hadal.ChatRun;
import dev.hadal.CompletionCall;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A model that is being opened: refuses everything until it is there. */
final class OpeningBackend implements ChatBackend {
    private static final Duration SOON = Duration.ofSeconds(2);

    private volatile @Nullable ChatBackend opened;

    void opened(ChatBackend backend) {
        opened = backend;
    }

    private ChatBackend backend() {
        ChatBackend backend = opened;
        if (backend == null) {
            throw new AdmissionRefusedException(
                    AdmissionRefusedException.Reason.UNHEALTHY, "the model is being opened", SOON);
        }
        return backend;
    }

    @Override
    public void requireRoom(ChatCall call) {
        backend().requireRoom(call);
    }

    @Override
    public List<ChatRun> start(ChatCall call) {
        return backend().start(call);
    }

    @Override
    public List<ChatRun> complete(CompletionCall call) {
        return backend().complete(call);
    }

    @Override
    public int countTokens(ChatCall call) {
        return backend().countTokens(call);
    }

    @Override
    public BackendInfo info() {
        return backend().info();
    }

    @Override
    public BackendStatus status() {
        ChatBackend backend = opened;
        return backend == null ? new BackendStatus(false, "it is being opened", 0, 0, 0) : backend.status();
    }

    @Override
    public void drain(Duration limit) throws InterruptedException {
        ChatBackend backend = opened;
        if (backend != null) {
            backend.drain(limit);
        }
    }

    @Override
    public void close() {
        ChatBackend backend = opened;
        if (backend != null) {
            backend.close();
        }
    }
}
