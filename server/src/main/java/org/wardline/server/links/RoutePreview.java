package org.wardline.server.links;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wardline.sms.LinkStatus;
import org.wardline.sms.Links.Want;
import org.wardline.sms.Routes;
import org.wardline.sms.Routes.Criterion;
import org.wardline.sms.Routes.Link;

/**
 * How a text would go, and why: the same order the gateway takes.
 *
 * @param ways the links that carry it, the best first
 * @param others those that do not
 */
public record RoutePreview(List<Way> ways, List<Way> others) {
  /** A link with the reason for its place. */
  public record Way(String link, boolean usable, String reason) {}

  /**
   * @param number in E.164 form, or only its beginning
   */
  static RoutePreview of(List<LinkView> views, String line, String number) {
    List<Link> links = views.stream().flatMap(view -> inService(view).stream()).toList();
    List<Link> order = Routes.order(links, line, number);
    List<Way> ways = new ArrayList<>();
    for (int i = 0; i < order.size(); i++) {
      Link link = order.get(i);
      ways.add(
          new Way(
              link.name(),
              link.usable(),
              i == 0
                  ? first(link, order.size())
                  : later(Routes.decisive(order.get(i - 1), link, number), order.get(i - 1))));
    }
    List<Way> others = new ArrayList<>();
    for (LinkView view : views) {
      if (ways.stream().noneMatch(way -> way.link().equals(view.name()))) {
        others.add(new Way(view.name(), false, notHere(inService(view), line, number)));
      }
    }
    return new RoutePreview(ways, List.copyOf(others));
  }

  /** As the gateway sees it; one that nobody reports on cannot be counted on. */
  static Optional<Link> inService(LinkView view) {
    return view.want() == Want.DRAIN || view.want() == Want.REMOVE
        ? Optional.empty()
        : view.status()
            .map(LinkStatus::route)
            .map(link -> view.isReported() ? link : link.withUsable(false));
  }

  private static String notHere(Optional<Link> link, String line, String number) {
    if (link.isEmpty()) {
      return "It is not in service.";
    }
    return link.get().carries(number)
        ? "It does not carry line " + line + "."
        : "None of its prefixes fits the number.";
  }

  private static String first(Link link, int among) {
    if (!link.usable()) {
      return "No link that carries it can be counted on now, so it waits for this one.";
    }
    return among == 1 ? "The only link that carries it." : "It goes here.";
  }

  private static String later(Criterion criterion, Link before) {
    String than = " than " + before.name() + ".";
    return switch (criterion) {
      case USABLE -> "Cannot be counted on now: not connected, or not wanted to send.";
      case NAMES_LINE -> "It is for every line; " + before.name() + " names this one.";
      case LONGER_PREFIX -> "Its prefix fits shorter" + than;
      case PREFERENCE -> "Its preference number is higher" + than;
      case COST -> "It costs more" + than;
      case NAME -> "Like " + before.name() + " in everything; the name decides.";
    };
  }
}
