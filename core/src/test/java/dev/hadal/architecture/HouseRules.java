package dev.hadal.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noCodeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.base.HasDescription;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.AbstractCollection;
import java.util.AbstractMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.function.Predicate;

/** The house rules that class files can show, each as one ArchUnit rule over the classes under a root package. */
final class HouseRules {
    private static final int MAX_PARAMETERS = 6;

    private static final Set<Class<?>> OPTIONALS =
            Set.of(Optional.class, OptionalInt.class, OptionalLong.class, OptionalDouble.class);

    private static final Map<String, Set<String>> PROCESS = Map.of(
            "java.lang.System",
                    Set.of(
                            "in",
                            "out",
                            "err",
                            "console",
                            "exit",
                            "getenv",
                            "getProperty",
                            "getProperties",
                            "setProperty"),
            "java.lang.Runtime", Set.of("exit", "halt", "addShutdownHook"),
            "java.lang.Boolean", Set.of("getBoolean"),
            "java.lang.Integer", Set.of("getInteger"),
            "java.lang.Long", Set.of("getLong"),
            "java.lang.Throwable", Set.of("printStackTrace"));

    private static final Map<String, Set<String>> REGEX_IN_STRING =
            Map.of("java.lang.String", Set.of("matches", "replaceAll", "replaceFirst", "split"));

    private HouseRules() {}

    /** Arrows between packages follow the level table. */
    static ArchRule levels(String root) {
        return named(classes().should(new Levels(root)), "package arrows go down the level table");
    }

    /** No package uses itself through another one. */
    static ArchRule noCycles(String root) {
        return slices().matching(root + ".(**)").should().beFreeOfCycles().allowEmptyShould(true);
    }

    /** Static fields are final, of a type that can't change, and arrays are private. */
    static ArchRule noMutableStaticState() {
        return named(
                fields().that().areStatic().and(handWritten()).should(holdAConstant()), "static fields hold constants");
    }

    /** Nothing is looked up behind the caller's back. */
    static ArchRule noServiceLoader() {
        return named(
                noClasses().should().dependOnClassesThat().areAssignableTo(ServiceLoader.class), "no service loader");
    }

    /** A library neither talks to the console nor reads the environment nor ends the process. */
    static ArchRule noProcessState() {
        return named(noClasses().should().accessTargetWhere(oneOf(PROCESS)), "no console, environment or exit");
    }

    /** Logging goes through {@link System.Logger}; its configuration is the application's. */
    static ArchRule noLoggingConfiguration() {
        return named(
                noClasses().should().dependOnClassesThat().resideInAPackage("java.util.logging.."),
                "no logging configuration");
    }

    /** Java serialisation is neither used nor offered. */
    static ArchRule noSerialisation() {
        DescribedPredicate<JavaClass> serialises = predicate(
                "serialise",
                type -> type.isAssignableTo(ObjectInputStream.class) || type.isAssignableTo(ObjectOutputStream.class));
        DescribedPredicate<JavaClass> declaresSerializable = predicate(
                "declare Serializable",
                type -> type.getRawInterfaces().stream().anyMatch(i -> i.isAssignableTo(Serializable.class)));
        return named(
                noClasses().should().dependOnClassesThat(serialises).orShould(new Matching<>(declaresSerializable)),
                "no Java serialisation");
    }

    /** Text from outside meets no backtracking matcher. */
    static ArchRule noRegularExpressions(String... packages) {
        return named(
                noClasses()
                        .that()
                        .resideInAnyPackage(packages)
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("java.util.regex..")
                        .orShould()
                        .accessTargetWhere(oneOf(REGEX_IN_STRING)),
                "no regular expressions on text from outside");
    }

    /** A class of ours may extend one class of ours, which then extends none. */
    static ArchRule inheritanceDepthOne(String root) {
        DescribedPredicate<JavaClass> deep = predicate(
                "inherit through two classes of ours",
                type -> type.getAllRawSuperclasses().stream()
                                .filter(ancestor -> ancestor.getPackageName().startsWith(root))
                                .count()
                        > 1);
        return named(noClasses().should(new Matching<>(deep)), "inheritance depth is at most 1");
    }

    /** A class that nothing extends says so. */
    static ArchRule finalByDefault() {
        DescribedPredicate<JavaClass> open = predicate(
                "be open although nothing extends them",
                type -> !type.isInterface()
                        && !type.isAnonymousClass()
                        && !type.isEnum()
                        && !type.getModifiers().contains(JavaModifier.FINAL)
                        && !type.getModifiers().contains(JavaModifier.ABSTRACT)
                        && !type.getModifiers().contains(JavaModifier.SYNTHETIC)
                        && type.getSubclasses().isEmpty());
        return named(noClasses().should(new Matching<>(open)), "classes are final by default");
    }

