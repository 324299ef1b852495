package org.wardline.appliance;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/**
 * The house rules for the whole of Wardline: the appliance's class path has the gateway's and the
 * server's jars too. Each rule says what to use instead.
 */
@AnalyzeClasses(packages = "org.wardline", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule JSMPP_IS_IN_ONE_PACKAGE =
      only("org.jsmpp..", "org.wardline.gateway.smpp..")
          .as("Use org.wardline.gateway.smpp; it is designed around jSMPP's traps.");

  @ArchTest
  static final ArchRule CASSANDRA_S_DRIVER_IS_WHERE_ROWS_AND_ROLES_ARE_WRITTEN =
      only("com.datastax..", "org.wardline.server.archive..", "org.wardline.appliance.engines..")
          .as("Put an event into ArchiveOutbox; roles are made by CassandraRoles.");

  @ArchTest
  static final ArchRule POSTGRESQL_S_DRIVER_IS_IN_JDBC_AND_THE_ENGINE =
      only("org.postgresql..", "org.wardline.jdbc..", "org.wardline.appliance.engines..")
          .as("Use org.wardline.jdbc; roles are made by PostgresRoles.");

  @ArchTest
  static final ArchRule SQL_GOES_THROUGH_DB =
      only("java.sql..", "org.wardline.jdbc..", "org.wardline.appliance.engines..")
          .as("Use org.wardline.jdbc.Db, Tx and Row instead of java.sql.");

  @ArchTest
  static final ArchRule NO_DRAWERS =
      noClasses()
          .that()
          .resideInAPackage("org.wardline..")
          .should()
          .resideInAnyPackage("..common..", "..util..", "..impl..", "..dto..", "..entities..")
          .as("A package is named after what it does; put the class with its feature.");

  @ArchTest
  static final ArchRule NOTHING_DEPENDS_ON_THE_APPLIANCE =
      noClasses()
          .that(outside("org.wardline.appliance.."))
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.wardline.appliance..")
          .as("The launcher knows the programs, not the other way round.");

  private static ArchRule only(String library, String... homes) {
    return noClasses()
        .that(outside(homes))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library);
  }

  private static DescribedPredicate<JavaClass> outside(String... homes) {
    DescribedPredicate<JavaClass> ours = resideInAPackage("org.wardline..");
    for (String home : homes) {
      ours = ours.and(DescribedPredicate.not(resideInAPackage(home)));
    }
    return ours;
  }
}
