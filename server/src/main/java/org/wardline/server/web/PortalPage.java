package org.wardline.server.web;

import io.helidon.webserver.http.HttpRules;
import java.time.Duration;
import java.util.function.Supplier;
import org.wardline.server.accounts.Caller;

/** All that patients find at the portal's address until secure messages are switched on. */
final class PortalPage {
  private final Pages pages;
  private final Assets assets;
  private final Supplier<String> practiceName;

  PortalPage(Pages pages, Assets assets, Supplier<String> practiceName) {
    this.pages = pages;
    this.assets = assets;
    this.practiceName = practiceName;
  }

  void routes(HttpRules rules) {
    rules.get(
        "/",
        (request, response) ->
            pages.send(
                response,
                Pages.templates()
                    .webPortal(
                        new Page(Caller.patient(), "/", "", Duration.ZERO, assets),
                        practiceName.get())));
  }
}
