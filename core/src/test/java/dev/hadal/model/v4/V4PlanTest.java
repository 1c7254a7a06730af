package dev.hadal.model.v4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

/** Expected values: the totals and the table of architecture.md 6.5 and 10. */
class V4PlanTest {
    private static final long MILLION = 1_048_576;
    private static final V4Plan FLASH = V4Plan.of(OfficialConfigs.flash());
    private static final V4Plan PRO = V4Plan.of(OfficialConfigs.pro());

    @Test
    void countsTheParametersOfFlash() {
        assertThat(FLASH.parameters()).isEqualTo(284_332_240_471L);
        assertThat(FLASH.mtpParameters()).isEqualTo(6_610_048_891L);
        assertThat(FLASH.activeParameters()).isEqualTo(13_270_101_591L);
        assertThat(FLASH.tensorBytes()).isEqualTo(159_609_485_896L);
        assertThat(FLASH.fileBytes()).isEqualTo(159_617_149_040L);
    }

    @Test
    void countsTheParametersOfPro() {
        assertThat(PRO.parameters()).isEqualTo(1_572_997_201_763L);
        assertThat(PRO.mtpParameters()).isEqualTo(25_840_145_979L);
        assertThat(PRO.activeParameters()).isEqualTo(48_852_402_019L);
        assertThat(PRO.tensorBytes()).isEqualTo(864_704_792_696L);
        assertThat(PRO.fileBytes()).isEqualTo(864_721_029_744L);
    }

    @Test
    void countsLayersByKind() {
        assertThat(FLASH.layers(LayerKind.SWA)).isEqualTo(2);
        assertThat(FLASH.layers(LayerKind.CSA)).isEqualTo(21);
        assertThat(FLASH.layers(LayerKind.HCA)).isEqualTo(20);
        assertThat(PRO.layers(LayerKind.SWA)).isZero();
        assertThat(PRO.layers(LayerKind.CSA)).isEqualTo(30);
        assertThat(PRO.layers(LayerKind.HCA)).isEqualTo(31);
    }

    @Test
    void sizesCacheRowsAsTheReleaseStoresThem() {
        assertThat(FLASH.entryBytes()).isEqualTo(584);
        assertThat(FLASH.indexKeyBytes()).isEqualTo(68);
    }

    @Test
    void reproducesThePublishedCacheRatios() {
        assertThat(V32Cost.cacheBytes(1)).isEqualTo(48_068);
        assertThat(FLASH.cacheBytes(MILLION) / 1e9).isCloseTo(3.688, within(0.0005));
        assertThat(PRO.cacheBytes(MILLION) / 1e9).isCloseTo(5.280, within(0.0005));
        double v32 = V32Cost.cacheBytes(MILLION);
        assertThat(100 * FLASH.cacheBytes(MILLION) / v32).isCloseTo(7.32, within(0.005));
        assertThat(100 * PRO.cacheBytes(MILLION) / v32).isCloseTo(10.48, within(0.005));
    }

    @Test
    void reproducesThePublishedWorkRatios() {
        double v32 = V32Cost.decodeFlops(MILLION).total();
        assertThat(100 * FLASH.decodeFlops(MILLION).total() / v32).isCloseTo(10.20, within(0.005));
        assertThat(100 * PRO.decodeFlops(MILLION).total() / v32).isCloseTo(27.13, within(0.005));
    }

    @Test
    void reproducesThePartsOfTheWork() {
        assertThat(rounded(V32Cost.decodeFlops(MILLION))).containsExactly(77.3, 69.6, 1048.0);
        assertThat(rounded(PRO.decodeFlops(MILLION))).containsExactly(106.4, 153.3, 64.4);
        assertThat(rounded(FLASH.decodeFlops(MILLION))).containsExactly(29.6, 47.2, 45.1);
    }

    /** Expected values: performance.md 5. */
    @Test
    void countsTheBytesThatATokenReads() {
        assertThat(FLASH.reads().bytes(1, true) / 1e9).isCloseTo(11.2, within(0.05));
        assertThat(PRO.reads().bytes(1, true) / 1e9).isCloseTo(39.7, within(0.05));
    }

    @Test
    void rowsOfABatchShareWhatTheyRead() {
        WeightReads reads = FLASH.reads();
        assertThat(reads.bytes(1, true) - reads.bytes(1, false)).isEqualTo(2.0 * 129_280 * 4096);
        assertThat(reads.bytes(1, false))
                .isCloseTo(reads.shared() + reads.row() + reads.routed() * 6 / 256.0, within(1.0));
        double withoutRows = reads.bytes(4096, false) - 4096.0 * reads.row();
        assertThat(withoutRows).isCloseTo(reads.shared() + (double) reads.routed(), within(1.0));
        assertThat(reads.row()).isEqualTo(2 * 4096 + 3 * 6 * 8);
    }

    /** Expected values: performance.md 5. */
    @Test
    void countsTheMatrixProducts() {
        assertThat(FLASH.matrixFlops(1, 0) / 1e9).isCloseTo(25.5, within(0.05));
        assertThat(PRO.matrixFlops(1, 0) / 1e9).isCloseTo(95.8, within(0.05));
        assertThat(FLASH.matrixFlops(512, 1) - FLASH.matrixFlops(512, 0)).isEqualTo(2.0 * 129_280 * 4096);
    }

    @Test
    void countsAShortContextByItsOwnLength() {
        assertThat(FLASH.layerCacheBytes(LayerKind.SWA, 10)).isEqualTo(5_840);
        assertThat(FLASH.layerCacheBytes(LayerKind.CSA, 10)).isEqualTo(5_840 + 2 * 652);
        assertThat(FLASH.layerCacheBytes(LayerKind.HCA, 127)).isEqualTo(127 * 584);
        assertThat(FLASH.layerCacheBytes(LayerKind.HCA, 128)).isEqualTo(129 * 584);
        assertThat(FLASH.decodeFlops(10).core()).isEqualTo(2 * 4.0 * 64 * 512 * (43 * 10 + 21 * 2));
    }

    private static double[] rounded(DecodeFlops flops) {
        return new double[] {
            Math.rint(flops.weights() / 1e8) / 10,
            Math.rint(flops.core() / 1e8) / 10,
            Math.rint(flops.indexer() / 1e8) / 10
        };
    }
}
