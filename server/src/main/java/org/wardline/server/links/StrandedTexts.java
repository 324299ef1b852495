package org.wardline.server.links;

import java.util.List;
import org.wardline.sms.Routes;
import org.wardline.sms.SmsQueue;

/**
 * Texts of one line, to numbers of one prefix, that wait although no link in service carries them.
 * The gateway leaves them where they are, so without a word they would wait until they expire.
 *
 * @param prefix as configured, {@code +} for all numbers without a longer one; {@code @NAME} for
 *     texts that only this link may carry
 */
public record StrandedTexts(String line, String prefix, long waiting, long oldestSeconds) {
  /**
   * Empty also while no link is in service at all: that no gateway runs is said elsewhere, and
   * nothing is known of the links then.
   */
  static List<StrandedTexts> of(List<LinkView> links, List<SmsQueue.LaneDepth> waiting) {
    List<Routes.Link> inService =
        links.stream()
            .filter(link -> link.isReported() && !link.isStopped())
            .flatMap(link -> RoutePreview.inService(link).stream())
            .toList();
    if (inService.isEmpty()) {
      return List.of();
    }
    return waiting.stream()
        .filter(lane -> Routes.order(inService, lane.line(), lane.prefix()).isEmpty())
        .map(
            lane ->
                new StrandedTexts(lane.line(), lane.prefix(), lane.waiting(), lane.oldestSeconds()))
        .toList();
  }

  /** Which texts, without the line's name. */
  public String to() {
    return Routes.pinnedTo(prefix)
        .map(link -> "for link " + link + " alone")
        .orElse(
            prefix.equals("+")
                ? "that need a link for all numbers (prefix +)"
                : "to numbers that begin with " + prefix);
  }

  public String count() {
    return waiting == 1 ? "1 text" : waiting + " texts";
  }
}
