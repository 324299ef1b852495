package org.wardline.server.web;

import gg.jte.models.runtime.JteModel;
import io.helidon.http.DirectHandler;
import io.helidon.http.Header;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpException;
import io.helidon.http.Method;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.wardline.jdbc.DbException;
import org.wardline.server.accounts.Caller;

/**
 * Turns whatever went wrong into words: {@code application/problem+json} (RFC 9457) below {@code
 * /api/}, a page or a fragment in the console. What nobody foresaw becomes a reference that is also
 * in the log; neither the answer nor the log holds an exception's message, which could quote data.
 */
final class Errors {
  private static final Logger log = LoggerFactory.getLogger(Errors.class);
  private static final int RETRY_SECONDS = 2;
  private static final int FRAMES_MAX = 40;
  private static final int CAUSES_MAX = 5;

  /** What is answered. */
  private record Answer(
      int status,
      String type,
      String title,
      String detail,
      String reference,
      List<Header> headers) {}

  /** RFC 9457 §3.1. */
  private record ProblemJson(String type, String title, int status, String detail) {}

  private final Pages pages;
  private final Assets assets;

  Errors(Pages pages, Assets assets) {
    this.pages = pages;
    this.assets = assets;
  }

  void install(HttpRouting.Builder routing) {
    routing.error(Problem.class, (request, response, e) -> send(request, response, answer(e)));
    routing.error(
        HttpException.class, (request, response, e) -> send(request, response, answer(e)));
    routing.error(
        DbException.class,
        (request, response, e) -> {
          if (e.isTransient()) {
            log.warn("{}: {}", route(request), e.getMessage());
            send(request, response, answer(databaseAway()));
          } else {
            send(request, response, unforeseen(route(request), e));
          }
        });
    routing.error(
        Throwable.class,
        (request, response, e) -> send(request, response, unforeseen(route(request), e)));
  }

  /** The answers that Helidon gives before there is a route: unreadable, too large, too many. */
  DirectHandlers direct() {
    DirectHandlers.Builder builder = DirectHandlers.builder();
    for (DirectHandler.EventType event : DirectHandler.EventType.values()) {
      builder.addHandler(event, new Direct());
    }
    return builder.build();
  }

  private final class Direct implements DirectHandler {
    @Override
    public TransportResponse handle(
        TransportRequest request,
        EventType eventType,
        Status defaultStatus,
        ServerResponseHeaders responseHeaders,
        @Nullable String message) {
      return response(request, defaultStatus);
    }

    @Override
    public TransportResponse handle(
        TransportRequest request,
        EventType eventType,
        Status defaultStatus,
        ServerResponseHeaders responseHeaders,
        Throwable thrown) {
      return response(request, defaultStatus);
    }

    @Override
    public TransportResponse handle(
        TransportRequest request,
        EventType eventType,
        Status defaultStatus,
        ServerResponseHeaders responseHeaders,
        Throwable thrown,
        System.Logger logger) {
      return response(request, defaultStatus);
    }

    private TransportResponse response(TransportRequest request, Status status) {
      Answer answer = answer(status.code());
      TransportResponse.Builder response =
          TransportResponse.builder().status(Status.create(answer.status())).keepAlive(false);
      SecurityHeaders.add(response::header);
      answer.headers().forEach(response::header);
      if (isApi(request.path())) {
        response.header(HeaderNames.CONTENT_TYPE, "application/problem+json").entity(json(answer));
      } else {
        Page page = new Page(Caller.anonymous("", ""), "", "", Duration.ZERO, assets);
        String html =
            Pages.templates()
                .webError(page, answer.title(), answer.detail(), answer.reference())
                .render();
        response
            .header(HeaderNames.CONTENT_TYPE, "text/html; charset=utf-8")
            .entity(html.getBytes(StandardCharsets.UTF_8));
      }
      return response.build();
    }
  }

  void send(ServerRequest request, ServerResponse response, Problem problem) {
    send(request, response, answer(problem));
  }