    /** More than six parameters are a record that has not been found yet. */
    static ArchRule fewParameters() {
        DescribedPredicate<JavaCodeUnit> greedy =
                predicate("take more than " + MAX_PARAMETERS + " parameters", HouseRules::takesTooMuch);
        return named(noCodeUnits().should(new Matching<>(greedy)), "at most six parameters");
    }

    /** Optional is an answer, never a question: not a parameter, not a field. */
    static ArchRule optionalOnlyReturned() {
        DescribedPredicate<JavaField> optionalField =
                predicate("be optional", field -> OPTIONALS.stream().anyMatch(field.getRawType()::isEquivalentTo));
        DescribedPredicate<JavaCodeUnit> optionalParameter = predicate(
                "take an Optional",
                unit -> !unit.getModifiers().contains(JavaModifier.SYNTHETIC)
                        && unit.getRawParameterTypes().stream()
                                .anyMatch(parameter -> OPTIONALS.stream().anyMatch(parameter::isEquivalentTo)));
        return CompositeArchRule.of(named(noFields().should(new Matching<>(optionalField)), "no Optional field"))
                .and(named(noCodeUnits().should(new Matching<>(optionalParameter)), "no Optional parameter"));
    }

    private static boolean takesTooMuch(JavaCodeUnit unit) {
        JavaClass owner = unit.getOwner();
        boolean byCompiler = unit.getModifiers().contains(JavaModifier.SYNTHETIC);
        // A local or anonymous class passes what it captures through its constructor.
        boolean captures = unit.isConstructor() && (owner.isAnonymousClass() || owner.isLocalClass());
        boolean canonical = unit.isConstructor() && owner.isRecord();
        int hidden = unit.isConstructor() ? hiddenParameters(owner) : 0;
        return !byCompiler
                && !captures
                && !canonical
                && unit.getRawParameterTypes().size() - hidden > MAX_PARAMETERS;
    }

    /** Enum constructors carry name and ordinal, inner classes their outer object. */
    private static int hiddenParameters(JavaClass owner) {
        if (owner.isEnum()) {
            return 2;
        }
        return owner.isInnerClass() ? 1 : 0;
    }

    private static ArchCondition<JavaField> holdAConstant() {
        return new ArchCondition<>("hold a constant") {
            @Override
            public void check(JavaField field, ConditionEvents events) {
                boolean fixed = field.getModifiers().contains(JavaModifier.FINAL);
                boolean leaks =
                        field.getRawType().isArray() && !field.getModifiers().contains(JavaModifier.PRIVATE);
                if (!fixed || leaks || isContainer(field.getRawType())) {
                    events.add(SimpleConditionEvent.violated(field, field.getFullName() + " is static and can change"));
                }
            }
        };
    }

    /** Types whose only point is that their content changes. */
    private static boolean isContainer(JavaClass type) {
        return type.getPackageName().startsWith("java.util.concurrent")
                || type.isAssignableTo(ThreadLocal.class)
                || type.isAssignableTo(AbstractMap.class)
                || type.isAssignableTo(AbstractCollection.class)
                || type.isAssignableTo(Random.class)
                || type.isEquivalentTo(StringBuilder.class);
    }

    private static DescribedPredicate<JavaField> handWritten() {
        return predicate("are written by hand", field -> !field.getModifiers().contains(JavaModifier.SYNTHETIC));
    }

    private static DescribedPredicate<JavaAccess<?>> oneOf(Map<String, Set<String>> members) {
        return predicate(
                "is one of " + members,
                access -> members.entrySet().stream()
                        .anyMatch(member -> access.getTargetOwner().isAssignableTo(member.getKey())
                                && member.getValue().contains(access.getTarget().getName())));
    }

    private static ArchRule named(ArchRule rule, String name) {
        return rule.allowEmptyShould(true).as(name);
    }

    private static <T> DescribedPredicate<T> predicate(String description, Predicate<? super T> test) {
        return DescribedPredicate.describe(description, test);
    }

    /** A condition that a predicate fulfils. */
    private static final class Matching<T extends HasDescription> extends ArchCondition<T> {
        private final DescribedPredicate<? super T> predicate;

        Matching(DescribedPredicate<? super T> predicate) {
            super(predicate.getDescription());
            this.predicate = predicate;
        }

        @Override
        public void check(T item, ConditionEvents events) {
            events.add(new SimpleConditionEvent(
                    item, predicate.test(item), item.getDescription() + " does " + predicate.getDescription()));
        }
    }
}
