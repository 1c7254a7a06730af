package dev.hadal.kernel;

import java.util.Arrays;

/** The definition of every attention kernel, in plain Java, which is never optimised. */
final class ScalarAttentionKernels implements AttentionKernels {

    @Override
    public void scores(Rows keys, int first, int count, HeadGroup heads) {
        for (int j = 0; j < count; j++) {
            int key = keys.at(first + j);
            for (int lane = 0; lane < heads.lanes; lane++) {
                float s = 0;
                for (int k = 0; k < heads.dim; k++) {
                    s = Math.fma(keys.data()[key + k], heads.queries[k * HeadGroup.LANES + lane], s);
                }
                heads.scores[j * HeadGroup.LANES + lane] = heads.scale * s;
            }
        }
    }

    @Override
    public void shift(int count, HeadGroup heads) {
        for (int lane = 0; lane < heads.lanes; lane++) {
            float max = heads.max[lane];
            for (int j = 0; j < count; j++) {
                max = Math.max(max, heads.scores[j * HeadGroup.LANES + lane]);
            }
            heads.factor[lane] = heads.max[lane] - max;
            heads.max[lane] = max;
            for (int j = 0; j < count; j++) {
                heads.scores[j * HeadGroup.LANES + lane] -= max;
            }
        }
    }

    @Override
    public void total(int count, HeadGroup heads) {
        for (int lane = 0; lane < heads.lanes; lane++) {
            float part = 0;
            for (int j = 0; j < count; j++) {
                part += heads.scores[j * HeadGroup.LANES + lane];
            }
            heads.sum[lane] = heads.sum[lane] * heads.factor[lane] + part;
        }
    }

    @Override
    public void addValues(Rows keys, int first, int count, HeadGroup heads) {
        addValues(keys, first, count, heads, 0);
    }

    /** The values from {@code column} on. */
    static void addValues(Rows keys, int first, int count, HeadGroup heads, int column) {
        float[] part = heads.part;
        for (int head = 0; head < heads.lanes; head++) {
            Arrays.fill(part, 0f);
            for (int j = 0; j < count; j++) {
                float weight = heads.scores[j * HeadGroup.LANES + head];
                int key = keys.at(first + j);
                for (int i = column; i < heads.dim; i++) {
                    part[i] = Math.fma(weight, keys.data()[key + i], part[i]);
                }
            }
            for (int i = column; i < heads.dim; i++) {
                heads.values.data()[heads.values.at(head, i)] += part[i];
            }
        }
    }

    @Override
    public void scoreKeys(float[] panel, IndexQuery query, float[] scores, int at) {
        for (int lane = 0; lane < Panel.LANES; lane++) {
            float score = 0;
            for (int head = 0; head < query.stride; head++) {
                float product = 0;
                for (int k = 0; k < query.width; k++) {
                    product = Math.fma(query.values[k * query.stride + head], panel[k * Panel.LANES + lane], product);
                }
                score = Math.fma(query.weights[head], Math.max(product, 0f), score);
            }
            scores[at + lane] = score;
        }
    }
}
