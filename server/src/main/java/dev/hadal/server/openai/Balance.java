package dev.hadal.server.openai;

import dev.hadal.server.api.Json;
import dev.hadal.server.api.Replies;
import dev.hadal.server.auth.Principal;
import dev.hadal.server.http.Exchange;
import dev.hadal.server.http.Handler;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/** {@code GET /user/balance} (api.md 12): what is left of the budget of the key that asks. */
public final class Balance implements Handler {
    /** What is told where there is no budget: enough, whatever the client thinks enough is. */
    private static final BigDecimal UNLIMITED = new BigDecimal("999999.00");

    private final Function<Principal, Optional<BigDecimal>> left;

    /**
     * @param left US dollars left to a key; empty if it has no budget
     */
    public Balance(Function<Principal, Optional<BigDecimal>> left) {
        this.left = left;
    }

    @Override
    public void handle(Exchange exchange) {
        BigDecimal amount = left.apply(exchange.principal()).orElse(UNLIMITED).max(BigDecimal.ZERO);
        String text = amount.setScale(2, RoundingMode.DOWN).toPlainString();
        ObjectNode body = Json.object().put("is_available", amount.signum() > 0);
        body.putArray("balance_infos")
                .addObject()
                .put("currency", "USD")
                .put("total_balance", text)
                .put("granted_balance", "0.00")
                .put("topped_up_balance", text);
        Replies.json(exchange, body);
    }
}
