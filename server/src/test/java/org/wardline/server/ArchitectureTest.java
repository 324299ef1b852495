package org.wardline.server;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;

/**
 * The house rules that a compiler does not know (docs/HACKING.md). Each says what to use instead.
 */
@AnalyzeClasses(packages = "org.wardline", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  private static final String SERVER = "org.wardline.server..";

  @ArchTest
  static final ArchRule THE_SERVER_KNOWS_FOUR_PACKAGES_OF_THE_GATEWAY =
      noClasses()
          .that()
          .resideInAPackage(SERVER)
          .and()
          .doNotHaveFullyQualifiedName("org.wardline.server.links.LinkCheck")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("org.wardline..")
                  .and(
                      resideOutsideOfPackages(
                          SERVER,
                          "org.wardline.jdbc",
                          "org.wardline.sms",
                          "org.wardline.metrics",
                          "org.wardline.config")))
          .as(
              "The server talks to the gateway through org.wardline.sms.SmsQueue and the sms schema"
                  + " only; of its jar it may use jdbc, sms, metrics and config.");

  @ArchTest
  static final ArchRule LINK_SETTINGS_ARE_CHECKED_WHERE_THEY_ARE_TYPED =
      classes()
          .that()
          .haveFullyQualifiedName("org.wardline.server.links.LinkCheck")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage("java..", "org.jspecify..", "org.wardline.config")
                  .or(simpleName("GatewayConfig"))
                  .or(simpleName("LinkSettings"))
                  .or(simpleName("LinkCheck")))
          .as(
              "LinkCheck asks GatewayConfig.link what is wrong with settings and keeps nothing of the"
                  + " answer (ADR 1); everything else of the gateway stays unknown to the server.");

  @ArchTest
  static final ArchRule THE_GATEWAY_DOES_NOT_KNOW_THE_SERVER =
      noClasses()
          .that()
          .resideOutsideOfPackage(SERVER)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(SERVER)
          .as("The gateway knows phone numbers and texts, nothing of patients.");

  @ArchTest
  static final ArchRule PROMETHEUS_IS_BEHIND_METRICS =
      only("io.prometheus..", "org.wardline.metrics")
          .as("Its API is frozen upstream: use org.wardline.metrics.Metrics instead.");

  @ArchTest
  static final ArchRule SHIRO_IS_IN_ACCOUNTS =
      only("org.apache.shiro..", "org.wardline.server.accounts")
          .as(
              "Ask Caller.may(permission), or guard the route with Access, instead of using Shiro.");

  @ArchTest
  static final ArchRule ONE_LIMIT_FOR_PASSWORD_HASHES =
      noClasses()
          .that()
          .doNotHaveSimpleName("AccountsFeature")
          .should()
          .callConstructor("org.wardline.server.accounts.Passwords")
          .as(
              "Each Passwords lets two hashes of 19 MB run at once: share the one that"
                  + " AccountsFeature makes.");

  @ArchTest
  static final ArchRule JDBC_IS_IN_JDBC =
      noClasses()
          .that()
          .resideInAPackage(SERVER)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("java.sql..")
          .as("Use org.wardline.jdbc.Db, Tx and Row instead of java.sql.");

  @ArchTest
  static final ArchRule JSMPP_IS_IN_ONE_PACKAGE =
      only("org.jsmpp..", "org.wardline.gateway.smpp..")
          .as("Use org.wardline.gateway.smpp; it is designed around jSMPP's traps (design §8).");

  @ArchTest
  static final ArchRule CERTIFICATES_ARE_MADE_IN_WEB =
      noClasses()
          .that()
          .resideInAPackage(SERVER)
          .and()
          .resideOutsideOfPackages("org.wardline.server.web", "org.wardline.server.accounts")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.bouncycastle..")
          .as("Seal with org.wardline.server.keys (Tink); BouncyCastle is for certificates only.");

  @ArchTest
  static final ArchRule CASSANDRA_IS_IN_ARCHIVE =
      only("com.datastax..", "org.wardline.server.archive")
          .as("Put an event into ArchiveOutbox instead of talking to Cassandra.");

  @ArchTest
  static final ArchRule NO_DRAWERS =
      classes()
          .should(notResideInADrawer())
          .as(
              "A package is named after what it does for the practice; put the class with its feature.");

  @ArchTest
  static final ArchRule ONE_LOGGER =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "java.util.logging..", "org.apache.commons.logging..", "org.apache.log4j..")
          .as("Log with org.slf4j.Logger.");

  @ArchTest
  static final ArchRule NO_STACK_TRACES_TO_THE_CONSOLE =
      noClasses()
          .should()
          .callMethod(Throwable.class, "printStackTrace")
          .as("Log with org.slf4j.Logger, without data.");

  private static ArchRule only(String library, String home) {
    return noClasses()
        .that()
        .resideInAPackage("org.wardline..")
        .and()
        .resideOutsideOfPackage(home)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library);
  }

  private static ArchCondition<JavaClass> notResideInADrawer() {
    List<String> drawers =
        List.of("common", "util", "utils", "dto", "impl", "entities", "helpers", "misc");
    return new ArchCondition<>("not reside in a drawer") {
      @Override
      public void check(JavaClass item, ConditionEvents events) {
        for (String part : item.getPackageName().split("\\.", -1)) {
          if (drawers.contains(part)) {
            events.add(
                SimpleConditionEvent.violated(
                    item, item.getName() + " lies in a package named " + part));
          }
        }
      }
    };
  }
}
