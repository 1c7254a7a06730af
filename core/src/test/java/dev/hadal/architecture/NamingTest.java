package dev.hadal.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names say what a thing is; these words say only that nobody knew. */
final class NamingTest {
    private static final Pattern EMPTY_WORD =
            Pattern.compile("(?:Util|Utils|Helper|Helpers|Common|Commons|Manager|Impl|Base|Abstract)(?![a-z])");
    private static final Pattern EMPTY_PACKAGE =
            Pattern.compile("(?:^|\\.)(?:utils?|helpers?|commons?|managers?|impl|base)(?:\\.|$)");
    private static final Pattern SLEEP = Pattern.compile("\\bThread\\.sleep\\(|\\bTimeUnit\\.\\w+\\.sleep\\(");

    @Test
    void everyFileAndPackageHasAProperName() {
        List<String> misnamed = Stream.concat(SourceTree.mainSources().stream(), SourceTree.testSources().stream())
                .flatMap(file ->
                        complaint(SourceTree.packageOf(SourceTree.read(file)), SourceTree.simpleName(file)).stream())
                .toList();
        assertThat(misnamed).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "StringUtil",
                "StringUtils",
                "TestHelper",
                "AbstractModel",
                "BaseModel",
                "ModelBase",
                "KernelsImpl",
                "CacheManager",
                "CommonNames"
            })
    void refusesEmptyWordsInClassNames(String name) {
        assertThat(complaint("dev.hadal.tensor", name)).contains("dev.hadal.tensor." + name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"dev.hadal.util", "dev.hadal.utils.text", "dev.hadal.impl", "common"})
    void refusesEmptyWordsInPackageNames(String name) {
        assertThat(complaint(name, "Tensor")).contains(name + ".Tensor");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Database", "BasedOn", "Utility", "Commonality", "Simple", "HyperConnection"})
    void leavesWordsThatOnlyLookAlike(String name) {
        assertThat(complaint("dev.hadal.baseline", name)).isEmpty();
    }

    @Test
    void noTestSleeps() {
        assertThat(SourceTree.testSources())
                .allSatisfy(
                        file -> assertThat(SLEEP.matcher(SourceTree.read(file)).find())
                                .as("%s waits for a time instead of an event", file)
                                .isFalse());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Thread.%s(1)", "java.lang.Thread.%s(Duration.ZERO)", "TimeUnit.SECONDS.%s(1)"})
    void findsSleepInEverySpelling(String call) {
        assertThat(SLEEP.matcher(call.formatted("sleep")).find()).isTrue();
    }

    private static Optional<String> complaint(String packageName, String className) {
        boolean empty = EMPTY_WORD.matcher(className).find()
                || EMPTY_PACKAGE.matcher(packageName).find();
        return empty ? Optional.of(packageName + "." + className) : Optional.empty();
    }
}
