package dev.hadal.cli.bench;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Vector multiply-adds with nothing else between them. Ten independent chains keep two units of four cycles' latency
 * busy; they start at different values lest they be found equal; and with their two factors fit the sixteen registers of the older instruction sets.
 */
final class VectorMultiplyAdd {
    /** Chains, each a vector. */
    static final int CHAINS = 10;

    private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

    /** Values of a vector. */
    static final int LANES = SPECIES.length();

    private VectorMultiplyAdd() {}

    /** Does {@code steps} multiply-adds on each chain. */
    static float run(int steps) {
        FloatVector factor = FloatVector.broadcast(SPECIES, 0.5f);
        FloatVector term = FloatVector.broadcast(SPECIES, 0.25f);
        FloatVector a = term.add(0f);
        FloatVector b = term.add(1f);
        FloatVector c = term.add(2f);
        FloatVector d = term.add(3f);
        FloatVector e = term.add(4f);
        FloatVector f = term.add(5f);
        FloatVector g = term.add(6f);
        FloatVector h = term.add(7f);
        FloatVector i = term.add(8f);
        FloatVector j = term.add(9f);
        for (int step = 0; step < steps; step++) {
            a = a.fma(factor, term);
            b = b.fma(factor, term);
            c = c.fma(factor, term);
            d = d.fma(factor, term);
            e = e.fma(factor, term);
            f = f.fma(factor, term);
            g = g.fma(factor, term);
            h = h.fma(factor, term);
            i = i.fma(factor, term);
            j = j.fma(factor, term);
        }
        return a.add(b).add(c).add(d).add(e).add(f).add(g).add(h).add(i).add(j).lane(0);
    }
}