  private void send(ServerRequest request, ServerResponse response, Answer answer) {
    response.status(Status.create(answer.status()));
    SecurityHeaders.add(response::header);
    answer.headers().forEach(response::header);
    if (request.prologue().method().equals(Method.HEAD)) {
      response.send();
      return;
    }
    if (isApi(request.prologue().uriPath().path())) {
      response.header(HeaderNames.CONTENT_TYPE, "application/problem+json").send(json(answer));
      return;
    }
    JteModel model;
    if (Pages.wantsFragment(request)) {
      response.header("HX-Retarget", "#notices");
      response.header("HX-Reswap", "innerHTML");
      model = Pages.templates().webNotice(answer.title(), answer.detail(), answer.reference());
    } else {
      Caller caller = request.context().get(Caller.class).orElse(Caller.anonymous("", ""));
      model =
          Pages.templates()
              .webError(
                  pages.page(caller, request), answer.title(), answer.detail(), answer.reference());
    }
    pages.send(response, Status.create(answer.status()), model);
  }

  private static byte[] json(Answer answer) {
    return Json.write(
        new ProblemJson(answer.type(), answer.title(), answer.status(), answer.detail()));
  }

  private static Answer answer(Problem problem) {
    List<Header> headers = new ArrayList<>();
    problem
        .retryAfterSeconds()
        .ifPresent(s -> headers.add(HeaderValues.create(HeaderNames.RETRY_AFTER, s.toString())));
    if (problem.type() == Problem.Type.UNAUTHENTICATED) {
      headers.add(HeaderValues.create("WWW-Authenticate", "Bearer realm=\"wardline\""));
    }
    return new Answer(
        problem.type().status(),
        problem.type().urn(),
        problem.type().title(),
        problem.detail(),
        "",
        headers);
  }

  private static Answer answer(HttpException e) {
    Answer answer = answer(e.status().code());
    List<Header> headers = new ArrayList<>(answer.headers());
    Optional<Header> allow = e.headers().find(HeaderNames.ALLOW);
    allow.ifPresent(headers::add);
    return new Answer(
        answer.status(),
        answer.type(),
        answer.title(),
        allow
            .map(header -> answer.detail() + " It takes " + header.get() + ".")
            .orElse(answer.detail()),
        answer.reference(),
        headers);
  }

  private static Answer answer(int status) {
    return switch (status) {
      case 404 -> answer(Problem.notFound());
      case 405 ->
          new Answer(
              405,
              Problem.Type.INVALID_REQUEST.urn(),
              "The address cannot be used like this",
              "This address exists, but not with this method.",
              "",
              List.of());
      case 413 -> answer(Body.tooLarge(Body.Kind.JSON.bytesMax()));
      case 429 ->
          answer(
              new Problem(
                  Problem.Type.TOO_MANY_REQUESTS, "Too many requests. Wait and try again."));
      case 503 ->
          answer(
              Problem.unavailable(
                  "Wardline is busy. Nothing was changed; try again in a moment.", RETRY_SECONDS));
      default ->
          status >= 500
              ? unforeseen("before routing", null)
              : answer(Problem.invalid("The request could not be understood."));
    };
  }

  private static Problem databaseAway() {
    return Problem.unavailable(
        "The database cannot be reached right now. Nothing was changed; try again in a moment.",
        RETRY_SECONDS);
  }

  private static Answer unforeseen(String route, @Nullable Throwable e) {
    String reference = UUID.randomUUID().toString().substring(0, 8);
    if (e == null) {
      // No cause is known this early, and most often a browser has just gone away in mid-request.
      log.info("reference {}: a request could not be answered {}", reference, route);
    } else {
      log.error("reference {} at {}{}", reference, route, withoutData(e));
    }
    return new Answer(
        500,
        "about:blank",
        "Something went wrong inside Wardline",
        "It was written to the log under the reference "
            + reference
            + ". It is not certain that your last step was done; look before you repeat it.",
        reference,
        List.of());
  }

  /** The classes and places of an exception and its causes, without their messages. */
  static String withoutData(Throwable e) {
    StringBuilder words = new StringBuilder();
    Throwable cause = e;
    for (int i = 0; cause != null && i < CAUSES_MAX; i++, cause = cause.getCause()) {
      words.append('\n').append(i == 0 ? "" : "caused by ").append(cause.getClass().getName());
      if (cause instanceof DbException) {
        words.append(": ").append(cause.getMessage());
      }
      StackTraceElement[] frames = cause.getStackTrace();
      for (int f = 0; f < Math.min(frames.length, FRAMES_MAX); f++) {
        words.append("\n    at ").append(frames[f]);
      }
    }
    return words.toString();
  }

  private static String route(ServerRequest request) {
    return request.prologue().method().text()
        + " "
        + request.matchingPattern().orElse("(no route)");
  }

  private static boolean isApi(String path) {
    return path.startsWith("/api/");
  }
}
