package dev.hadal.server.script;

import org.jspecify.annotations.Nullable;

/**
 * A completion that a rule asks for, on its way.
 *
 * @param ids all of it, the id that ends it last
 * @param pace how fast it comes
 * @param fault what goes wrong with it; null if nothing does
 */
record ScriptedAnswer(int[] ids, ScriptPace pace, @Nullable ScriptFault fault) {
    /** When the id that so many come before is due, if the one before it was due then. */
    long dueNanos(int done, long now, long before) {
        return done == 0
                ? now + pace.firstToken().toNanos()
                : Math.max(now, before + pace.token().toNanos());
    }

    /** Whether it fails in this way after so many of its ids. */
    boolean fails(ScriptFault.Kind kind, int done) {
        return fault != null && fault.kind() == kind && fault.after() == done;
    }

    /** How long it stands still after so many of its ids. */
    long stallNanos(int done) {
        return fault != null && fails(ScriptFault.Kind.STALL, done)
                ? fault.length().toNanos()
                : 0;
    }

    /** How much of the answer is the end of what was sampled; an answer that was left for another starts anew. */
    int progress(int[] sampled, int from, int endOfThinking) {
        int closed = from;
        while (closed < sampled.length && sampled[closed] != endOfThinking) {
            closed++;
        }
        int reasoned = 0;
        while (reasoned < ids.length && ids[reasoned] != endOfThinking) {
            reasoned++;
        }
        if (closed < sampled.length && reasoned < ids.length) {
            // The reasoning may have been cut short; what follows it counts.
            return reasoned + 1 + overlap(sampled, closed + 1, reasoned + 1);
        }
        return overlap(sampled, from, 0);
    }

    /** Length of the longest beginning of the answer, from an index on, that the sequence ends with. */
    private int overlap(int[] sampled, int from, int start) {
        int[] shorter = new int[ids.length - start + 1];
        int length = 0;
        for (int at = 1; at < ids.length - start; at++) {
            length = extend(shorter, length, start, ids[start + at]);
            shorter[at + 1] = length;
        }
        length = 0;
        for (int at = from; at < sampled.length; at++) {
            length = extend(shorter, length, start, sampled[at]);
        }
        return Math.min(length, ids.length - 1 - start);
    }

    private int extend(int[] shorter, int matched, int start, int next) {
        int length = matched;
        while (length > 0 && (start + length == ids.length || ids[start + length] != next)) {
            length = shorter[length];
        }
        return ids[start + length] == next ? length + 1 : 0;
    }
}
