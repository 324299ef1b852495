package org.wardline.sms;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RoutesTest {
  private static final String CHICAGO = "+13125550100";
  private static final String LONDON = "+442079460000";

  private static Routes.Link link(String name) {
    return new Routes.Link(name, Set.of(), List.of("+"), 10, BigDecimal.ZERO, true);
  }

  private static Routes.Link with(Routes.Link link, String line, String prefix) {
    return new Routes.Link(
        link.name(),
        line.isEmpty() ? Set.of() : Set.of(line),
        List.of(prefix),
        link.preference(),
        link.cost(),
        link.usable());
  }

  private static Routes.Link at(Routes.Link link, int preference, String cost) {
    return new Routes.Link(
        link.name(),
        link.lines(),
        link.prefixes(),
        preference,
        new BigDecimal(cost),
        link.usable());
  }

  private static Routes.Link lost(Routes.Link link) {
    return new Routes.Link(
        link.name(), link.lines(), link.prefixes(), link.preference(), link.cost(), false);
  }

  private static List<String> names(String line, String number, Routes.Link... links) {
    return Routes.order(List.of(links), line, number).stream().map(Routes.Link::name).toList();
  }

  @Test
  void the_lower_preference_goes_first_and_the_cheaper_one_among_equals() {
    assertThat(names("main", CHICAGO, at(link("a"), 20, "0"), at(link("b"), 10, "5")))
        .containsExactly("b", "a");
    assertThat(names("main", CHICAGO, at(link("a"), 10, "0.008"), at(link("b"), 10, "0.0075")))
        .containsExactly("b", "a");
    assertThat(names("main", CHICAGO, link("b"), link("a"))).containsExactly("a", "b");
  }

  @Test
  void the_longer_prefix_goes_before_a_better_preference() {
    Routes.Link local = with(at(link("local"), 90, "1"), "", "+1312");
    Routes.Link country = with(at(link("country"), 1, "0"), "", "+1");
    assertThat(names("main", CHICAGO, country, local)).containsExactly("local", "country");
    assertThat(names("main", "+17735550100", country, local)).containsExactly("country");
    assertThat(names("main", LONDON, country, local)).isEmpty();
  }

  @Test
  void a_link_for_the_line_goes_before_a_link_for_all_lines() {
    Routes.Link own = with(at(link("own"), 90, "9"), "billing", "+");
    assertThat(names("billing", CHICAGO, link("all"), own)).containsExactly("own", "all");
    assertThat(names("main", CHICAGO, link("all"), own)).containsExactly("all");
  }

  @Test
  void a_lost_link_goes_last_whatever_else_speaks_for_it() {
    assertThat(names("main", CHICAGO, lost(at(link("a"), 1, "0")), at(link("b"), 99, "9")))
        .containsExactly("b", "a");
    assertThat(names("main", CHICAGO, lost(at(link("a"), 1, "0")), lost(link("b"))))
        .containsExactly("a", "b");
  }

  @Test
  void what_decides_between_two_links_can_be_said() {
    Routes.Link plain = link("a");
    assertThat(Routes.decisive(plain, lost(link("b")), CHICAGO)).isEqualTo(Routes.Criterion.USABLE);
    assertThat(Routes.decisive(with(link("b"), "main", "+"), plain, CHICAGO))
        .isEqualTo(Routes.Criterion.NAMES_LINE);
    assertThat(Routes.decisive(with(link("b"), "", "+1"), plain, CHICAGO))
        .isEqualTo(Routes.Criterion.LONGER_PREFIX);
    assertThat(Routes.decisive(at(link("b"), 1, "9"), plain, CHICAGO))
        .isEqualTo(Routes.Criterion.PREFERENCE);
    assertThat(Routes.decisive(plain, at(link("b"), 10, "0.1"), CHICAGO))
        .isEqualTo(Routes.Criterion.COST);
    assertThat(Routes.decisive(plain, link("b"), CHICAGO)).isEqualTo(Routes.Criterion.NAME);
  }

  @Test
  void a_text_for_one_link_takes_no_other() {
    Routes.Link own = with(link("own"), "billing", "+44");
    assertThat(names("main", Routes.pinned("own"), link("all"), own)).containsExactly("own");
    assertThat(names("main", Routes.pinned("gone"), link("all"), own)).isEmpty();
    assertThat(names("main", Routes.pinned("ow"), link("all"), own)).isEmpty();
  }

  @Test
  void a_text_is_filed_under_the_longest_prefix_that_is_configured() {
    PhoneNumber number = new PhoneNumber(CHICAGO);
    assertThat(Routes.prefixOf(number, List.of("+", "+1", "+1312", "+1313"))).isEqualTo("+1312");
    assertThat(Routes.prefixOf(number, List.of("+44"))).isEqualTo("+");
    assertThat(Routes.prefixOf(number, List.of())).isEqualTo("+");
  }
}
