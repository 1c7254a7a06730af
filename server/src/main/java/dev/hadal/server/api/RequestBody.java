package dev.hadal.server.api;

import dev.hadal.AdmissionRefusedException;
import dev.hadal.chat.ChatRequestException;
import dev.hadal.chat.Field;
import dev.hadal.chat.RequestLimits;
import dev.hadal.server.http.Exchange;
import dev.hadal.server.http.Limits;
import java.io.IOException;
import java.util.function.Function;

/** Reads the body of a request and lets go of it before the answer is made. */
public final class RequestBody {
    private RequestBody() {}

    /**
     * Answers a request with a JSON body.
     *
     * @param prepare reads the fields and starts what they ask for; what it returns sends the answer
     * @throws dev.hadal.server.http.HttpException in the words of the hosted service if a field is wrong
     */
    public static void answer(Exchange exchange, Function<Field, Runnable> prepare) throws IOException {
        prepared(exchange, prepare).run();
    }

    private static Runnable prepared(Exchange exchange, Function<Field, Runnable> prepare) throws IOException {
        try {
            return prepared(exchange, exchange.bodyBytes(), prepare);
        } finally {
            exchange.letGoOfBody();
        }
    }

    private static Runnable prepared(Exchange exchange, byte[] utf8, Function<Field, Runnable> prepare) {
        Limits.Json json = exchange.limits().json();
        RequestLimits limits =
                new RequestLimits(json.depth(), json.schemaDepth(), json.numberChars(), json.nameBytes(), json.keys());
        try {
            return prepare.apply(Field.body(utf8, limits));
        } catch (ChatRequestException e) {
            throw Refusals.unreadable(e, utf8);
        } catch (AdmissionRefusedException e) {
            throw Refusals.notAdmitted(e);
        }
    }
}
