package org.wardline.server.links;

import io.helidon.webserver.http.HttpRules;
import java.util.List;
import org.wardline.server.accounts.Access;
import org.wardline.server.conversations.Line;
import org.wardline.server.parts.Parts;

/**
 * The links to carriers as operators see and steer them: what the gateway says of each, what people
 * want of it, test texts and the way a text would take. Talks to the gateway through the tables of
 * schema {@code sms} only.
 */
public final class LinksFeature {
  private final LinkPages pages;
  private final LinkApi api;
  private final LinkFigures figures;

  /**
   * @param lines the practice's; at least one
   */
  public LinksFeature(Parts parts, Access access, List<Line> lines) {
    figures =
        new LinkFigures(
            parts.db(),
            parts.links(),
            parts.queue(),
            lines.stream().map(Line::id).toList(),
            parts.clock(),
            parts.metrics());
    CarrierLinks links =
        new CarrierLinks(
            parts.db(), parts.links(), parts.queue(), figures, lines, parts.audit(), parts.clock());
    pages = new LinkPages(access, parts.pages(), links, parts.clock(), parts.zone());
    api = new LinkApi(access, links);
  }

  /** Texts that wait although no link in service carries them; asked anew once a second at most. */
  public List<StrandedTexts> stranded() {
    return figures.stranded();
  }

  /** How many waiting texts no link can send now; asked anew once a second at most. */
  public long held() {
    return figures.held();
  }

  public void routes(HttpRules rules) {
    pages.routes(rules);
    api.routes(rules);
  }
}
