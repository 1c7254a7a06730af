package dev.hadal.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.equalTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds {@code core} to the house rules, and each rule to a class that breaks it. */
final class HouseRulesTest {
    private static final String ROOT = "dev.hadal";
    private static final String FIXTURE = "dev.hadal.architecture.fixture";

    private static final JavaClasses CORE =
            new ClassFileImporter().importPath(SourceTree.root().resolve("core/target/classes"));

    /** Classes called Bad... break the rule that their package is named after, classes called Good... do not. */
    private static final JavaClasses FIXTURES = new ClassFileImporter().importPackages(FIXTURE);

    static Stream<Arguments> rules() {
        return Stream.of(
                rule("levels", HouseRules.levels(ROOT), HouseRules.levels(FIXTURE + ".levels")),
                rule("statics", HouseRules.noMutableStaticState()),
                rule("services", HouseRules.noServiceLoader()),
                rule("process", HouseRules.noProcessState()),
                rule("logging", HouseRules.noLoggingConfiguration()),
                rule("serial", HouseRules.noSerialisation()),
                rule(
                        "regex",
                        HouseRules.noRegularExpressions(ROOT + ".tokenizer..", ROOT + ".chat.."),
                        HouseRules.noRegularExpressions(FIXTURE + ".regex..")),
                rule("inheritance", HouseRules.inheritanceDepthOne(ROOT)),
                rule("open", HouseRules.finalByDefault()),
                rule("parameters", HouseRules.fewParameters()),
                rule("optional", HouseRules.optionalOnlyReturned()));
    }

    private static Arguments rule(String fixture, ArchRule rule) {
        return rule(fixture, rule, rule);
    }

    private static Arguments rule(String fixture, ArchRule rule, ArchRule forFixture) {
        return Arguments.of(fixture, rule, forFixture);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void coreKeepsTheRule(String fixture, ArchRule rule, ArchRule forFixture) {
        rule.check(CORE);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void theRuleBitesEveryOffenderAndNobodyElse(String fixture, ArchRule rule, ArchRule forFixture) {
        JavaClasses classes = FIXTURES.that(resideInAPackage(FIXTURE + "." + fixture + ".."));

        assertThat(classes)
                .anyMatch(HouseRulesTest::offends)
                .allSatisfy(type -> assertThat(
                                forFixture.evaluate(classes.that(equalTo(type))).hasViolation())
                        .as(type.getName())
                        .isEqualTo(offends(type)));
    }

    @Test
    void findsPackagesThatUseEachOther() {
        assertThat(HouseRules.noCycles(FIXTURE + ".cycles").evaluate(FIXTURES).hasViolation())
                .isTrue();
    }

    @Test
    void coreHasNoCycles() {
        HouseRules.noCycles(ROOT).check(CORE);
    }

    private static boolean offends(JavaClass type) {
        return type.getSimpleName().startsWith("Bad");
    }

    @Test
    void theLevelTableItselfPointsDown() {
        assertThat(Levels.rowsThatPointUp()).isEmpty();
    }

    @Test
    void theProductIsThere() {
        assertThat(CORE).anyMatch(type -> type.getName().equals("dev.hadal.tensor.DType"));
    }
}
