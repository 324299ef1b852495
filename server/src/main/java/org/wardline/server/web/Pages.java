package org.wardline.server.web;

import gg.jte.models.runtime.JteModel;
import gg.jte.output.Utf8ByteOutput;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import org.wardline.server.accounts.Caller;
import org.wardline.server.accounts.Session;
import org.wardline.server.pages.StaticTemplates;
import org.wardline.server.pages.Templates;

/**
 * Renders the console's templates. A handler writes
 *
 * <pre>{@code
 * pages.send(response, Pages.templates().conversationsInbox(pages.page(caller, request), rows));
 * }</pre>
 *
 * A template renders completely before the first byte leaves, so a failing template becomes a
 * proper error page.
 */
public final class Pages {
  private static final HeaderName HX_REQUEST = HeaderNames.create("HX-Request");
  private static final HeaderName HX_RESTORE = HeaderNames.create("HX-History-Restore-Request");
  private static final Templates TEMPLATES = new StaticTemplates();

  private final Assets assets = new Assets();

  Assets assets() {
    return assets;
  }

  /**
   * One typed method per template: {@code conversations/inbox.jte} is {@code conversationsInbox}.
   */
  public static Templates templates() {
    return TEMPLATES;
  }

  /** The frame for a page that {@code caller} asked for. */
  public Page page(Caller caller, ServerRequest request) {
    Session session = request.context().get(Session.class).orElse(Session.NONE);
    return new Page(
        caller, request.path().path(), session.csrfToken(), session.idleLogOff(), assets);
  }

  /** True when htmx asks for a part of a page: answer with a fragment, without the layout. */
  public static boolean wantsFragment(ServerRequest request) {
    return request.headers().contains(HX_REQUEST) && !request.headers().contains(HX_RESTORE);
  }

  /** Sends a whole page or a fragment. */
  public void send(ServerResponse response, JteModel model) {
    send(response, Status.OK_200, model);
  }

  public void send(ServerResponse response, Status status, JteModel model) {
    Utf8ByteOutput html = new Utf8ByteOutput();
    model.render(html);
    response
        .status(status)
        .header(HeaderNames.CONTENT_TYPE, "text/html; charset=utf-8")
        .header(HeaderNames.VARY, HX_REQUEST.defaultCase())
        .send(html.toByteArray());
  }

  /** Sends the browser elsewhere after a form was done (303), also when htmx posted it. */
  public static void redirect(ServerRequest request, ServerResponse response, String path) {
    if (wantsFragment(request)) {
      response.status(Status.NO_CONTENT_204).header("HX-Redirect", path).send();
    } else {
      response.status(Status.SEE_OTHER_303).header(HeaderNames.LOCATION, path).send();
    }
  }
}
